-- Who confirmed and declared a result, for whom, when: printed with it. Null for what was declared before.
alter table ballot add column declared_at timestamptz; -- council time
alter table ballot add column declared_by uuid references staff;
alter table ballot add column declared_post text;
