-- Public notices (公示) with their objections and dated answers.
create table notice (
    community_id int not null,
    notice_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null,
    visit_id text not null,
    kind text not null check (kind in ('Plan', 'Nominees', 'Result', 'Accounts', 'Grant', 'Covenant')),
    title text not null,
    body text not null,
    opens_at timestamptz not null, -- council time
    closes_at timestamptz not null check (closes_at > opens_at),
    state text not null default 'Open' check (state in ('Open', 'Closed', 'Decided')), -- Closed: window over, objections still open
    outcome text check (outcome in ('Clear', 'Upheld', 'Withdrawn')),
    withdrawn_reason text,
    decided_at timestamptz,
    primary key (community_id, notice_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project,
    check ((state = 'Decided') = (outcome is not null and decided_at is not null))
);
create index notice_project on notice (community_id, project_id, opens_at);
create index notice_open on notice (community_id, closes_at) where state <> 'Decided';

create table objection (
    community_id int not null,
    objection_id uuid not null,
    notice_id uuid not null,
    resident_id uuid not null,
    reason text not null check (length(reason) between 1 and 2000),
    filed_at timestamptz not null,
    state text not null default 'Open' check (state in ('Open', 'Upheld', 'Dismissed')),
    answer text,
    answered_at timestamptz,
    answered_by uuid references staff,
    primary key (community_id, objection_id),
    foreign key (community_id, notice_id) references notice,
    check ((state = 'Open') = (answer is null))
);
create unique index objection_one_open on objection (community_id, notice_id, resident_id) where state = 'Open';
