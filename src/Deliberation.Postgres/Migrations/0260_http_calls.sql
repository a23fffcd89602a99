-- Calls of web services that workflows ask for: written by the step, made after it has committed, gone when they are answered.
create table http_call (
    community_id int not null,
    call_id uuid not null, -- v7; the receiver sees it as Idempotency-Key at each try
    instance_id uuid not null,
    visit_id text not null, -- the waiting visit
    method text not null,
    url text not null,
    headers jsonb not null,
    content_type text,
    content text,
    created_at timestamptz not null, -- council time
    attempts int not null default 0,
    retry_at timestamptz, -- machine time
    lease_until timestamptz, -- machine time: until then it is in a node's hands
    last_error text,
    primary key (community_id, call_id),
    foreign key (community_id, instance_id) references workflow_instance on delete cascade
);
create index http_call_waiting on http_call (call_id);
