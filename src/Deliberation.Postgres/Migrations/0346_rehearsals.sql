-- Rehearsals (演练): people try a paper before the real one opens. All of it stands in a schema of its own, keeps no choice and no person, and goes with the statement that opens the ballot.

create schema practice;

create table practice.rehearsal (
    community_id int not null references public.community,
    rehearsal_id uuid not null,
    project_id uuid not null,
    question text not null check (length(question) between 1 and 500),
    rule jsonb not null, -- as a ballot's: says how the paper looks
    options jsonb not null default '[]', -- empty: For, Against, Abstain
    is_secret boolean not null,
    started_by uuid not null references public.staff,
    started_at timestamptz not null, -- council time
    primary key (community_id, rehearsal_id),
    constraint rehearsal_one_per_project unique (community_id, project_id),
    foreign key (community_id, project_id) references public.project
);

-- Somebody who tried: how often the paper came back, and whether it was handed in. Nothing here can be counted as a vote.
create table practice.attempt (
    community_id int not null,
    rehearsal_id uuid not null,
    attempt_id uuid not null, -- random, made with the empty form
    corrections int not null default 0 check (corrections >= 0),
    code text check (code ~ '^TRY-[0-9A-Z]{4}-[0-9A-Z]{4}$'), -- handed in; no receipt looks like it
    primary key (community_id, rehearsal_id, attempt_id),
    foreign key (community_id, rehearsal_id) references practice.rehearsal on delete cascade
);

-- A rehearsal begins before the ballot opens, never beside it. The project's row keeps an opening out until it is committed.
create function refuse_rehearsal_beside_ballot() returns trigger language plpgsql as $$
begin
    perform from project where community_id = new.community_id and project_id = new.project_id for update;
    if exists (select from ballot where community_id = new.community_id and project_id = new.project_id and state in ('Open', 'Paused')) then
        raise exception 'project % is voting: a rehearsal beside it would be mistaken for it', new.project_id
            using errcode = 'check_violation', constraint = 'rehearsal_before_ballot';
    end if;
    return null;
end $$;
create trigger rehearsal_before_ballot after insert or update on practice.rehearsal for each row execute function refuse_rehearsal_beside_ballot();

-- The statement that opens a ballot leaves no rehearsal of its project; so does the one that ends the project.
create function wipe_rehearsals() returns trigger language plpgsql as $$
begin
    perform from project where community_id = new.community_id and project_id = new.project_id for key share; -- a rehearsal that is just beginning is waited for
    delete from practice.rehearsal where community_id = new.community_id and project_id = new.project_id;
    return null;
end $$;
create trigger ballot_wipes_rehearsals after insert on ballot for each row execute function wipe_rehearsals();
create trigger project_end_wipes_rehearsals after update of state on project for each row
    when (new.state in ('Closed', 'Cancelled', 'Withdrawn', 'Rejected', 'Merged')) execute function wipe_rehearsals();
