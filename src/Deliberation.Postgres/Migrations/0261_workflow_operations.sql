-- What staff need to keep workflows going: tasks of Elsa's RunTask, events that came before whoever waits for them, incidents to look at.

-- The bookmark of its visit that the completion of a task resumes.
alter table work_task add column bookmark text not null default 'completed';

-- Named events that nobody waited for when they were published: for workflows of the project that start later. Gone when one takes it.
create table workflow_early_event (
    community_id int not null,
    event_id uuid not null, -- as in workflow_inbox
    project_id uuid not null,
    name text not null,
    key text,
    correlation_id text, -- only for instances with it; null = for all
    payload jsonb,
    created_at timestamptz not null, -- council time
    primary key (community_id, event_id),
    foreign key (community_id, project_id) references project on delete cascade
);
create index workflow_early_event_project on workflow_early_event (community_id, project_id);

create index workflow_incident_open on workflow_incident (community_id, instance_id) where resolved_at is null;
create index workflow_instance_listed on workflow_instance (community_id, created_at desc, instance_id);
create index workflow_instance_parent on workflow_instance (community_id, parent_instance_id) where parent_instance_id is not null;
create index workflow_instance_faulted on workflow_instance (community_id, created_at desc, instance_id) where sub_status = 'Faulted';
