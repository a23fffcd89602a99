-- Meetings of the council: agenda, sign-in, minutes that a second person approves.
create table meeting (
    community_id int not null,
    meeting_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null,
    visit_id text not null,
    kind text not null check (kind in ('Council', 'Group', 'Assembly', 'ProjectCouncil')),
    round int not null check (round > 0),
    theme text not null,
    meets_at timestamptz not null, -- council time
    place text not null default '',
    quorum_numerator int not null check (quorum_numerator >= 0),
    quorum_denominator int not null check (quorum_denominator > 0),
    quorum_is_strict boolean not null,
    expected_count int check (expected_count >= 0), -- members who should come (应到); null = not entered yet
    state text not null default 'Called' check (state in ('Called', 'Concluded')),
    outcome text check (outcome in ('Held', 'Inquorate', 'Cancelled')),
    open_points text[] not null default '{}',
    plan_version int,
    reason text, -- why cancelled
    minutes text not null default '',
    minutes_state text not null default 'None' check (minutes_state in ('None', 'Draft', 'Approved')),
    minutes_version int not null default 0,
    minutes_by uuid references staff,
    minutes_approved_by uuid references staff,
    minutes_approved_at timestamptz,
    concluded_at timestamptz,
    primary key (community_id, meeting_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project,
    check ((state = 'Concluded') = (outcome is not null)),
    check (minutes_state <> 'Approved' or minutes_by <> minutes_approved_by)
);
create index meeting_project on meeting (community_id, project_id, round);

create table agenda_item (
    community_id int not null,
    meeting_id uuid not null,
    item_id uuid not null,
    position int not null,
    text text not null check (length(text) between 1 and 500),
    speaker text not null default '',
    is_carried boolean not null default false, -- an open point of the round before
    decision text,
    owner text,
    due_on date,
    primary key (community_id, meeting_id, item_id),
    foreign key (community_id, meeting_id) references meeting
);

-- A household counts once, whoever of it comes; an owner who lives elsewhere counts as one.
create table attendance (
    community_id int not null,
    meeting_id uuid not null,
    attendee_id uuid not null, -- household id, else resident id
    resident_id uuid,
    signed_at timestamptz not null,
    signed_by uuid references staff, -- null: signed in on the own phone
    primary key (community_id, meeting_id, attendee_id),
    foreign key (community_id, meeting_id) references meeting
);
