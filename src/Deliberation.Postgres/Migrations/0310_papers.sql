-- Paper votes (纸票): every paper has a number and is accounted for, two people read it, and the count waits until it all balances.

-- Counting: the window is over, nobody votes any more, papers are being read.
alter table ballot drop constraint ballot_state_check;
alter table ballot add constraint ballot_state_check check (state in ('Open', 'Paused', 'Counting', 'Closed', 'Declared', 'Voided', 'Cancelled'));
alter table ballot add column papers_certified_at timestamptz; -- council time: enough signatures; the count may run

create or replace function refuse_ballot_rewrite() returns trigger language plpgsql as $$
begin
    if (new.question, new.rule, new.options, new.max_choices, new.secrecy, new.roll_kind, new.roll_hash, new.opens_at)
        is distinct from (old.question, old.rule, old.options, old.max_choices, old.secrecy, old.roll_kind, old.roll_hash, old.opens_at)
        or old.state in ('Counting', 'Closed', 'Declared', 'Voided', 'Cancelled') and new.state in ('Open', 'Paused')
        or old.state in ('Closed', 'Declared', 'Voided', 'Cancelled') and new.state = 'Counting' then
        raise exception 'ballot % cannot be rewritten or reopened', old.ballot_id using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;

create or replace function drop_ballot_intake(community int, ballot uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from ballot b where b.community_id = community and b.ballot_id = ballot and b.state in ('Open', 'Paused', 'Counting')) then
        raise exception 'the urn of an open ballot stays closed' using errcode = 'integrity_constraint_violation';
    end if;
    execute format('drop table if exists %I', 'ballot_intake_' || replace(ballot::text, '-', ''));
end $$;

-- A ballot with papers.
create table paper_run (
    community_id int not null,
    ballot_id uuid not null,
    number int not null check (number > 0), -- first figures of its serials; told at the desk
    last_number int not null default 0, -- of the latest paper
    scan_key bytea, -- secret ballots: photographs are sealed to it; its private half is a file outside the database
    primary key (community_id, ballot_id),
    unique (community_id, number),
    foreign key (community_id, ballot_id) references ballot
);

-- Up to fifty papers that were read in one go, before a witness.
create table paper_batch (
    community_id int not null,
    ballot_id uuid not null,
    number int not null check (number > 0),
    witness text not null check (length(witness) between 2 and 60),
    opened_by uuid not null references staff,
    opened_at timestamptz not null, -- council time
    primary key (community_id, ballot_id, number),
    foreign key (community_id, ballot_id) references paper_run
);

-- One row a paper. Serials of secret ballots belong to a station, never to a voter.
create table paper_issue (
    community_id int not null,
    ballot_id uuid not null,
    serial text not null check (serial ~ '^[0-9]{8,14}$'), -- ballot, paper, check digit
    station text not null check (length(station) between 1 and 40), -- building, or the place that gives papers out
    unit_key text, -- named ballots only
    state text not null default 'Issued' check (state in ('Issued', 'Returned', 'Spoiled', 'Outstanding', 'Cancelled')),
    reading text not null default 'None' check (reading in ('None', 'Once', 'Agreed', 'Differs', 'Decided', 'SetAside')),
    returned_at timestamptz, -- council time; within the window, or its end
    batch_number int,
    reason text, -- why spoiled, cancelled, outstanding or set aside
    became text check (became in ('Counted', 'Spoilt', 'SetAside', 'Replaced')), -- named ballots, by the count
    primary key (community_id, ballot_id, serial),
    foreign key (community_id, ballot_id) references paper_run,
    foreign key (community_id, ballot_id, unit_key) references roll_entry,
    check ((state = 'Returned') = (returned_at is not null)),
    check (reading = 'None' or state = 'Returned')
);
create unique index paper_issue_unit on paper_issue (community_id, ballot_id, unit_key) where unit_key is not null and state not in ('Spoiled', 'Cancelled');

-- What somebody read on a paper. Two people who do not see each other's; a third decides. Never changed; those of a secret ballot go with its count.
create table paper_entry (
    community_id int not null,
    ballot_id uuid not null,
    serial text not null,
    pass smallint not null check (pass between 1 and 3),
    staff_id uuid not null references staff,
    is_doubtful boolean not null default false, -- could not tell: the third decides
    choices text[], -- named ballots; empty = spoilt
    sealed bytea, -- secret ballots: to the ballot's key
    entered_at timestamptz not null, -- council time
    primary key (community_id, ballot_id, serial, pass),
    constraint paper_entry_one_each unique (community_id, ballot_id, serial, staff_id),
    foreign key (community_id, ballot_id, serial) references paper_issue,
    check (num_nonnulls(choices, sealed) = case when is_doubtful then 0 else 1 end)
);
create trigger paper_entry_fixed before update on paper_entry for each row execute function refuse_change();

-- Two readings that differ, or one that could not tell, until a third person decides before a scrutineer.
create table paper_difference (
    community_id int not null,
    ballot_id uuid not null,
    serial text not null,
    is_doubtful boolean not null,
    raised_at timestamptz not null, -- council time, as below
    decided_at timestamptz,
    decided_by uuid references staff,
    scrutineer text check (length(scrutineer) between 2 and 60),
    reason text check (length(reason) between 5 and 300),
    primary key (community_id, ballot_id, serial),
    foreign key (community_id, ballot_id, serial) references paper_issue,
    check (num_nonnulls(decided_at, decided_by, scrutineer, reason) in (0, 4))
);

-- Photographs of papers, without what the camera wrote into them. A secret ballot's are sealed and belong to no paper.
create table paper_photo (
    community_id int not null,
    ballot_id uuid not null,
    photo_id uuid not null, -- random
    serial text,
    media_type text not null check (media_type in ('image/jpeg', 'image/png', 'image/webp')),
    content bytea not null check (length(content) <= 6291456),
    primary key (community_id, ballot_id, photo_id),
    foreign key (community_id, ballot_id) references paper_run
);
create index paper_photo_serial on paper_photo (community_id, ballot_id, serial) where serial is not null;

-- The closing record's signatures. While one stands, nothing of the papers changes.
create table paper_signature (
    community_id int not null,
    ballot_id uuid not null,
    staff_id uuid not null references staff,
    post_code text, -- for which the signer acted
    signed_at timestamptz not null, -- council time
    primary key (community_id, ballot_id, staff_id),
    foreign key (community_id, ballot_id) references paper_run
);

-- Serials of papers typed in once, without any of the above: nothing reads it any more.
drop table secret_paper;
