-- Versions of workflow definitions: a draft changes, what was published never does again and is never deleted.
-- Content is kept as it was written: json, not jsonb. Its id, version, isPublished and isLatest are the row's: put in when it is read.
alter table workflow_definition
    alter column content type json using (content - array['id', 'version', 'isPublished', 'isLatest'])::json,
    add column content_sha256 bytea, -- of the content as stored; sha256 is that of the text that was brought in
    add column published_at timestamptz; -- first time; null = never

update workflow_definition set content_sha256 = sha256(convert_to(content::text, 'UTF8')), published_at = created_at;

alter table workflow_definition
    alter column content_sha256 set not null,
    add column state text not null generated always as (
        case when is_published then 'Published' when published_at is null then 'Draft' else 'Retracted' end) stored,
    add check (published_at is not null or not is_published);

create unique index workflow_definition_one_latest on workflow_definition (definition_id) where is_latest;

create function workflow_definition_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.published_at is not null then
            raise exception 'Workflow definition version % was published: it stays.', old.definition_version_id using errcode = 'restrict_violation';
        end if;
        return old;
    end if;

    if tg_op = 'UPDATE' then
        if (new.definition_version_id, new.definition_id, new.version, new.created_at) is distinct from (old.definition_version_id, old.definition_id, old.version, old.created_at)
            or old.published_at is not null
                and (new.name, new.content::text, new.sha256, new.content_sha256, new.created_by, new.published_at)
                    is distinct from (old.name, old.content::text, old.sha256, old.content_sha256, old.created_by, old.published_at) then
            raise exception 'Workflow definition version % does not change: only the content of a draft does.', old.definition_version_id using errcode = 'restrict_violation';
        end if;
        if old.published_at is not null then
            return new; -- its hash is never made again: it shows whether somebody went past this guard
        end if;
    end if;

    new.content_sha256 := sha256(convert_to(new.content::text, 'UTF8'));
    if new.is_published then
        new.published_at := coalesce(new.published_at, clock_timestamp());
    end if;
    return new;
end
$$;

create trigger workflow_definition_guard before insert or update or delete on workflow_definition
    for each row execute function workflow_definition_guard();

-- Which definitions a version uses as activities; written with its content.
create table workflow_definition_use (
    definition_version_id text not null references workflow_definition on delete cascade,
    used_definition_id text not null,
    primary key (definition_version_id, used_definition_id)
);
create index workflow_definition_use_used on workflow_definition_use (used_definition_id);
