-- A second vote in a secret ballot whose rule allows one (decision 0021): the sealed paper is replaced by whoever holds its code.

alter table ballot_intake add column replace_hash bytea constraint intake_replace_hash check (length(replace_hash) = 32); -- of ballot, unit and code; null: final
alter table ballot_intake alter column sealed drop not null; -- null: superseded, and what it said is gone
alter table ballot_intake add constraint intake_superseded check (sealed is not null or replace_hash is null);
create unique index ballot_intake_replace on ballot_intake (community_id, ballot_id, replace_hash) where replace_hash is not null;

-- Commitments of superseded papers, written in their order at the close. Until then the intake knows them.
create table superseded (
    community_id int not null,
    ballot_id uuid not null,
    commitment bytea not null check (length(commitment) = 32),
    primary key (community_id, ballot_id, commitment)
);
create trigger superseded_append_only before update or delete on superseded for each row execute function refuse_change();

-- Wrong codes, to bound the tries. They go with the intake.
create table replace_miss (
    community_id int not null,
    ballot_id uuid not null,
    unit_key text not null,
    miss_id uuid not null,
    missed_at timestamptz not null default clock_timestamp(), -- machine time
    primary key (community_id, ballot_id, unit_key, miss_id)
);

create or replace function drop_ballot_intake(community int, ballot uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from ballot b where b.community_id = community and b.ballot_id = ballot and b.state in ('Open', 'Paused', 'Counting')) then
        raise exception 'the urn of an open ballot stays closed' using errcode = 'integrity_constraint_violation';
    end if;
    execute format('drop table if exists %I', 'ballot_intake_' || replace(ballot::text, '-', ''));
    delete from replace_miss m where m.community_id = community and m.ballot_id = ballot;
end $$;
