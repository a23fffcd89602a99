-- Evaluations (评议): one answer a household.
create table evaluation (
    community_id int not null,
    evaluation_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null,
    visit_id text not null,
    title text not null,
    questions text[] not null check (cardinality(questions) > 0), -- text keys or literal texts
    minimum_answers int not null check (minimum_answers >= 0),
    minimum_percent int not null check (minimum_percent between 0 and 100),
    satisfied_percent int not null check (satisfied_percent between 0 and 100),
    round int not null check (round > 0),
    household_count int not null, -- households asked, when it opened
    opens_at timestamptz not null, -- council time
    closes_at timestamptz not null check (closes_at > opens_at),
    state text not null default 'Open' check (state in ('Open', 'Closed')),
    outcome text check (outcome in ('Satisfied', 'Unsatisfied', 'TooFew')),
    answer_count int,
    satisfied_count int,
    closed_at timestamptz,
    primary key (community_id, evaluation_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project,
    check ((state = 'Closed') = (outcome is not null))
);

create table evaluation_answer (
    community_id int not null,
    evaluation_id uuid not null,
    household_id uuid not null,
    points smallint[] not null, -- one a question, 1–5; 0 = not sure
    remark text not null default '' check (length(remark) <= 2000),
    answered_at timestamptz not null,
    primary key (community_id, evaluation_id, household_id),
    foreign key (community_id, evaluation_id) references evaluation
);
