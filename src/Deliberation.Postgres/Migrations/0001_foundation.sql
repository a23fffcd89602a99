-- Foundation: clock, places, people, staff, projects, outbox, audit.
-- Rules: community_id is the first column of every key of a community's data, so that the schema shards on it.
-- Reference tables (no community): council_clock, staff, law_profile, holiday_year, data_protection_key and Quartz's.

create extension if not exists pg_trgm;

-- Council time: never goes back, survives a restart, runs at `rate` times machine time.
create table council_clock (
    only_row boolean primary key default true check (only_row),
    anchor_machine timestamptz not null default clock_timestamp(),
    anchor_council timestamptz not null default clock_timestamp(),
    rate double precision not null default 1 check (rate >= 1 and rate <= 1000000)
);
insert into council_clock default values;

create function council_now() returns timestamptz language sql volatile as $$
    select date_trunc('milliseconds', anchor_council + greatest(clock_timestamp() - anchor_machine, interval '0') * rate) from council_clock
$$;

create table staff (
    staff_id uuid primary key,
    login text not null unique check (login = lower(login) and length(login) between 2 and 60),
    display_name text not null,
    kind text not null check (kind in ('Staff', 'Admin', 'Official', 'Supervisor')),
    password_hash text not null,
    security_stamp uuid not null default gen_random_uuid(),
    is_enabled boolean not null default true,
    failed_count int not null default 0,
    locked_until timestamptz, -- machine time
    created_at timestamptz not null default clock_timestamp()
);

create table community (
    community_id int primary key,
    code text not null unique check (code ~ '^[a-z][a-z0-9]{1,19}$'), -- first part of slips and tracking codes
    name text not null,
    kind text not null check (kind in ('Urban', 'Village')),
    subdistrict text not null,
    district text not null,
    phone text not null,
    office_hours text not null,
    time_zone text not null default 'Asia/Shanghai',
    is_demo boolean not null default false
);

-- Which staff may act in which community, and as what.
create table staff_scope (
    community_id int not null references community,
    staff_id uuid not null references staff,
    primary key (community_id, staff_id)
);

-- Posts (岗位), not persons, own tasks. A post without holder is vacant: its tasks climb with that reason.
create table post (
    community_id int not null references community,
    post_code text not null, -- GroupLeader, Community, Subdistrict, District, Inspector, ElectionBoard, Scrutineer, Lawyer, …
    rung int, -- place on the default ladder, 0 first; null = not on it
    primary key (community_id, post_code)
);

create table post_holder (
    community_id int not null,
    post_code text not null,
    staff_id uuid not null references staff,
    is_substitute boolean not null default false,
    held_from timestamptz not null,
    held_until timestamptz,
    primary key (community_id, post_code, staff_id, held_from),
    foreign key (community_id, post_code) references post
);

create table household (
    community_id int not null references community,
    household_id uuid not null,
    building text not null,
    stairwell text not null default '',
    door text not null, -- shown to people: 3-502
    delegate_id uuid, -- registered household delegate (户代表); null until named
    moved_out_at timestamptz,
    primary key (community_id, household_id)
);
create unique index household_door on household (community_id, building, door) where moved_out_at is null;

create table resident (
    community_id int not null,
    resident_id uuid not null,
    household_id uuid, -- null: an owner who does not live here
    full_name text not null,
    phone text, -- digits and dashes; null when unknown
    birth_year int not null,
    lives_here boolean not null default true,
    away_group text, -- place of work of an away worker (外出务工)
    locale text not null default 'zh-Hans' check (locale in ('zh-Hans', 'zh-Hant', 'en')),
    created_at timestamptz not null default clock_timestamp(),
    primary key (community_id, resident_id),
    foreign key (community_id, household_id) references household
);
create index resident_household on resident (community_id, household_id);
create index resident_name on resident using gin (full_name gin_trgm_ops);

create table exclusive_unit (
    community_id int not null references community,
    unit_id uuid not null,
    building text not null,
    door text not null,
    kind text not null check (kind in ('Residential', 'Shop', 'Parking', 'Storage')),
    area_hundredths bigint not null check (area_hundredths >= 0), -- 0.01 m²
    area_source text not null check (area_source in ('Register', 'Survey', 'Contract')),
    state text not null check (state in ('Delivered', 'SoldNotHandedOver', 'Unsold')),
    primary key (community_id, unit_id),
    unique (community_id, building, door, kind)
);

