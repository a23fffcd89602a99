-- Who signs a task besides the one who does it (加签), and what he who did it decided while signatures are missing.
create table work_task_signer (
    community_id int not null,
    task_id uuid not null,
    staff_id uuid not null references staff,
    place text not null check (place in ('Before', 'Together', 'After')), -- in respect of the one who asked
    asked_by uuid references staff,
    asked_at timestamptz not null, -- council time
    state text not null default 'Asked' check (state in ('Asked', 'Signed', 'Objected')),
    answered_at timestamptz,
    primary key (community_id, task_id, staff_id),
    foreign key (community_id, task_id) references work_task,
    check ((state = 'Asked') = (answered_at is null))
);
create index work_task_signer_asked on work_task_signer (community_id, staff_id) where state = 'Asked';

alter table work_task
    add column held_outcome text, -- decided, but not all have signed
    add column held_data jsonb,
    add column held_by uuid references staff,
    add constraint work_task_held check ((held_outcome is null) = (held_data is null));

alter table work_task_event drop constraint work_task_event_kind_check, add constraint work_task_event_kind_check check (kind in (
    'Created', 'Reminded', 'Escalated', 'Transferred', 'Urged', 'Done', 'Withdrawn', 'Extended', 'Returned', 'Copied',
    'SignerAsked', 'Held', 'Signed', 'Objected', 'SentBack', 'Recalled'));
