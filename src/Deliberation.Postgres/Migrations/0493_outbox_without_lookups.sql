-- A message's community is that of the row it is written for (ballot, project, order), never typed; a look at `community` for each of
-- a hundred thousand reminders was a part of their time. Votes and their answers do without it for the same reason.
alter table outbox_message drop constraint outbox_message_community_id_fkey;
