-- Fixed duties (固定职责): what a post does again and again, and the proof of each time. Instants are council time, days are of the community's zone.

create table duty (
    community_id int not null,
    duty_id uuid not null, -- v7
    title text not null check (length(title) between 2 and 80),
    post_code text not null,
    rhythm text not null check (rhythm in ('Day', 'WorkingDay', 'Week', 'Month', 'Quarter', 'Year')),
    proof text not null check (proof in ('Text', 'Photo', 'Number')),
    grace_days int not null check (grace_days between 0 and 60),
    next_day date not null, -- first day that no period covers yet
    ended_at timestamptz,
    primary key (community_id, duty_id),
    foreign key (community_id, post_code) references post
);
create unique index duty_once on duty (community_id, post_code, title) where ended_at is null;
create index duty_to_open on duty (next_day) where ended_at is null;

create table duty_period (
    community_id int not null,
    duty_id uuid not null,
    first_day date not null,
    last_day date not null check (last_day >= first_day),
    remind_at timestamptz not null,
    due_at timestamptz not null check (due_at > remind_at), -- 24:00 of the last day
    red_at timestamptz not null check (red_at >= due_at), -- end of the grace
    reminded_at timestamptz, -- reminded, or too late for it
    red_told_at timestamptz, -- the post and the one above were told, or too late for it
    done_at timestamptz,
    done_by uuid references staff,
    note text check (length(note) between 2 and 500),
    amount numeric(12, 2),
    photo_type text,
    photo bytea,
    primary key (community_id, duty_id, first_day),
    foreign key (community_id, duty_id) references duty,
    check ((done_at is null) = (done_by is null)),
    check ((photo is null) = (photo_type is null)),
    check (done_at is null or coalesce(note, photo_type, amount::text) is not null) -- done is what has a proof
);
create index duty_period_remind on duty_period (remind_at) where done_at is null and reminded_at is null;
create index duty_period_red on duty_period (red_at) where done_at is null and red_told_at is null;
