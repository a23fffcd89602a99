-- Messages that staff write by hand to many.
create table staff_broadcast (
    community_id int not null references community,
    broadcast_id uuid not null, -- the form's: sent twice, it is the same message
    audience text not null check (audience in ('Everyone', 'Households', 'Building', 'NotVoted', 'Signed', 'Pledged')),
    audience_of text, -- building, or id of the ballot, covenant or project
    audience_name text not null, -- as it was called on that day
    texts jsonb not null, -- by language; zh-Hans always
    is_legal boolean not null, -- reaches those too who switched such messages off
    basis text, -- what the law says, of a legal notice
    told int not null check (told > 0), -- counted in the transaction that sent it
    sent_at timestamptz not null, -- council time
    sent_by uuid not null references staff,
    primary key (community_id, broadcast_id),
    check (is_legal = (basis is not null)),
    check ((audience in ('Everyone', 'Households')) = (audience_of is null))
);
create index staff_broadcast_newest on staff_broadcast (community_id, sent_at desc);
