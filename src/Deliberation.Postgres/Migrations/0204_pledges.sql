-- The pledge board (认领): needs, promises, proof. A promise is never a payment.
create table pledge_board (
    community_id int not null,
    board_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null,
    visit_id text not null,
    title text not null,
    opens_at timestamptz not null, -- council time
    closes_at timestamptz not null check (closes_at > opens_at),
    state text not null default 'Open' check (state in ('Open', 'Closed')),
    outcome text check (outcome in ('TargetMet', 'Short')),
    primary key (community_id, board_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project,
    check ((state = 'Closed') = (outcome is not null))
);

create table pledge_need (
    community_id int not null,
    board_id uuid not null,
    need_id text not null,
    position int not null,
    kind text not null check (kind in ('Money', 'Goods', 'Labour', 'Space', 'Vacate', 'Demolish')),
    text text not null,
    quantity bigint not null check (quantity > 0), -- fen for money, days for labour, pieces otherwise
    primary key (community_id, board_id, need_id),
    foreign key (community_id, board_id) references pledge_board
);

create table pledge (
    community_id int not null,
    pledge_id uuid not null,
    board_id uuid not null,
    need_id text not null,
    resident_id uuid not null,
    quantity bigint not null check (quantity > 0), -- unit of the need
    note text not null default '',
    due_on date not null, -- last day to honour it, inclusive
    shows_name boolean not null default false,
    state text not null default 'Promised' check (state in ('Promised', 'Kept', 'Waived', 'Unkept', 'Withdrawn')),
    made_at timestamptz not null, -- council time
    settled_at timestamptz,
    settled_by uuid references staff, -- null: withdrawn by the pledger
    proof text, -- what shows that it was kept, or the reason why not
    version int not null default 1,
    primary key (community_id, pledge_id),
    foreign key (community_id, board_id, need_id) references pledge_need,
    check ((state = 'Promised') = (settled_at is null))
);
create index pledge_need_sum on pledge (community_id, board_id, need_id);
create index pledge_resident on pledge (community_id, resident_id);
