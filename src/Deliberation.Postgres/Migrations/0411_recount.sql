-- How a task's deadline was counted, so that a changed calendar can count it again. Null = a day that somebody set, or that a suspension moved.
alter table work_task
    add column term_unit text check (term_unit in ('Days', 'WorkingDays', 'WorkingHours')),
    add column term_amount int check (term_amount > 0),
    add column term_from timestamptz,
    add check (num_nulls(term_unit, term_amount, term_from) in (0, 3));

-- Projects whose open deadlines wait to be counted by a changed calendar: written with the change, gone with the counting.
create table calendar_recount (
    community_id int not null,
    project_id uuid not null,
    change_id bigint not null, -- the latest
    primary key (community_id, project_id),
    foreign key (community_id, project_id) references project,
    foreign key (community_id, change_id) references calendar_change
);

-- What was moved, from when to when, by which change.
create table deadline_move (
    community_id int not null,
    move_id uuid not null, -- v7
    project_id uuid not null,
    kind text not null check (kind in ('Task', 'Notice')),
    subject_id uuid not null, -- the task or the notice
    title text not null,
    was timestamptz not null,
    due timestamptz not null check (due <> was),
    change_id bigint not null,
    moved_at timestamptz not null, -- council time
    primary key (community_id, move_id),
    foreign key (community_id, project_id) references project,
    foreign key (community_id, change_id) references calendar_change,
    check (kind <> 'Notice' or due > was) -- a period that was announced is never shortened
);
create index deadline_move_subject on deadline_move (community_id, subject_id);
create trigger deadline_move_append_only before update or delete on deadline_move for each row execute function refuse_change();
