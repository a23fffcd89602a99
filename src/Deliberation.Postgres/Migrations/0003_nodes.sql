-- Programs that run on this database. Reference table; machine time throughout.
create table node (
    node_id uuid primary key,
    host text not null,
    version text not null,
    started_at timestamptz not null default clock_timestamp(),
    beat_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

create index idempotency_old on idempotency (created_at);
create index workflow_timer_log_old on workflow_timer_log (fired_at);
