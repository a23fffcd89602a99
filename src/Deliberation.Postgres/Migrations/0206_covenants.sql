-- Covenants (公约): clauses, comments, adopted versions, signatures.
create table covenant (
    community_id int not null,
    covenant_id uuid not null,
    project_id uuid not null,
    instance_id uuid not null,
    visit_id text not null,
    kind text not null check (kind in ('Residents', 'VillageRules', 'OwnersManagement')),
    title text not null,
    comments_until timestamptz not null, -- council time
    due_at timestamptz not null,
    state text not null default 'Draft' check (state in ('Draft', 'Adopted', 'Withdrawn')),
    adopted_version int,
    ended_at timestamptz,
    ended_reason text,
    primary key (community_id, covenant_id),
    unique (community_id, instance_id, visit_id),
    foreign key (community_id, project_id) references project,
    check ((state = 'Adopted') = (adopted_version is not null))
);

create table covenant_clause (
    community_id int not null,
    covenant_id uuid not null,
    clause_no int not null check (clause_no > 0),
    text text not null check (length(text) between 1 and 2000),
    version int not null default 1,
    is_removed boolean not null default false,
    changed_at timestamptz not null,
    changed_by uuid references staff,
    primary key (community_id, covenant_id, clause_no),
    foreign key (community_id, covenant_id) references covenant
);

-- What a clause was before each change.
create table covenant_clause_history (
    community_id int not null,
    covenant_id uuid not null,
    clause_no int not null,
    version int not null,
    text text not null,
    is_removed boolean not null,
    replaced_at timestamptz not null,
    reason text not null,
    primary key (community_id, covenant_id, clause_no, version),
    foreign key (community_id, covenant_id, clause_no) references covenant_clause
);

create table clause_comment (
    community_id int not null,
    covenant_id uuid not null,
    comment_id uuid not null,
    clause_no int not null,
    resident_id uuid not null,
    text text not null check (length(text) between 1 and 1000),
    made_at timestamptz not null,
    primary key (community_id, covenant_id, comment_id),
    foreign key (community_id, covenant_id, clause_no) references covenant_clause
);

create table covenant_version (
    community_id int not null,
    covenant_id uuid not null,
    version int not null,
    clauses jsonb not null, -- [{"no":1,"text":"…"}]
    sha256 bytea not null, -- of clauses as stored in text
    adopted_at timestamptz not null,
    adopted_by uuid references staff,
    primary key (community_id, covenant_id, version),
    foreign key (community_id, covenant_id) references covenant
);
create trigger covenant_version_append_only before update or delete on covenant_version for each row execute function refuse_change();

create table covenant_signature (
    community_id int not null,
    covenant_id uuid not null,
    version int not null,
    resident_id uuid not null,
    typed_name text not null,
    signed_at timestamptz not null,
    primary key (community_id, covenant_id, version, resident_id),
    foreign key (community_id, covenant_id, version) references covenant_version
);
