-- Proof that papers reached their owners (送达), where unreturned ones follow the majority. The latest entry of a unit holds; nothing is changed or removed.
create table delivery (
    delivery_id bigint generated always as identity primary key,
    community_id int not null,
    ballot_id uuid not null,
    unit_key text not null,
    is_withdrawal boolean not null default false,
    delivered_on date, -- in council time
    way text check (way in ('Signed', 'Post', 'Witnessed', 'Electronic')),
    delivered_by text check (length(delivered_by) between 2 and 60),
    evidence text not null check (length(evidence) between 2 and 300), -- what proves it; of a withdrawal the reason
    recorded_by uuid not null references staff,
    recorded_at timestamptz not null, -- council time, before the close
    foreign key (community_id, ballot_id, unit_key) references roll_entry,
    check (num_nonnulls(delivered_on, way, delivered_by) = case when is_withdrawal then 0 else 3 end)
);
create index delivery_unit on delivery (community_id, ballot_id, unit_key, delivery_id desc);
create trigger delivery_append_only before update or delete on delivery for each row execute function refuse_change();
