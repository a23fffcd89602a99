-- The working calendar of a community. Without rows here it is the one that is shipped: mainland China's lists, quiet from 22:00 to 07:00.
create table community_calendar (
    community_id int primary key references community,
    stamp uuid not null default gen_random_uuid(), -- another one with each change: every node keeps what it has read under it
    quiet_from time not null default '22:00', -- half-open, as all spans; may pass midnight
    quiet_until time not null default '07:00', -- alike = never quiet
    morning_from time not null default '08:30',
    morning_until time not null default '12:00',
    afternoon_from time not null default '13:30',
    afternoon_until time not null default '18:00', -- when offices close
    check (morning_from < morning_until and morning_until <= afternoon_from and afternoon_from < afternoon_until)
);

-- A year whose list the community has as its own; others are as shipped, or not announced yet (待公布).
create table calendar_year (
    community_id int not null references community_calendar,
    year smallint not null check (year between 2000 and 2099),
    primary key (community_id, year)
);

-- A day that is not what its weekday says. The key keeps it from being both; only a Saturday or Sunday can be made up.
create table calendar_day (
    community_id int not null,
    day date not null,
    year smallint not null generated always as (extract(year from day)::smallint) stored,
    is_worked boolean not null,
    name text not null default '' check (length(name) <= 40),
    primary key (community_id, day),
    foreign key (community_id, year) references calendar_year,
    check (not is_worked or extract(isodow from day) > 5)
);

-- School holidays and farming seasons, [from_day, until_day). They may overlap.
create table calendar_season (
    community_id int not null references community_calendar,
    season_id uuid not null,
    name text not null check (length(name) between 1 and 40),
    kind text not null check (kind in ('School', 'Farming', 'Other')),
    from_day date not null,
    until_day date not null check (until_day > from_day and until_day <= from_day + 200),
    primary key (community_id, season_id)
);

-- Who changed what, and why.
create table calendar_change (
    community_id int not null references community_calendar,
    change_id bigint generated always as identity,
    kind text not null check (kind in ('Day', 'Import', 'Hours', 'SeasonAdded', 'SeasonRemoved')),
    values jsonb not null, -- what the line says, by kind
    reason text not null check (length(reason) between 5 and 500),
    changed_by uuid not null references staff,
    changed_at timestamptz not null, -- council time
    primary key (community_id, change_id)
);
create trigger calendar_change_append_only before update or delete on calendar_change for each row execute function refuse_change();
