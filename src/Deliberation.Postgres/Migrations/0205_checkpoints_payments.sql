-- Checkpoints that resident inspectors sign, and payments that wait for them.
create table checkpoint (
    community_id int not null,
    project_id uuid not null,
    checkpoint_code text not null, -- demolition, pipes, roads, facade, handover
    title text not null,
    task_id uuid, -- the latest task that asks for the signature
    state text not null default 'Unsigned' check (state in ('Unsigned', 'Passed', 'Defects')),
    round int not null default 1,
    signed_at timestamptz, -- council time
    signed_by uuid references staff,
    record jsonb, -- the checklist as signed
    primary key (community_id, project_id, checkpoint_code),
    foreign key (community_id, project_id) references project,
    check ((state = 'Unsigned') = (signed_at is null))
);

create table payment (
    community_id int not null,
    project_id uuid not null,
    payment_no int not null check (payment_no > 0),
    title text not null,
    payee text not null,
    amount_fen bigint not null check (amount_fen > 0),
    checkpoint_code text, -- unsigned: the payment waits; null = waits for none
    state text not null default 'Planned' check (state in ('Planned', 'Paid')),
    paid_at timestamptz, -- council time
    paid_by uuid references staff,
    voucher text,
    primary key (community_id, project_id, payment_no),
    foreign key (community_id, project_id) references project,
    check ((state = 'Paid') = (paid_at is not null and voucher is not null))
);
