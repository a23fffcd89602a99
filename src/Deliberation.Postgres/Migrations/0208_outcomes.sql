-- Outcome stories (成果) and the archive of closed projects.
create table outcome (
    community_id int not null,
    project_id uuid not null,
    title text not null default '',
    story text not null default '',
    benefits text not null default '',
    money_in_fen bigint not null default 0 check (money_in_fen >= 0),
    money_out_fen bigint not null default 0 check (money_out_fen >= 0),
    upkeep_owner text,
    upkeep_review_on date,
    state text not null default 'Draft' check (state in ('Draft', 'Published')),
    published_at timestamptz, -- council time
    primary key (community_id, project_id),
    foreign key (community_id, project_id) references project,
    check ((state = 'Published') = (published_at is not null))
);

create table project_archive (
    community_id int not null,
    project_id uuid not null,
    closed_at timestamptz not null, -- council time
    record_count int not null,
    manifest jsonb not null, -- [{"table":"…","rows":3,"sha256":"…"}]
    sha256 bytea not null, -- of the manifest as stored in text
    primary key (community_id, project_id),
    foreign key (community_id, project_id) references project
);
create trigger project_archive_append_only before update or delete on project_archive for each row execute function refuse_change();
