-- Departments that answer for things (责任单位), and residents' questions to them (政策问答). Instants are council time.

create table department (
    community_id int not null,
    department_id uuid not null, -- v7
    name text not null check (length(name) between 2 and 60),
    post_code text not null, -- who acts for this post acts for the department
    ended_at timestamptz,
    primary key (community_id, department_id),
    foreign key (community_id, post_code) references post
);
create unique index department_once on department (community_id, name) where ended_at is null;

create table policy_question (
    community_id int not null,
    question_id uuid not null, -- v7
    resident_id uuid not null,
    body text not null check (length(body) between 5 and 1000),
    may_publish boolean not null, -- the asker agrees that it is shown without a name
    asked_at timestamptz not null,
    remind_at timestamptz not null,
    due_at timestamptz not null check (due_at > remind_at),
    escalate_at timestamptz not null check (escalate_at > due_at),
    reminded_at timestamptz, -- reminded, or too late for it
    escalated_at timestamptz,
    escalated_to text, -- the post that was told; null = all above are vacant
    department_id uuid, -- null until staff have said whose it is
    answer text check (length(answer) between 2 and 2000),
    answered_at timestamptz,
    answered_by uuid references staff,
    public_body text check (length(public_body) between 5 and 1000), -- the question in words without personal data; null = not public
    primary key (community_id, question_id),
    foreign key (community_id, resident_id) references resident,
    foreign key (community_id, department_id) references department,
    check ((answer is null) = (answered_at is null) and (answer is null) = (answered_by is null)),
    check (answer is null or department_id is not null),
    check (public_body is null or (may_publish and answer is not null))
);
create index policy_question_mine on policy_question (community_id, resident_id, asked_at desc);
create unique index policy_question_once on policy_question (community_id, resident_id, md5(body)) where answered_at is null; -- a second press of the button
create index policy_question_open on policy_question (community_id, due_at) where answered_at is null;
create index policy_question_answered on policy_question (community_id, answered_at desc) where answered_at is not null;
create index policy_question_remind on policy_question (remind_at) where answered_at is null and reminded_at is null;
create index policy_question_escalate on policy_question (escalate_at) where answered_at is null and escalated_at is null;
