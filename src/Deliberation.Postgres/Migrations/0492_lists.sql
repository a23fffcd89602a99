-- Lists of each department (三张清单: their names and number are data), the matters on them, and the pack of each month (每月调度). Instants are council time.

create table tracked_list (
    community_id int not null,
    department_id uuid not null,
    list_no smallint not null check (list_no between 1 and 9),
    name text not null check (length(name) between 1 and 30),
    primary key (community_id, department_id, list_no),
    foreign key (community_id, department_id) references department
);

create table tracked_matter (
    community_id int not null,
    matter_id uuid not null, -- v7
    department_id uuid not null,
    list_no smallint, -- null = closed
    title text not null check (length(title) between 2 and 120),
    due_on date, -- last day, inclusive, of the community's zone; null = none
    added_at timestamptz not null,
    closed_at timestamptz,
    primary key (community_id, matter_id),
    foreign key (community_id, department_id) references department,
    foreign key (community_id, department_id, list_no) references tracked_list,
    check ((list_no is null) = (closed_at is not null))
);
create index tracked_matter_listed on tracked_matter (community_id, department_id, list_no);

create table matter_move (
    community_id int not null,
    matter_id uuid not null,
    move_no int not null, -- 1 = put on a list
    from_list smallint, -- null = new
    to_list smallint, -- null = closed
    reason text not null check (length(reason) between 1 and 300),
    moved_at timestamptz not null,
    moved_by uuid not null references staff,
    primary key (community_id, matter_id, move_no),
    foreign key (community_id, matter_id) references tracked_matter,
    check ((from_list is null) = (move_no = 1))
);
create trigger matter_move_append_only before update or delete on matter_move for each row execute function refuse_change();

-- The month whose pack comes next, and the first instant of that month's first working day. Departments that are there already begin with the next month.
alter table department add column next_pack_month date, add column next_pack_at timestamptz;
update department set next_pack_month = (date_trunc('month', council_now() at time zone 'Asia/Shanghai') + interval '1 month')::date;
update department set next_pack_at = next_pack_month at time zone 'Asia/Shanghai'; -- asked again, and moved to a working day, when it is due
alter table department alter column next_pack_month set not null, alter column next_pack_at set not null;
create index department_pack on department (next_pack_at) where ended_at is null;

create table monthly_pack (
    community_id int not null,
    department_id uuid not null,
    month date not null check (extract(day from month) = 1),
    from_at timestamptz, -- inclusive; null = from the beginning
    until_at timestamptz not null, -- exclusive
    made_at timestamptz not null,
    primary key (community_id, department_id, month),
    foreign key (community_id, department_id) references department
);

-- What it says, as it was said.
create table monthly_pack_line (
    community_id int not null,
    department_id uuid not null,
    month date not null,
    line_no int not null,
    section text not null check (section in ('New', 'Moved', 'Overdue', 'Closed', 'Absent')),
    matter_id uuid,
    zone_id uuid,
    title text not null,
    from_list text, -- name of the list
    to_list text,
    reason text,
    day date, -- overdue: its last day; absent: the last attendance, null = never
    owner text, -- who was absent
    primary key (community_id, department_id, month, line_no),
    foreign key (community_id, department_id, month) references monthly_pack
);
create trigger monthly_pack_append_only before update or delete on monthly_pack for each row execute function refuse_change();
create trigger monthly_pack_line_append_only before update or delete on monthly_pack_line for each row execute function refuse_change();

-- A changed calendar moves the day of a supervised order too (decision 0023).
alter table deadline_move drop constraint deadline_move_kind_check, add constraint deadline_move_kind_check check (kind in ('Task', 'Notice', 'Order'));
