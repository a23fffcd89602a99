-- What was adopted and what becomes of it (成果转化): resolution, responsible department, deadline, proof. Instants are council time.

create table resolution (
    community_id int not null,
    resolution_id uuid not null, -- v7
    project_id uuid not null,
    ballot_id uuid, -- the ballot that passed; null = a decision that the project recorded
    title text not null check (length(title) >= 1),
    adopted_at timestamptz not null,
    escalate_at timestamptz not null check (escalate_at > adopted_at), -- without a department until then it goes up
    escalated_at timestamptz,
    escalated_to text, -- the post that was told; null = all above are vacant
    department_id uuid,
    due_on date, -- last day, inclusive, of the community's zone
    done_at timestamptz,
    done_by uuid references staff,
    proof text check (length(proof) between 2 and 1000),
    photo_type text,
    photo bytea,
    primary key (community_id, resolution_id),
    foreign key (community_id, project_id) references project,
    foreign key (community_id, ballot_id) references ballot,
    foreign key (community_id, department_id) references department,
    check ((department_id is null) = (due_on is null)),
    check ((done_at is null) = (proof is null) and (done_at is null) = (done_by is null)),
    check (done_at is null or department_id is not null),
    check ((photo is null) = (photo_type is null) and (photo is null or done_at is not null))
);
create unique index resolution_of_ballot on resolution (community_id, ballot_id) where ballot_id is not null;
create index resolution_listed on resolution (community_id, adopted_at desc);
create index resolution_escalate on resolution (escalate_at) where department_id is null and escalated_at is null;
create index resolution_of_department on resolution (community_id, department_id) where done_at is null;