create table unit_owner (
    community_id int not null,
    unit_id uuid not null,
    resident_id uuid not null,
    primary key (community_id, unit_id, resident_id),
    foreign key (community_id, unit_id) references exclusive_unit,
    foreign key (community_id, resident_id) references resident
);
create index unit_owner_resident on unit_owner (community_id, resident_id);

create table project (
    community_id int not null references community,
    project_id uuid not null,
    title text not null check (length(title) between 1 and 120),
    summary text not null default '',
    site text not null default '',
    who_benefits text not null default '',
    template_id text not null, -- definition id of the top workflow
    template_version int not null,
    inputs jsonb not null default '{}',
    state text not null check (state in ('Draft', 'Submitted', 'InPlan', 'Decided', 'InBuild', 'InManage', 'InEvaluate', 'InShare', 'Closed', 'Suspended', 'Withdrawn', 'Rejected', 'Merged', 'Cancelled')),
    stage text check (stage in ('Plan', 'Build', 'Manage', 'Evaluate', 'Share')),
    resume_state text, -- state to return to after Suspended
    suspended_at timestamptz,
    launched_by uuid references staff,
    launched_at timestamptz,
    closed_at timestamptz,
    upkeep_owner text,
    upkeep_review_on date,
    version bigint not null default 1,
    primary key (community_id, project_id)
);
create index project_state on project (community_id, state, launched_at desc);

-- One row a stage of a project: planned and real dates. A changed date keeps its reason.
create table project_stage (
    community_id int not null,
    project_id uuid not null,
    stage text not null check (stage in ('Plan', 'Build', 'Manage', 'Evaluate', 'Share')),
    planned_start date,
    planned_end date,
    started_at timestamptz,
    completed_at timestamptz,
    primary key (community_id, project_id, stage),
    foreign key (community_id, project_id) references project
);

-- The timeline that people see. text_key + values are put into words in the reader's language.
create table project_event (
    community_id int not null,
    project_id uuid not null,
    event_id uuid not null, -- v7
    at timestamptz not null, -- council time
    kind text not null, -- Stage, Ballot, Notice, Meeting, Task, Pledge, Message, Change, …
    text_key text not null,
    values jsonb not null default '{}',
    is_automatic boolean not null,
    actor_id uuid, -- staff; null when automatic or a resident
    link text, -- page that shows the thing, application-relative
    primary key (community_id, project_id, event_id)
);

-- Messages written with a decision and delivered after it commits.
create table outbox_message (
    community_id int not null references community,
    message_id uuid not null,
    dedup_key text not null, -- the same message is never written twice
    channel text not null check (channel in ('InApp', 'Sms', 'WeChat', 'Email', 'Print')),
    resident_id uuid,
    staff_id uuid,
    project_id uuid,
    text_key text not null,
    values jsonb not null default '{}',
    reason_key text not null, -- why this person gets it
    link text,
    council_at timestamptz not null,
    not_before timestamptz, -- council time; quiet hours move it
    sent_at timestamptz, -- machine time
    read_at timestamptz,
    attempts int not null default 0,
    primary key (community_id, message_id),
    unique (community_id, dedup_key),
    check (resident_id is not null or staff_id is not null or channel = 'Print')
);
create index outbox_waiting on outbox_message (not_before, message_id) where sent_at is null;
create index outbox_resident on outbox_message (community_id, resident_id, council_at desc);
create index outbox_staff on outbox_message (community_id, staff_id, council_at desc);
create index outbox_project on outbox_message (community_id, project_id, council_at desc);

-- Every act that changes something, in the transaction that changes it. No choice of a vote is ever here.
create table audit_entry (
    community_id int not null, -- 0 = not in a community (sign-in, templates)
    entry_id uuid not null, -- v7
    machine_at timestamptz not null default clock_timestamp(),
    council_at timestamptz not null,
    actor_kind text not null check (actor_kind in ('Resident', 'Staff', 'System', 'Anonymous')),
    actor_id uuid, -- null for residents in secret ballots, the system and strangers
    on_behalf_of uuid,
    action text not null, -- name of the use case: CastVote, LaunchProject
    subject text not null, -- type:id
    reason text,
    details jsonb not null default '{}',
    primary key (community_id, entry_id)
);
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger audit_append_only before update or delete on audit_entry for each row execute function refuse_change();

-- Answers kept for a repeated request of staff (residents' casts have their own, see ballots).
create table idempotency (
    community_id int not null,
    actor_id uuid not null,
    key_hash bytea not null,
    body_hash bytea not null,
    answer jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (community_id, actor_id, key_hash)
);
