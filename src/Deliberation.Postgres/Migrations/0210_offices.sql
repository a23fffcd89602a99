-- Who acts for each post at an instant: its holders who are not away; while none is there, the substitutes.
create function acting_holder(in_community int, at timestamptz)
returns table (post_code text, staff_id uuid, is_substitute boolean, held_from timestamptz) language sql stable as $$
    with present as (
        select h.post_code, h.staff_id, h.is_substitute, h.held_from
        from post_holder h join staff s on s.staff_id = h.staff_id
        where h.community_id = in_community and s.is_enabled
          and h.held_from <= at and (h.held_until is null or h.held_until > at)
          and not exists (
            select 1 from staff_absence a
            where a.community_id = h.community_id and a.staff_id = h.staff_id and a.absent_from <= at and a.absent_until > at))
    select p.post_code, p.staff_id, p.is_substitute, p.held_from
    from present p
    where not p.is_substitute
       or not exists (select 1 from present o where o.post_code = p.post_code and not o.is_substitute)
$$;

-- When the plan was adopted: nothing is built before.
alter table project add column decided_at timestamptz;
alter table project add column decision text;

-- Elected committees and who sits in them.
create table committee (
    community_id int not null,
    committee_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null,
    visit_id text not null,
    title text not null,
    took_office_at timestamptz not null, -- council time
    primary key (community_id, committee_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project
);

create table committee_member (
    community_id int not null,
    committee_id uuid not null,
    resident_id uuid not null,
    office text not null check (office in ('Chair', 'ViceChair', 'Member')),
    primary key (community_id, committee_id, resident_id),
    foreign key (community_id, committee_id) references committee,
    foreign key (community_id, resident_id) references resident
);
create unique index committee_one_chair on committee_member (community_id, committee_id, office) where office <> 'Member';
