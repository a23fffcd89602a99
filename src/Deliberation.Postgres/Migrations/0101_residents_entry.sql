-- How residents come in: printed slips, one-time codes, sessions. All times here are machine time.

create table entry_token (
    community_id int not null references community,
    token_id uuid not null,
    token_hash bytea not null, -- SHA-256 of the slip's text in lower case
    household_id uuid,
    resident_id uuid, -- owners who live elsewhere
    issued_at timestamptz not null default clock_timestamp(),
    issued_by uuid, -- staff; null when seeded
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_reason text,
    last_used_at timestamptz,
    primary key (community_id, token_id),
    unique (community_id, token_hash),
    foreign key (community_id, household_id) references household,
    foreign key (community_id, resident_id) references resident,
    check (num_nonnulls(household_id, resident_id) = 1)
);
create index entry_token_household on entry_token (community_id, household_id) where revoked_at is null;

create table one_time_code (
    community_id int not null references community,
    code_id uuid not null,
    phone_hash bytea not null,
    address_hash bytea not null, -- of the network address, for the burst limit
    code_hash bytea, -- null: nobody has this telephone number; the answer is the same
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    attempts int not null default 0,
    used_at timestamptz,
    primary key (community_id, code_id)
);
create index one_time_code_phone on one_time_code (community_id, phone_hash, created_at);
create index one_time_code_address on one_time_code (community_id, address_hash, created_at);

create table resident_session (
    community_id int not null,
    session_hash bytea not null, -- SHA-256 of the cookie's secret
    session_id uuid not null,
    resident_id uuid not null,
    household_id uuid,
    kind text not null check (kind in ('Slip', 'Code', 'Assisted')),
    helper_id uuid, -- staff of an assisted session
    witness text,
    started_at timestamptz not null default clock_timestamp(),
    last_seen_at timestamptz not null default clock_timestamp(),
    lease_until timestamptz, -- assisted sessions end here
    revoked_at timestamptz,
    revoked_reason text,
    primary key (community_id, session_hash),
    unique (community_id, session_id),
    foreign key (community_id, resident_id) references resident,
    check ((kind = 'Assisted') = (helper_id is not null))
);
create index resident_session_resident on resident_session (community_id, resident_id) where revoked_at is null;

create table household_move (
    community_id int not null,
    move_id uuid not null,
    household_id uuid not null,
    moved_at timestamptz not null, -- council time
    staff_id uuid not null,
    reason text not null,
    new_household_id uuid, -- when they moved within the community
    primary key (community_id, move_id),
    foreign key (community_id, household_id) references household
);

create index resident_phone on resident (community_id, phone) where phone is not null;
