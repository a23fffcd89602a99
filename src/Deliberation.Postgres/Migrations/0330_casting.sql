-- Casting: proxies that say what makes their holder eligible, windows extended once, several questions on one paper, documents bound by hash.

alter table proxy add column relation text
    check (relation in ('Spouse', 'Parent', 'Child', 'Sibling', 'Grandparent', 'Grandchild')); -- holder to giver; null: not said

-- A window is extended once (延长), in public; before that closes_at was original_closes_at.
alter table ballot add column original_closes_at timestamptz;
alter table ballot add column extension_reason text check (length(extension_reason) between 5 and 300);
alter table ballot add constraint ballot_extension check ((original_closes_at is null) = (extension_reason is null));

-- Ballots of one paper (同一张票): same project, roll, secrecy and window, asked together and cast together.
alter table ballot add column paper_id uuid;
create index ballot_paper on ballot (community_id, paper_id) where paper_id is not null;

-- What was put to the vote with the question: title, kind, size and SHA-256 of each document, in order.
alter table ballot add column documents jsonb not null default '[]';

-- Documents by their hash: what is kept never changes, whoever lists it.
create table document_content (
    community_id int not null references community,
    sha256 bytea not null check (length(sha256) = 32),
    content bytea not null check (length(content) between 1 and 2097152),
    primary key (community_id, sha256),
    check (sha256(content) = sha256)
);
create trigger document_content_append_only before update or delete on document_content for each row execute function refuse_change();

-- The documents that a project goes to the vote with. A ballot takes the list as it stands when it opens.
create table project_document (
    community_id int not null,
    project_id uuid not null,
    sha256 bytea not null,
    title text not null check (length(title) between 1 and 120),
    type text not null check (type in ('text/plain', 'application/pdf', 'image/jpeg', 'image/png')),
    bytes int not null,
    added_at timestamptz not null, -- council time
    primary key (community_id, project_id, sha256),
    foreign key (community_id, project_id) references project,
    foreign key (community_id, sha256) references document_content
);

-- What people read beside the question is fixed as the question is.
create function refuse_ballot_papers_change() returns trigger language plpgsql as $$
begin
    if (new.explanation, new.paper_id, new.documents) is distinct from (old.explanation, old.paper_id, old.documents)
        or old.original_closes_at is not null and new.original_closes_at is distinct from old.original_closes_at then
        raise exception 'ballot % cannot be rewritten', old.ballot_id using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger ballot_papers_are_fixed before update on ballot for each row execute function refuse_ballot_papers_change();
