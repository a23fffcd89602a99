-- Rows that are read by key and do not change need no vacuum to be found quickly: they are frozen by age, or after a million, and not each minute while people vote.
do $$
declare tab regclass;
begin
    foreach tab in array array['vote', 'participation', 'cast_answer', 'log_leaf', 'audit_entry']::regclass[]
    loop
        execute format('alter table %s set (autovacuum_vacuum_insert_threshold = 1000000)', tab);
    end loop;
end $$;
