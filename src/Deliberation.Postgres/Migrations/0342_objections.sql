-- Objections to a ballot's result: answered within three working days, once more by the level above, and what comes of one that is upheld.
alter table objection drop constraint objection_state_check;
alter table objection add constraint objection_state_check check (state in ('Open', 'AskedAgain', 'Upheld', 'Dismissed'));
alter table objection add column due_at timestamptz; -- council time by which the answer is due; null: filed before there was a term
alter table objection add column remedy text check (remedy in ('Recount', 'Void')); -- of one upheld against a ballot's result
alter table objection add column recount_id uuid; -- that it led to
alter table objection add column asked_again_at timestamptz; -- the objector was not content
alter table objection add column again_reason text check (length(again_reason) between 1 and 2000);
alter table objection add column again_due_at timestamptz;
alter table objection add column second_answer text; -- of the level above; final
alter table objection add column second_answered_at timestamptz;
alter table objection add column second_answered_by uuid references staff;
alter table objection add constraint objection_again check (
    (asked_again_at is null) = (again_reason is null) and (asked_again_at is null) = (again_due_at is null)
    and (second_answer is null) = (second_answered_at is null) and (second_answer is null or asked_again_at is not null)
    and (state <> 'AskedAgain' or asked_again_at is not null and second_answer is null));
create index objection_again on objection (community_id, again_due_at) where state = 'AskedAgain';

-- The ballot whose result a notice publishes: of the same workflow, the last one closed before. Null for every other notice.
create function result_ballot(community int, notice uuid) returns uuid language sql stable as $$
    select b.ballot_id
    from notice n join ballot b using (community_id, project_id, instance_id)
    where n.community_id = $1 and n.notice_id = $2 and n.kind = 'Result' and b.closed_at <= n.opens_at
    order by b.closed_at desc, b.ballot_id limit 1
$$;
