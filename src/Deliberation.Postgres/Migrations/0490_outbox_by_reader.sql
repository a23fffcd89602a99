-- A message has one reader, a resident or somebody of the staff: each is found in an index of its own kind only, and a reminder to many does not write the other.
drop index outbox_resident;
create index outbox_resident on outbox_message (community_id, resident_id, council_at desc) where resident_id is not null;
drop index outbox_staff;
create index outbox_staff on outbox_message (community_id, staff_id, council_at desc) where staff_id is not null;
