-- A person's calendar by a secret link, for programs that subscribe. Only the hash of the secret is kept; a new link ends the old one.
create table calendar_feed (
    community_id int not null references community,
    person_id uuid not null, -- resident or staff
    resident_id uuid,
    staff_id uuid references staff,
    token_hash bytea not null unique,
    made_at timestamptz not null, -- council time
    primary key (community_id, person_id),
    foreign key (community_id, resident_id) references resident,
    check (num_nonnulls(resident_id, staff_id) = 1 and person_id = coalesce(resident_id, staff_id))
);
