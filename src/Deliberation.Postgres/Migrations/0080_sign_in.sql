-- Wrong passwords of the last quarter of an hour, by the hash of the name that was typed: known and unknown names alike.
-- Reference table: staff belong to no single community.
create table sign_in_failure (
    login_hash bytea not null check (length(login_hash) = 32),
    failure_id uuid not null,
    failed_at timestamptz not null default clock_timestamp(), -- machine time
    primary key (login_hash, failure_id)
);
create index sign_in_failure_old on sign_in_failure (failed_at);

-- Keys that protect cookies and form tokens: shared by all nodes, kept over restarts. Reference table.
create table data_protection_key (
    key_name text primary key,
    xml text not null,
    created_at timestamptz not null default clock_timestamp()
);
