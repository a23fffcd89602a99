-- Which installation this database is, and how it is opened for the first time. Reference tables; machine time throughout.

-- Installations that share a folder outside the database (the keys of ballots) keep to their own part of it.
create table installation (
    only_row boolean primary key default true check (only_row),
    installation_id uuid not null default gen_random_uuid()
);
insert into installation default values;

-- One-time codes of the set-up page. A program that starts on a database without staff prints one; all are gone after use.
create table setup_code (
    code_hash bytea primary key check (length(code_hash) = 32),
    made_at timestamptz not null default clock_timestamp()
);
