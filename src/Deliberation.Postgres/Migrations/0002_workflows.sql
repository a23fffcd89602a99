-- The engine's own tables. One step = one transaction writes all of them together with the council's data.

-- Template versions are immutable; shipped and drawn by admins. Not of a community: a template serves many.
create table workflow_definition (
    definition_version_id text primary key,
    definition_id text not null,
    version int not null check (version > 0),
    name text not null,
    content jsonb not null,
    sha256 bytea not null,
    is_published boolean not null,
    is_latest boolean not null,
    created_at timestamptz not null default clock_timestamp(),
    created_by uuid references staff,
    unique (definition_id, version)
);
create unique index workflow_definition_one_published on workflow_definition (definition_id) where is_published;

create table workflow_instance (
    community_id int not null references community,
    instance_id uuid not null,
    project_id uuid not null,
    parent_instance_id uuid, -- the workflow that called this one
    parent_visit_id text, -- the visit of the calling activity
    parent_bookmark text, -- the wait of that visit which this instance's end resumes
    definition_version_id text not null references workflow_definition,
    definition_id text not null,
    correlation_id text,
    status text not null check (status in ('Running', 'Finished')),
    sub_status text not null check (sub_status in ('Pending', 'Executing', 'Suspended', 'Finished', 'Cancelled', 'Faulted', 'Interrupted')),
    state jsonb not null,
    version bigint not null default 1,
    paused_at timestamptz, -- council time; a paused instance fires no timer
    created_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz,
    primary key (community_id, instance_id),
    foreign key (community_id, project_id) references project
);
create index workflow_instance_project on workflow_instance (community_id, project_id);

create table workflow_bookmark (
    community_id int not null,
    instance_id uuid not null,
    bookmark_id text not null,
    name text not null,
    key text,
    activity_id text not null,
    activity_type text not null,
    visit_id text not null,
    stimulus_hash text not null,
    payload jsonb,
    created_at timestamptz not null,
    primary key (community_id, instance_id, bookmark_id),
    foreign key (community_id, instance_id) references workflow_instance on delete cascade
);
create index workflow_bookmark_stimulus on workflow_bookmark (community_id, stimulus_hash);

-- Promises: the instant is stored, not the time left. Deleted when fired or burnt; firings are kept in workflow_timer_log.
create table workflow_timer (
    community_id int not null,
    instance_id uuid not null,
    bookmark_id text not null,
    due_at timestamptz not null, -- council time
    original_due_at timestamptz not null,
    catch_up text not null check (catch_up in ('Once', 'Skip')),
    attempts int not null default 0,
    retry_at timestamptz, -- machine time; after a failure
    parked_at timestamptz, -- machine time; after 8 failures
    last_error text,
    primary key (community_id, instance_id, bookmark_id),
    foreign key (community_id, instance_id, bookmark_id) references workflow_bookmark on delete cascade
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
create index workflow_timer_due on workflow_timer (due_at) where parked_at is null;

create table workflow_timer_log (
    community_id int not null,
    log_id uuid not null,
    instance_id uuid not null,
    bookmark_id text not null,
    name text not null,
    activity_id text not null,
    due_at timestamptz not null,
    fired_at timestamptz not null, -- council time
    lateness_ms bigint not null, -- council milliseconds, 0 or more
    outcome text not null check (outcome in ('Fired', 'Skipped', 'Parked')),
    primary key (community_id, log_id)
);

-- Events for an instance, kept until a bookmark takes them: an early event is never lost, a repeated one counts once.
create table workflow_inbox (
    community_id int not null,
    instance_id uuid not null,
    event_id uuid not null,
    visit_id text, -- the waiting visit; null = any bookmark whose stimulus matches
    name text not null,
    key text,
    payload jsonb,
    created_at timestamptz not null, -- council time
    attempts int not null default 0,
    retry_at timestamptz, -- machine time
    parked_at timestamptz,
    last_error text,
    primary key (community_id, instance_id, event_id),
    foreign key (community_id, instance_id) references workflow_instance on delete cascade
);
create index workflow_inbox_waiting on workflow_inbox (created_at) where parked_at is null;

create table workflow_journal (
    community_id int not null,
    instance_id uuid not null,
    sequence bigint not null,
    at timestamptz not null, -- council time
    event text not null, -- Started, Completed, Suspended, Resumed, Canceled, Faulted
    activity_id text not null,
    activity_type text not null,
    visit_id text not null,
    details jsonb,
    primary key (community_id, instance_id, sequence)
);

create table workflow_incident (
    community_id int not null,
    instance_id uuid not null,
    incident_id uuid not null,
    at timestamptz not null,
    activity_id text not null,
    message text not null,
    resolved_at timestamptz,
    resolution text,
    primary key (community_id, instance_id, incident_id)
);
