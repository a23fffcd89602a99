-- Those who work away (外出务工) may vote longer than those at home: closes_at is the later close, after which all is counted; this one is the close for units that are not away. Null: one close for all.
alter table ballot add column local_closes_at timestamptz;
alter table ballot add constraint ballot_local_close check (local_closes_at > opens_at and local_closes_at < closes_at);

-- It moves with the whole window only, and only to later.
create function refuse_other_local_close() returns trigger language plpgsql as $$
begin
    if old.local_closes_at is null or new.local_closes_at is null or new.local_closes_at < old.local_closes_at or new.closes_at <= old.closes_at then
        raise exception 'the close at home of ballot % is fixed', old.ballot_id using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger ballot_local_close_is_fixed before update on ballot for each row
    when (new.local_closes_at is distinct from old.local_closes_at) execute function refuse_other_local_close();
