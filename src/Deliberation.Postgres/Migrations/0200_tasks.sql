-- Work that waits for the holder of a post, and every hand it went through.

-- When a post's holder is away, the substitute acts.
create table staff_absence (
    community_id int not null references community,
    staff_id uuid not null references staff,
    absent_from timestamptz not null,
    absent_until timestamptz not null check (absent_until > absent_from),
    primary key (community_id, staff_id, absent_from)
);

create table work_task (
    community_id int not null,
    task_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null,
    visit_id text not null,
    kind text not null, -- which form the page shows: Task, Build, Checkpoint, Inspection, …
    title text not null,
    instruction text not null,
    round int not null check (round > 0),
    outcomes text[] not null check (cardinality(outcomes) > 0), -- the first is the good one
    form jsonb not null,
    first_post text not null, -- who was asked first
    post_code text not null, -- who is accountable now
    assigned_to uuid references staff, -- named by a transfer; null = whoever holds the post
    rung int not null default 0 check (rung >= 0), -- steps climbed
    created_at timestamptz not null, -- council time, as all below
    due_at timestamptz not null,
    state text not null default 'Open' check (state in ('Open', 'Done', 'Withdrawn')),
    outcome text,
    data jsonb,
    completed_at timestamptz,
    completed_by uuid references staff,
    withdrawn_reason text,
    primary key (community_id, task_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project,
    check ((state = 'Done') = (outcome is not null))
);
create index work_task_inbox on work_task (community_id, post_code, due_at) where state = 'Open';
create index work_task_due on work_task (community_id, due_at) where state = 'Open';
create index work_task_project on work_task (community_id, project_id, created_at);

-- Created, Reminded, Escalated, Transferred, Urged, Done, Withdrawn. A rung is climbed once.
create table work_task_event (
    community_id int not null,
    task_id uuid not null,
    event_id uuid not null, -- v7
    at timestamptz not null,
    kind text not null check (kind in ('Created', 'Reminded', 'Escalated', 'Transferred', 'Urged', 'Done', 'Withdrawn')),
    rung int,
    from_post text,
    to_post text,
    to_staff uuid,
    actor_id uuid, -- staff; null = a rule did it
    reason text,
    primary key (community_id, task_id, event_id),
    foreign key (community_id, task_id) references work_task
);
create unique index work_task_rung_once on work_task_event (community_id, task_id, rung) where kind = 'Escalated';
