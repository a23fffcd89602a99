-- How people want to be reached, and what leaves the product for them. A message is always in the product's own mailbox;
-- a delivery carries it to a telephone, an address or a printer besides.

-- One row a person and community; without a row: the mailbox alone, nothing muted.
create table contact_choice (
    community_id int not null references community,
    person_id uuid not null, -- resident or staff
    resident_id uuid,
    staff_id uuid references staff,
    channel text not null default 'InApp' check (channel in ('InApp', 'Sms', 'WeChat', 'Email', 'Print')),
    locale text check (locale in ('zh-Hans', 'zh-Hant', 'en')), -- of messages; null = the resident's own
    muted text[] not null default '{}', -- topics: first words of text keys
    digest_hour int default 18 check (digest_hour between 7 and 21), -- hour of the community's day; null = each message by itself
    email text check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254),
    email_confirmed_at timestamptz, -- machine time
    primary key (community_id, person_id),
    foreign key (community_id, resident_id) references resident,
    check (num_nonnulls(resident_id, staff_id) = 1 and person_id = coalesce(resident_id, staff_id)),
    check (channel <> 'Email' or email_confirmed_at is not null),
    check (staff_id is null or channel in ('InApp', 'Email')) -- no telephone of staff is kept
);

-- The code that confirms an address; a new one replaces it. Machine time.
create table email_code (
    community_id int not null references community,
    person_id uuid not null,
    code_id uuid not null,
    email text not null,
    code_hash bytea not null,
    expires_at timestamptz not null,
    attempts int not null default 0,
    primary key (community_id, person_id)
);

create table message_delivery (
    community_id int not null references community,
    delivery_id uuid not null, -- the receiver sees it as Message-ID or Idempotency-Key at every try
    message_ids uuid[] not null check (cardinality(message_ids) > 0), -- several: a digest
    channel text not null check (channel in ('Sms', 'WeChat', 'Email', 'Print')),
    resident_id uuid,
    staff_id uuid,
    is_urgent boolean not null default false, -- goes before the others
    due_at timestamptz, -- council time of a digest; null = at once
    written_at timestamptz not null default clock_timestamp(), -- machine time, as all below
    attempts int not null default 0,
    retry_at timestamptz,
    lease_until timestamptz, -- until then it is in a node's hands
    taken_at timestamptz, -- the receiver has it
    parked_at timestamptz, -- given up until staff send it again
    last_answer text,
    primary key (community_id, delivery_id),
    check (taken_at is null or parked_at is null),
    check (channel = 'Print' or num_nonnulls(resident_id, staff_id) = 1)
);
create index message_delivery_waiting on message_delivery (channel, is_urgent desc, written_at) where taken_at is null and parked_at is null;
create index message_delivery_leased on message_delivery (channel, lease_until) where lease_until is not null;
create index message_delivery_parked on message_delivery (community_id, parked_at) where parked_at is not null;
create index message_delivery_of on message_delivery using gin (message_ids);
create unique index message_delivery_digest on message_delivery (community_id, channel, coalesce(resident_id, staff_id), due_at) where due_at is not null;

-- What each try came to. Never the text, the number or the address.
create table message_attempt (
    community_id int not null,
    delivery_id uuid not null,
    attempt_id uuid not null,
    started_at timestamptz not null,
    ended_at timestamptz not null default clock_timestamp(),
    answer text not null check (answer in ('Taken', 'Refused', 'Unavailable', 'Unreachable', 'Timeout', 'TooLong', 'NoAddress', 'ByHand')),
    primary key (community_id, delivery_id, attempt_id),
    foreign key (community_id, delivery_id) references message_delivery on delete cascade
);

-- How fast a destination is spoken to, counted for all nodes together. Reference table.
create table channel_pace (
    channel text primary key check (channel in ('Sms', 'WeChat', 'Email')),
    minute_at timestamptz not null default '-infinity',
    used int not null default 0 -- in that minute
);
insert into channel_pace (channel) values ('Sms'), ('WeChat'), ('Email');

-- What a community's messages cost on a day, and what they may. Fen.
create table message_spend (
    community_id int not null references community,
    day date not null, -- of the community, council time
    spent_fen bigint not null check (spent_fen >= 0),
    primary key (community_id, day)
);
create table message_cap (
    community_id int primary key references community,
    cap_fen bigint not null check (cap_fen between 0 and 100000000)
);
