-- The seed of the lot that may have to decide a ballot's tie: made at the opening, its SHA-256 published with the rule, itself published with the result.
alter table ballot add column lot_seed text check (length(lot_seed) between 16 and 200);

create function refuse_other_lot() returns trigger language plpgsql as $$
begin
    raise exception 'the lot of ballot % is drawn', old.ballot_id using errcode = 'integrity_constraint_violation';
end $$;
create trigger ballot_lot_is_fixed before update on ballot for each row
    when (new.lot_seed is distinct from old.lot_seed) execute function refuse_other_lot();
