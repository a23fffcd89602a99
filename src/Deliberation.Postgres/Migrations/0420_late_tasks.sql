-- Answers to a task that climbed, and who is kept informed of it.
alter table work_task
    add column answered_rung int not null default 0 check (answered_rung >= 0), -- the highest step of the ladder that somebody answered
    add column extended_at timestamptz, -- a task is extended once
    add column first_period interval; -- time it had at first; null until its due instant is moved by hand

create table work_task_copy (
    community_id int not null,
    task_id uuid not null,
    staff_id uuid not null references staff,
    copied_at timestamptz not null, -- council time
    primary key (community_id, task_id, staff_id),
    foreign key (community_id, task_id) references work_task
);
create index work_task_copy_reader on work_task_copy (community_id, staff_id);

-- What somebody did himself: the inbox asks what he waits for.
create index work_task_event_actor on work_task_event (community_id, actor_id, kind) where actor_id is not null;

alter table work_task_event drop constraint work_task_event_kind_check, add constraint work_task_event_kind_check check (kind in (
    'Created', 'Reminded', 'Escalated', 'Transferred', 'Urged', 'Done', 'Withdrawn', 'Extended', 'Returned', 'Copied'));
