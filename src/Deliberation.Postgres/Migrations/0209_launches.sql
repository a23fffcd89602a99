-- Launch wizard drafts, and the suspensions of running projects.
create table launch_draft (
    community_id int not null references community,
    draft_id uuid not null,
    staff_id uuid not null references staff,
    template_id text,
    parts jsonb not null default '{}', -- answers by part: {"what":{…},"roll":{…}}
    version int not null default 1,
    saved_at timestamptz not null, -- council time
    launched_project_id uuid,
    primary key (community_id, draft_id)
);
create index launch_draft_staff on launch_draft (community_id, staff_id, saved_at desc);

-- The key makes a repeated launch the same launch.
alter table project add column launch_key text;
create unique index project_launch_key on project (community_id, launch_key);

create table project_suspension (
    community_id int not null,
    project_id uuid not null,
    suspended_at timestamptz not null, -- council time
    reason text not null,
    resume_on date not null, -- planned
    resumed_at timestamptz,
    primary key (community_id, project_id, suspended_at),
    foreign key (community_id, project_id) references project
);

-- A changed planned date keeps what it was and why.
create table project_date_change (
    community_id int not null,
    project_id uuid not null,
    change_id uuid not null,
    at timestamptz not null, -- council time
    stage text not null,
    end_was date,
    end_is date,
    reason text not null,
    primary key (community_id, project_id, change_id),
    foreign key (community_id, project_id) references project
);
create index project_event_newest on project_event (community_id, project_id, at desc, event_id desc);
