-- Recounts (重新计票): ordered by one of staff with a cause, counted when another confirms. What was published before stays beside what was found.
alter table ballot add column tally_version int not null default 1 check (tally_version >= 1);

create table ballot_recount (
    community_id int not null,
    ballot_id uuid not null,
    recount_id uuid not null,
    cause text not null check (length(cause) between 5 and 500),
    ordered_by uuid not null references staff,
    ordered_at timestamptz not null, -- council time
    state text not null default 'Ordered' check (state in ('Ordered', 'Counted', 'Refused')),
    decided_by uuid references staff,
    decided_at timestamptz, -- council time
    version int check (version >= 2), -- of the tally it made
    is_changed boolean, -- some figure came out otherwise
    old_outcome text, -- as published until then
    old_result jsonb,
    primary key (community_id, ballot_id, recount_id),
    foreign key (community_id, ballot_id) references ballot,
    check ((state = 'Ordered') = (decided_by is null) and (state = 'Ordered') = (decided_at is null)),
    check ((state = 'Counted') = (version is not null) and (state = 'Counted') = (old_result is not null) and (state = 'Counted') = (old_outcome is not null)
        and (state = 'Counted') = (is_changed is not null)),
    check (state <> 'Counted' or decided_by <> ordered_by)
);
create unique index ballot_recount_one_open on ballot_recount (community_id, ballot_id) where state = 'Ordered';
create unique index ballot_recount_version on ballot_recount (community_id, ballot_id, version) where version is not null;
create trigger ballot_recount_decided before update on ballot_recount for each row when (old.state <> 'Ordered') execute function refuse_change();
create trigger ballot_recount_stays before delete on ballot_recount for each row execute function refuse_change();
