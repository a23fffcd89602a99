-- Supervised orders (督办单): the level above says what is to be done, by which post and by when, and judges the answer. Instants are council time.
create table supervision_order (
    community_id int not null,
    order_id uuid not null, -- v7
    project_id uuid,
    task_id uuid, -- the late task that it is about; null: the project as a whole
    post_code text not null, -- who answers
    what text not null check (length(what) between 2 and 500),
    working_days int not null check (working_days between 1 and 60),
    issued_by uuid references staff, -- null: the ladder did it at its top
    issued_post text, -- post whose word it is; null: an official's
    issued_at timestamptz not null,
    due_at timestamptz not null check (due_at > issued_at),
    remind_at timestamptz, -- null: too short for one
    reminded_at timestamptz, -- reminded, or too late for it
    overdue_told_at timestamptz, -- both were told, or too late for it
    state text not null default 'Open' check (state in ('Open', 'Answered', 'Closed')),
    answered_at timestamptz,
    answered_by uuid references staff,
    closed_at timestamptz,
    primary key (community_id, order_id),
    foreign key (community_id, post_code) references post,
    foreign key (community_id, project_id) references project,
    foreign key (community_id, task_id) references work_task,
    check (issued_by is not null or issued_post is not null),
    check ((state = 'Closed') = (closed_at is not null))
);
-- One open order on a matter to a post.
create unique index supervision_order_once on supervision_order (community_id, project_id, coalesce(task_id, project_id), post_code) where state = 'Open';
create index supervision_order_of_task on supervision_order (community_id, task_id) where task_id is not null;
create index supervision_order_state on supervision_order (community_id, state, due_at);
create index supervision_order_remind on supervision_order (remind_at) where state = 'Open' and reminded_at is null;
create index supervision_order_overdue on supervision_order (due_at) where state = 'Open' and overdue_told_at is null;

-- Everything that happened to an order, with the words and the proof of each act.
create table supervision_order_event (
    community_id int not null,
    order_id uuid not null,
    event_id uuid not null, -- v7
    at timestamptz not null,
    kind text not null check (kind in ('Issued', 'Reminded', 'Overdue', 'Answered', 'Returned', 'Accepted', 'Settled')), -- Settled: the task was done, or is gone
    actor_id uuid references staff, -- null: a rule did it
    words text not null default '' check (length(words) <= 2000),
    photo_type text,
    photo bytea,
    primary key (community_id, order_id, event_id),
    foreign key (community_id, order_id) references supervision_order,
    check ((photo is null) = (photo_type is null))
);

-- The posts for which somebody answers now: his own, and those below that are vacant with nobody between.
create function answering_posts(in_community int, at timestamptz, in_staff uuid)
returns text[] language sql stable as $$
    with acting as (select post_code, staff_id from acting_holder(in_community, at))
    select coalesce(array_agg(p.post_code), '{}')
    from post p
    where p.community_id = in_community and exists (
        select from acting a where a.staff_id = in_staff and a.post_code = coalesce(
            (select o.post_code from acting o where o.post_code = p.post_code limit 1),
            (select u.post_code from post u where u.community_id = in_community and u.rung > coalesce(p.rung, -1) and exists (select from acting o where o.post_code = u.post_code) order by u.rung limit 1)))
$$;
