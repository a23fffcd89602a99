-- The books that rolls (名册) are built from: merchants, imports, disputes and what was changed; and changes of a frozen roll, which take two people.

alter table exclusive_unit drop constraint exclusive_unit_kind_check;
alter table exclusive_unit add constraint exclusive_unit_kind_check check (kind in ('Residential', 'Shop', 'Parking', 'Stall', 'Storage'));
alter table exclusive_unit add constraint exclusive_unit_area_bound check (area_hundredths <= 100000000); -- 1,000,000.00 m²: sums of any roll stay far below bigint

alter table ballot drop constraint ballot_roll_kind_check;
alter table ballot add constraint ballot_roll_kind_check check (roll_kind in ('Owners', 'Households', 'Residents', 'Members', 'Merchants', 'AwayWorkers'));

-- When the roll was frozen: appeals against it are counted from here. Council time.
alter table ballot add column roll_frozen_at timestamptz;
update ballot set roll_frozen_at = opens_at;
alter table ballot alter column roll_frozen_at set default council_now(), alter column roll_frozen_at set not null;

-- All who may act for the unit work away (外出务工), as of the freezing.
alter table roll_entry add column is_away boolean not null default false;

-- A business and the person who acts for it. Who is nothing but this is on no roll of residents.
create table merchant (
    community_id int not null references community,
    merchant_id uuid not null,
    kind text not null check (kind in ('Merchant', 'Firm')),
    name text not null check (length(name) between 1 and 60),
    building text not null,
    door text not null,
    resident_id uuid not null,
    closed_at timestamptz, -- council time
    primary key (community_id, merchant_id),
    foreign key (community_id, resident_id) references resident
);
create unique index merchant_one_per_door on merchant (community_id, building, door, name) where closed_at is null;
create index merchant_resident on merchant (community_id, resident_id) where closed_at is null;

-- A file as it came, until it is applied, thrown away or a day old (machine time): people correct it without sending it again.
create table roll_import (
    community_id int not null references community,
    import_id uuid not null,
    staff_id uuid not null references staff,
    file_name text not null check (length(file_name) between 1 and 200),
    content bytea, -- null once applied or thrown away
    is_complete boolean not null, -- what the file does not have goes, in the buildings it names
    has_new_buildings boolean not null,
    uploaded_at timestamptz not null default clock_timestamp(),
    state text not null default 'Waiting' check (state in ('Waiting', 'Applied', 'Discarded')),
    applied_at timestamptz, -- council time
    counts jsonb,
    primary key (community_id, import_id),
    check ((state = 'Waiting') = (content is not null))
);
create index roll_import_old on roll_import (uploaded_at);

-- What was changed on the books, door by door. Names are read from the people themselves; never a telephone number.
create table roll_event (
    community_id int not null references community,
    event_id uuid not null, -- v7
    at timestamptz not null, -- council time
    building text not null,
    door text not null,
    kind text not null check (kind in ('UnitAdded', 'UnitChanged', 'UnitRemoved', 'OwnerAdded', 'OwnerRemoved', 'MemberAdded', 'MemberChanged', 'MemberRemoved', 'MerchantAdded', 'MerchantRemoved')),
    resident_id uuid,
    details jsonb not null default '{}',
    reason text not null check (length(reason) between 2 and 500),
    staff_id uuid not null,
    import_id uuid,
    primary key (community_id, event_id)
);
create index roll_event_door on roll_event (community_id, building, door, event_id desc);
create trigger roll_event_append_only before update or delete on roll_event for each row execute function refuse_change();

-- "I am not on the roll", "my area is wrong": answered within the period of law.
create table roll_dispute (
    community_id int not null references community,
    dispute_id uuid not null, -- v7
    matter text not null check (matter in ('NotOnRoll', 'Unit', 'Area', 'Owner', 'Household', 'Other')),
    resident_id uuid, -- null: somebody who is not on our books, written down by staff
    claimant text check (length(claimant) between 2 and 60), -- who that is
    filed_by uuid, -- staff who wrote it down
    building text not null default '',
    door text not null default '',
    ballot_id uuid, -- the roll it is about; null = the books
    message text not null check (length(message) between 2 and 1000),
    filed_at timestamptz not null, -- council time, as all below
    due_at timestamptz not null,
    state text not null default 'Open' check (state in ('Open', 'Upheld', 'Dismissed')),
    answer text check (length(answer) between 2 and 1000),
    answered_at timestamptz,
    answered_by uuid,
    primary key (community_id, dispute_id),
    foreign key (community_id, resident_id) references resident,
    foreign key (community_id, ballot_id) references ballot,
    check (num_nonnulls(resident_id, claimant) = 1),
    check ((state = 'Open') = (answer is null) and (answer is null) = (answered_at is null))
);
create index roll_dispute_open on roll_dispute (community_id, due_at) where state = 'Open';
create index roll_dispute_resident on roll_dispute (community_id, resident_id, dispute_id desc);
create unique index roll_dispute_once on roll_dispute (community_id, resident_id, matter, building, door) where state = 'Open' and resident_id is not null;

-- A change of a frozen roll: one proposes, another confirms. Only then it is done and listed in roll_correction.
create table roll_change (
    community_id int not null,
    ballot_id uuid not null,
    change_id uuid not null, -- v7
    unit_key text not null,
    label text not null,
    change text not null check (change in ('Remove', 'Restore', 'AddPerson', 'AddUnit')),
    resident_id uuid, -- of AddPerson and AddUnit
    reason text not null check (length(reason) between 5 and 500),
    proposed_by uuid not null,
    proposed_at timestamptz not null, -- council time
    state text not null default 'Proposed' check (state in ('Proposed', 'Confirmed', 'Refused')),
    decided_by uuid,
    decided_at timestamptz, -- council time
    primary key (community_id, ballot_id, change_id),
    foreign key (community_id, ballot_id) references ballot,
    check ((state = 'Proposed') = (decided_by is null)),
    check (state <> 'Confirmed' or decided_by <> proposed_by)
);
create unique index roll_change_once on roll_change (community_id, ballot_id, unit_key, change, coalesce(resident_id, '00000000-0000-0000-0000-000000000000')) where state = 'Proposed';

alter table roll_correction add column confirmed_by uuid; -- null: corrected by one person, before two were needed
alter table roll_correction add constraint roll_correction_two_people check (confirmed_by <> staff_id);
