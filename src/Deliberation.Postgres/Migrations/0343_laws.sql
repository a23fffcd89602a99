-- What admins put on record about the law: that somebody compared a profile's figures with the official text (核实), and on what local basis a community
-- may elect its committee otherwise than on paper. The latest entry holds; nothing is changed or removed.
create table law_record (
    record_id bigint generated always as identity primary key,
    kind text not null check (kind in ('Profile', 'OnlineElection')),
    profile text, -- the law profile; for the whole installation
    community_id int not null references community, -- of the admin; an OnlineElection holds for it alone
    is_withdrawal boolean not null default false,
    basis text not null check (length(basis) between 5 and 500), -- what was compared with what; of a withdrawal the reason
    document text check (document ~ '^https?://' and length(document) <= 500), -- where it can be read
    recorded_by uuid not null references staff,
    recorded_at timestamptz not null, -- council time
    check ((kind = 'Profile') = (profile is not null))
);
create index law_record_profile on law_record (profile, record_id desc) where kind = 'Profile';
create index law_record_community on law_record (community_id, record_id desc) where kind = 'OnlineElection';
create trigger law_record_append_only before update or delete on law_record for each row execute function refuse_change();
