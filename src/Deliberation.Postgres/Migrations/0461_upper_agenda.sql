-- What climbed to the top of the ladder is an item on the agenda of the body there. Its decision goes back to the waiting step.
create table upper_agenda_item (
    community_id int not null,
    item_id uuid not null, -- v7
    project_id uuid not null,
    task_id uuid not null,
    round int not null check (round > 0), -- 2, …: it was decided and is late again
    post_code text not null, -- top of the ladder
    raised_at timestamptz not null, -- council time
    decision text check (decision in ('Extend', 'Return', 'Order', 'End')),
    words text check (length(words) between 1 and 300),
    decided_at timestamptz,
    decided_by uuid references staff,
    again_at timestamptz, -- looked at then: still late = the next round
    primary key (community_id, item_id),
    unique (community_id, task_id, round),
    foreign key (community_id, project_id) references project,
    foreign key (community_id, task_id) references work_task,
    check (num_nulls(decision, words, decided_at) in (0, 3))
);
create index upper_agenda_waiting on upper_agenda_item (community_id, raised_at) where decided_at is null;
create index upper_agenda_again on upper_agenda_item (again_at) where again_at is not null;
