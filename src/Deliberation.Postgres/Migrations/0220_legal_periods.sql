-- Periods fixed by law do not move when a suspended project is resumed.
alter table workflow_timer add column is_fixed boolean not null default false;
alter table notice add column is_legal_period boolean not null default false;

-- Suspended projects by the day on which they go on.
create index project_suspension_open on project_suspension (resume_on) where resumed_at is null;
