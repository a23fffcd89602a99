-- Household visits (走访): each visit is a line; a household counts once, when somebody was met.
create table visit_round (
    community_id int not null,
    visit_round_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null,
    visit_id text not null,
    coverage_percent int not null check (coverage_percent between 1 and 100),
    household_count int not null check (household_count >= 0), -- when the round began
    starts_at timestamptz not null, -- council time
    until_at timestamptz not null,
    state text not null default 'Open' check (state in ('Open', 'Covered', 'Ended')),
    covered_at timestamptz,
    ended_at timestamptz,
    primary key (community_id, visit_round_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project
);

create table visit_entry (
    community_id int not null,
    visit_round_id uuid not null,
    entry_id uuid not null,
    household_id uuid not null,
    outcome text not null check (outcome in ('Met', 'NotHome', 'Declined')),
    wish text not null default '',
    visited_at timestamptz not null,
    staff_id uuid not null references staff,
    primary key (community_id, visit_round_id, entry_id),
    foreign key (community_id, visit_round_id) references visit_round,
    foreign key (community_id, household_id) references household
);
create index visit_entry_household on visit_entry (community_id, visit_round_id, household_id);
