-- Keeping of papers (保存和销毁): readings and photographs go when their time is over, and what went is on record.

-- Papers of an election are kept until the next election of that office is over: an admin says which one that was.
alter table paper_run add column next_election uuid;
alter table paper_run add column released_at timestamptz; -- council time
alter table paper_run add column released_by uuid references staff;
alter table paper_run add constraint paper_run_released check (num_nonnulls(next_election, released_at, released_by) in (0, 3));
alter table paper_run add foreign key (community_id, next_election) references ballot;

create table paper_destruction (
    community_id int not null,
    ballot_id uuid not null,
    destroyed_at timestamptz not null, -- council time
    basis text not null check (basis in ('OwnersFiveYears', 'OthersTwoYears', 'NextElectionOver')),
    papers int not null check (papers >= 0), -- of the register: the paper ones are to be pulped with this record
    readings int not null check (readings >= 0),
    photos int not null check (photos >= 0),
    primary key (community_id, ballot_id),
    foreign key (community_id, ballot_id) references paper_run
);
create trigger paper_destruction_append_only before update or delete on paper_destruction for each row execute function refuse_change();

-- What is destroyed does not come back.
create function refuse_after_destruction() returns trigger language plpgsql as $$
begin
    if exists (select from paper_destruction d where d.community_id = new.community_id and d.ballot_id = new.ballot_id) then
        raise exception 'the papers of ballot % are destroyed', new.ballot_id using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger paper_photo_not_after before insert on paper_photo for each row execute function refuse_after_destruction();
create trigger paper_entry_not_after before insert on paper_entry for each row execute function refuse_after_destruction();
