-- A series may ask for every occurrence that an outage swallowed; and somebody may move a timer, with a reason that stays with it.
alter table workflow_timer drop constraint workflow_timer_catch_up_check;
alter table workflow_timer add constraint workflow_timer_catch_up_check check (catch_up in ('Once', 'Each', 'Skip'));
alter table workflow_timer add column moved_because text; -- null = never moved by hand
