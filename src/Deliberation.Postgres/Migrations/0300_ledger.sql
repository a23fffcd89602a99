-- The ledger (台账): one append-only log per community, format in src/Deliberation.Domain/Ledger/README.md.
-- It holds commitments: no voter, no choice, no time of a vote.

alter table ballot add column is_logged boolean not null default false; -- false: opened before there was a ledger, stays outside it

-- Opens a named vote's commitment, whose first ten bytes are the receipt.
alter table vote add column salt bytea check (length(salt) = 16); -- null: outside the ledger
alter table vote_replaced add column salt bytea;
create or replace function keep_replaced_vote() returns trigger language plpgsql as $$
begin
    insert into vote_replaced (community_id, ballot_id, vote_id, unit_key, resident_id, choices, channel, receipt, cast_at, serial, replaced_by, salt)
    values (old.community_id, old.ballot_id, old.vote_id, old.unit_key, old.resident_id, old.choices, old.channel, old.receipt, old.cast_at, old.serial, new.vote_id, old.salt);
    return new;
end $$;

-- Salt and nonce open a commitment for the few choices there are; auditors need not try them all.
alter table opening add column choices text[] not null default '{}';

-- Keys that sign checkpoints: the log's own, whose private half is a file outside the database, and the witnesses'.
create table log_key (
    community_id int not null references community,
    key_hash bytea not null check (length(key_hash) = 32), -- SHA-256 of the public key
    name text not null,
    role text not null check (role in ('Log', 'Witness')),
    public_key bytea not null, -- SubjectPublicKeyInfo of P-256
    added_at timestamptz not null, -- council time
    removed_at timestamptz,
    primary key (community_id, key_hash)
);
create unique index log_key_name on log_key (community_id, name) where removed_at is null;
create unique index log_key_own on log_key (community_id) where role = 'Log' and removed_at is null;

-- What waits to be put into the log, written in the transaction that it follows from. A vote: its commitment and nothing else.
create table log_pending (
    community_id int not null,
    entry bytea not null, -- a vote's commitment; else random
    ballot_id uuid,
    kind text, -- null: a vote
    place bigint, -- order among what is no vote
    body text,
    primary key (community_id, entry),
    check ((kind is null) = (body is null) and (kind is null) = (place is null))
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
create index log_pending_event on log_pending (community_id, place) where kind is not null;
create sequence log_place;

create table log_leaf (
    community_id int not null,
    idx bigint not null check (idx >= 0),
    kind text not null check (kind in ('key', 'ballot-opened', 'roll-amended', 'vote', 'ballot-closed', 'ballot-cancelled', 'tally-published')),
    ballot_id uuid,
    leaf_hash bytea not null check (length(leaf_hash) = 32),
    commitment bytea, -- of a vote, whose body is made of ballot and commitment
    body text,
    primary key (community_id, idx),
    check ((kind = 'vote') = (commitment is not null) and (kind = 'vote') = (body is null))
);
create unique index log_leaf_commitment on log_leaf (community_id, commitment) where commitment is not null; -- nothing twice
create index log_leaf_event on log_leaf (community_id, ballot_id, idx) where commitment is null;
create trigger log_leaf_append_only before update or delete on log_leaf for each row execute function refuse_change();

-- Roots of complete subtrees of 256 leaves: a proof needs these and two tiles' leaves, not the whole log.
create table log_tile (
    community_id int not null,
    idx bigint not null,
    root bytea not null check (length(root) = 32),
    primary key (community_id, idx)
);
create trigger log_tile_append_only before update or delete on log_tile for each row execute function refuse_change();

create table log_checkpoint (
    community_id int not null,
    size bigint not null check (size > 0),
    root bytea not null check (length(root) = 32),
    subtrees bytea not null, -- roots of its complete subtrees, from which the next append goes on
    note text not null, -- signed by the log
    signed_at timestamptz not null, -- council time
    primary key (community_id, size)
);
create trigger log_checkpoint_append_only before update or delete on log_checkpoint for each row execute function refuse_change();

-- Witnesses' lines under a checkpoint.
create table log_cosignature (
    community_id int not null,
    size bigint not null,
    key_hash bytea not null,
    line text not null,
    received_at timestamptz not null, -- council time
    primary key (community_id, size, key_hash),
    foreign key (community_id, size) references log_checkpoint,
    foreign key (community_id, key_hash) references log_key
);
create trigger log_cosignature_append_only before update or delete on log_cosignature for each row execute function refuse_change();

-- Texts whose bytes the log has hashed.
create table log_document (
    community_id int not null,
    ballot_id uuid not null,
    kind text not null check (kind in ('definition', 'tally')),
    version int not null check (version >= 1),
    content text not null,
    primary key (community_id, ballot_id, kind, version),
    foreign key (community_id, ballot_id) references ballot
);
create trigger log_document_append_only before update or delete on log_document for each row execute function refuse_change();

-- Who took part is written anew at the close, in the order of keys and in one transaction: places and transaction ids in the table were the order
-- of arrival, and so is, roughly, the order of the log's leaves. So are the stored answers. Only through here may a participation go, and it comes back at once.
create function refuse_participation_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('deliberation.resettling', true) = old.ballot_id::text then
        return old;
    end if;
    raise exception 'participation is append-only' using errcode = 'integrity_constraint_violation';
end $$;
drop trigger participation_append_only on participation;
create trigger participation_append_only before update or delete on participation for each row execute function refuse_participation_change();

create function resettle_ballot(community int, ballot uuid) returns void language plpgsql as $$
declare
    units text[];
    answers cast_answer[];
begin
    select array_agg(unit_key order by unit_key) into units from participation p where p.community_id = community and p.ballot_id = ballot;
    perform set_config('deliberation.resettling', ballot::text, true);
    delete from participation p where p.community_id = community and p.ballot_id = ballot;
    perform set_config('deliberation.resettling', '', true);
    insert into participation (community_id, ballot_id, unit_key) select community, ballot, unnest(units);

    select array_agg(a order by a.key_hash) into answers from cast_answer a where a.community_id = community and a.ballot_id = ballot;
    delete from cast_answer a where a.community_id = community and a.ballot_id = ballot;
    insert into cast_answer select (a).* from unnest(answers) a;
end $$;
