-- What staff carry out by hand: letters that they print and bring to doors, texts that they read out over the loudspeaker.

-- Letters printed together: those of one building, each person's notices on one letter.
create table print_batch (
    community_id int not null references community,
    batch_id uuid not null, -- the form's: sent twice, it is the same batch
    place text not null, -- building; '-' = owners who live elsewhere
    made_at timestamptz not null, -- council time, as all here
    made_by uuid not null references staff,
    printed_at timestamptz, -- the first time; what is printed later says that it is printed again
    printed_by uuid references staff,
    primary key (community_id, batch_id),
    check ((printed_at is null) = (printed_by is null))
);
create index print_batch_newest on print_batch (community_id, made_at desc);

alter table message_delivery
    add column batch_id uuid, -- of a printed letter
    add column handed_at timestamptz, -- council time: in the letter box, or read out
    add column handed_by uuid references staff,
    add constraint message_delivery_batch foreign key (community_id, batch_id) references print_batch,
    add constraint message_delivery_handed check (handed_at is null or (handed_by is not null and taken_at is not null)),
    drop constraint message_delivery_channel_check,
    drop constraint message_delivery_check1,
    add constraint message_delivery_channel_check check (channel in ('Sms', 'WeChat', 'Email', 'Print', 'Loudspeaker')),
    add constraint message_delivery_person check (channel in ('Print', 'Loudspeaker') or num_nonnulls(resident_id, staff_id) = 1);
create index message_delivery_batch on message_delivery (community_id, batch_id) where batch_id is not null;
create index message_delivery_by_hand on message_delivery (community_id, channel) where channel in ('Print', 'Loudspeaker') and taken_at is null;

alter table outbox_message
    drop constraint outbox_message_channel_check,
    drop constraint outbox_message_check,
    add constraint outbox_message_channel_check check (channel in ('InApp', 'Sms', 'WeChat', 'Email', 'Print', 'Loudspeaker')),
    add constraint outbox_message_person check (resident_id is not null or staff_id is not null or channel in ('Print', 'Loudspeaker'));
