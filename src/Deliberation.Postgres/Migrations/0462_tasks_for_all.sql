-- One task from above for all who hold a kind of post, in every community that has it: an order a community, closed as soon as it is answered.
create table task_for_all (
    batch_id uuid primary key, -- v7
    post_code text not null,
    what text not null check (length(what) between 2 and 500),
    working_days int not null check (working_days between 1 and 60),
    issued_by uuid not null references staff,
    issued_at timestamptz not null -- council time
);

alter table supervision_order
    add column batch_id uuid references task_for_all,
    add constraint supervision_order_matter check (num_nonnulls(project_id, batch_id) = 1);
create unique index supervision_order_of_batch on supervision_order (batch_id, community_id) where batch_id is not null;
