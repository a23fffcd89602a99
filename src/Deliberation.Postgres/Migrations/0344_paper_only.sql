-- Elections and recalls of residents' and villagers' committees are counted from paper only, unless the community has put a local basis on record (law_record)
-- before the ballot opened. What held at the opening holds until the count.
alter table ballot add column is_paper_only boolean not null default false;
create trigger ballot_paper_only_fixed before update of is_paper_only on ballot
    for each row when (old.is_paper_only is distinct from new.is_paper_only) execute function refuse_change();
