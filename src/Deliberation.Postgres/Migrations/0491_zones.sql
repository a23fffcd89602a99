-- Streets and who answers for them (责任区), and when that person was there.

create table zone (
    community_id int not null,
    zone_id uuid not null, -- v7
    street text not null check (length(street) between 2 and 60),
    department_id uuid not null, -- its monthly pack names an absent owner
    owner_id uuid not null references staff,
    owner_since date not null, -- of the community's zone
    interval_days int not null check (interval_days between 1 and 366), -- so many days without an attendance, and the owner is on the monthly list
    ended_at timestamptz, -- council time
    primary key (community_id, zone_id),
    foreign key (community_id, department_id) references department
);
create unique index zone_once on zone (community_id, street) where ended_at is null;

create table zone_attendance (
    community_id int not null,
    zone_id uuid not null,
    owner_id uuid not null references staff,
    attended_on date not null,
    note text not null check (length(note) between 2 and 500),
    recorded_at timestamptz not null, -- council time
    recorded_by uuid not null references staff,
    primary key (community_id, zone_id, owner_id, attended_on),
    foreign key (community_id, zone_id) references zone
);

-- Owners who were not there in the days before one day: half-open, the day itself does not count. A new owner has the whole interval first.
create function absent_owner(in_community int, on_day date)
returns table (zone_id uuid, department_id uuid, street text, owner_id uuid, last_day date, interval_days int) language sql stable as $$
    select z.zone_id, z.department_id, z.street, z.owner_id, a.last_day, z.interval_days
    from zone z cross join lateral (
        select max(t.attended_on) as last_day from zone_attendance t
        where t.community_id = z.community_id and t.zone_id = z.zone_id and t.owner_id = z.owner_id and t.attended_on < on_day) a
    where z.community_id = in_community and z.ended_at is null and greatest(a.last_day, z.owner_since) < on_day - z.interval_days
$$;
