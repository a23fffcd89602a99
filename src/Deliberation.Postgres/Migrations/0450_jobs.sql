-- What an operator sees and does: nodes that went, runs of maintenance jobs, a single timer held.

-- A node that stops in order says so; one that is silent is said to be gone once, and forgotten after a day. Machine time.
alter table node add column left_at timestamptz; -- null = has not said that it stops
alter table node add column gone_at timestamptz; -- when others noticed its silence

-- Runs of maintenance jobs, by their schedule or asked for by an admin. Reference table; machine time throughout.
create table maintenance_run (
    run_id uuid primary key, -- v7
    job text not null,
    asked_at timestamptz, -- null = by its schedule
    asked_by uuid references staff,
    reason text check (length(reason) between 1 and 200),
    node_id uuid, -- who runs it; a node that is gone will not end it
    started_at timestamptz, -- null = asked for and not begun
    ended_at timestamptz,
    error text, -- null = it went well, or has not ended
    check (num_nonnulls(asked_at, asked_by, reason) in (0, 3)),
    check (asked_at is not null or started_at is not null),
    check (ended_at is null or started_at is not null)
);
create index maintenance_run_latest on maintenance_run (job, started_at desc);
create unique index maintenance_run_asked on maintenance_run (job) where started_at is null; -- asked twice, run once

-- A timer that an admin holds: its time stands still. Council time.
alter table workflow_timer add column held_at timestamptz; -- null = it runs
alter table workflow_timer add column held_because text;
alter table workflow_timer add constraint workflow_timer_held check ((held_at is null) = (held_because is null) and (held_at is null or not is_fixed));
