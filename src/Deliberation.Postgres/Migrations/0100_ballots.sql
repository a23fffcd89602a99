-- Ballots: a question put to the vote (表决), its frozen roll (名册), named votes, and the urn of secret ones.
-- Lock: every cast holds ballot_lock_key() shared, everything that changes the ballot or counts it holds it exclusively.

create function ballot_lock_key(ballot uuid) returns bigint language sql immutable parallel safe as $$
    select hashtextextended('ballot:' || ballot::text, 0)
$$;

create table ballot (
    community_id int not null references community,
    ballot_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null, -- the workflow that waits for the result
    visit_id text not null,
    question text not null check (length(question) between 1 and 500),
    explanation text not null default '',
    rule jsonb not null,
    roll_kind text not null check (roll_kind in ('Owners', 'Households', 'Residents', 'Members')),
    roll_scope text, -- a building; null = everybody
    secrecy text not null check (secrecy in ('Named', 'Secret')),
    law_profile text not null,
    round int not null check (round >= 1),
    options jsonb not null default '[]', -- empty: For, Against, Abstain
    max_choices int not null check (max_choices >= 1),
    opens_at timestamptz not null, -- council time, [opens_at, closes_at)
    closes_at timestamptz not null,
    state text not null check (state in ('Open', 'Paused', 'Closed', 'Declared', 'Voided', 'Cancelled')),
    state_reason text, -- why paused, voided or cancelled
    paused_at timestamptz, -- council time
    roll_units int not null, -- as of the latest correction
    roll_persons int not null,
    roll_area_hundredths bigint not null,
    roll_salt bytea not null,
    roll_hash bytea not null, -- of the roll as frozen at opening; corrections are listed beside it
    public_key bytea, -- secret ballots: SubjectPublicKeyInfo of P-256; its private half is a file outside the database
    outcome text,
    result jsonb,
    closed_at timestamptz, -- council time
    counted_at timestamptz, -- machine time; 24 h later the stored answers go
    primary key (community_id, ballot_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project,
    check (closes_at > opens_at),
    check ((secrecy = 'Secret') = (public_key is not null))
);
create index ballot_project on ballot (community_id, project_id, opens_at);
create index ballot_open on ballot (community_id, closes_at) where state in ('Open', 'Paused');

-- Question, rule, roll kind, secrecy and options never change once people can read them.
create function refuse_ballot_rewrite() returns trigger language plpgsql as $$
begin
    if (new.question, new.rule, new.options, new.max_choices, new.secrecy, new.roll_kind, new.roll_hash, new.opens_at)
        is distinct from (old.question, old.rule, old.options, old.max_choices, old.secrecy, old.roll_kind, old.roll_hash, old.opens_at)
        or old.state in ('Closed', 'Declared', 'Voided', 'Cancelled') and new.state in ('Open', 'Paused') then
        raise exception 'ballot % cannot be rewritten or reopened', old.ballot_id using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger ballot_is_fixed before update on ballot for each row execute function refuse_ballot_rewrite();

-- One voting unit: an owner set, a household or a person. One unit, one vote.
create table roll_entry (
    community_id int not null,
    ballot_id uuid not null,
    unit_key text not null, -- o:… owner set, h:… household, r:… resident, developer
    label text not null, -- shown to staff and to the unit itself: 3-502
    building text not null,
    persons int not null default 1 check (persons >= 0),
    area_hundredths bigint not null default 0 check (area_hundredths >= 0),
    is_removed boolean not null default false, -- by a correction
    primary key (community_id, ballot_id, unit_key),
    foreign key (community_id, ballot_id) references ballot
);

-- Who may act for the unit.
create table roll_entry_person (
    community_id int not null,
    ballot_id uuid not null,
    resident_id uuid not null,
    unit_key text not null,
    primary key (community_id, ballot_id, resident_id, unit_key),
    foreign key (community_id, ballot_id, unit_key) references roll_entry
);
create index roll_entry_person_unit on roll_entry_person (community_id, ballot_id, unit_key);
create index roll_entry_person_resident on roll_entry_person (community_id, resident_id);

-- Changes of the roll after it was frozen: dated, with a reason, public, listed in the result.
create table roll_correction (
    community_id int not null,
    ballot_id uuid not null,
    correction_id uuid not null,
    unit_key text not null,
    label text not null,
    change text not null check (change in ('Added', 'Removed', 'Restored')),
    reason text not null check (length(reason) between 5 and 500),
    staff_id uuid not null,
    corrected_at timestamptz not null, -- council time
    primary key (community_id, ballot_id, correction_id),
    foreign key (community_id, ballot_id) references ballot
);
create trigger roll_correction_append_only before update or delete on roll_correction for each row execute function refuse_change();

-- Written proxies (委托书) for one ballot. The principal's own vote always goes first.
create table proxy (
    community_id int not null,
    ballot_id uuid not null,
    proxy_id uuid not null,
    unit_key text not null,
    holder_id uuid not null,
    document text not null, -- number or place of the written proxy
    granted_at timestamptz not null,
    granted_by uuid, -- staff who registered it
    withdrawn_at timestamptz,
    primary key (community_id, ballot_id, proxy_id),
    foreign key (community_id, ballot_id, unit_key) references roll_entry
);
create unique index proxy_one_per_unit on proxy (community_id, ballot_id, unit_key) where withdrawn_at is null;
create index proxy_holder on proxy (community_id, holder_id, ballot_id) where withdrawn_at is null;

-- Named votes: the one that counts for the unit.
create table vote (
    community_id int not null,
    ballot_id uuid not null,
    unit_key text not null,
    vote_id uuid not null,
    resident_id uuid, -- who acted; null for a paper signed by nobody on our books
    choices text[] not null, -- empty = spoilt paper
    status text not null default 'Counted' check (status in ('Counted', 'Spoilt', 'SetAside')),
    channel text not null check (channel in ('Online', 'Paper', 'Assisted', 'Proxy')),
    receipt bytea not null check (length(receipt) = 10),
    cast_at timestamptz not null, -- council time
    serial text, -- of the paper
    staff_id uuid, -- who typed the paper or helped
    witness text,
    primary key (community_id, ballot_id, unit_key)
) with (fillfactor = 90);
create unique index vote_receipt on vote (community_id, receipt);
create unique index vote_serial on vote (community_id, ballot_id, serial) where serial is not null;

-- Earlier votes of a unit that a later one took the place of.
create table vote_replaced (
    community_id int not null,
    ballot_id uuid not null,
    vote_id uuid not null,
    unit_key text not null,
    resident_id uuid,
    choices text[] not null,
    channel text not null,
    receipt bytea not null,
    cast_at timestamptz not null,
    serial text,
    replaced_by uuid not null,
    primary key (community_id, ballot_id, vote_id)
);
create index vote_replaced_receipt on vote_replaced (community_id, receipt);
create function keep_replaced_vote() returns trigger language plpgsql as $$
begin
    insert into vote_replaced (community_id, ballot_id, vote_id, unit_key, resident_id, choices, channel, receipt, cast_at, serial, replaced_by)
    values (old.community_id, old.ballot_id, old.vote_id, old.unit_key, old.resident_id, old.choices, old.channel, old.receipt, old.cast_at, old.serial, new.vote_id);
    return new;
end $$;
create trigger vote_keeps_replaced before update on vote for each row execute function keep_replaced_vote();
create trigger vote_replaced_append_only before update or delete on vote_replaced for each row execute function refuse_change();

-- Secret ballots. Who took part: no choice, no id, no time finer than the ballot.
create table participation (
    community_id int not null,
    ballot_id uuid not null,
    unit_key text not null,
    primary key (community_id, ballot_id, unit_key)
);
create trigger participation_append_only before update or delete on participation for each row execute function refuse_change();

-- What was chosen, sealed to the ballot's key, until the close: own partition, random slot, no voter, no time.
create table ballot_intake (
    community_id int not null,
    ballot_id uuid not null,
    slot uuid not null,
    sealed bytea not null,
    commitment bytea not null check (length(commitment) = 32),
    primary key (community_id, ballot_id, slot),
    unique (community_id, ballot_id, commitment)
) partition by list (ballot_id);

-- After the close: the choices in random order, written in one transaction, and the openings of the commitments.
create table urn (
    community_id int not null,
    ballot_id uuid not null,
    pos bigint not null, -- random
    choices text[] not null,
    primary key (community_id, ballot_id, pos)
);
create trigger urn_append_only before update or delete on urn for each row execute function refuse_change();

create table opening (
    community_id int not null,
    ballot_id uuid not null,
    commitment bytea not null,
    salt bytea not null,
    nonce bytea not null,
    primary key (community_id, ballot_id, commitment)
);
create trigger opening_append_only before update or delete on opening for each row execute function refuse_change();

-- Serials of secret papers typed in: tells a paper entered twice; belongs to no voter.
create table secret_paper (
    community_id int not null,
    ballot_id uuid not null,
    serial text not null,
    primary key (community_id, ballot_id, serial)
);

-- The answer to a cast, for the same request sent again. Readable only with the client's raw key; dropped 24 h after the count.
create table cast_answer (
    community_id int not null,
    ballot_id uuid not null,
    resident_id uuid not null,
    key_hash bytea not null,
    body_mac bytea not null,
    sealed_answer bytea not null,
    primary key (community_id, ballot_id, resident_id, key_hash)
);

-- Partitions of the intake come and go only through these two.
create function open_ballot_intake(community int, ballot uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare part text := 'ballot_intake_' || replace(ballot::text, '-', '');
begin
    execute format('create table %I (like ballot_intake including defaults including constraints)', part);
    execute format('alter table ballot_intake attach partition %I for values in (%L)', part, ballot);
end $$;

create function drop_ballot_intake(community int, ballot uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from ballot b where b.community_id = community and b.ballot_id = ballot and b.state in ('Open', 'Paused')) then
        raise exception 'the urn of an open ballot stays closed' using errcode = 'integrity_constraint_violation';
    end if;
    execute format('drop table if exists %I', 'ballot_intake_' || replace(ballot::text, '-', ''));
end $$;
