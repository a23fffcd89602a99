-- A post changes hands: its open tasks say from whom to whom.
alter table work_task_event add column from_staff uuid;
alter table work_task_event drop constraint work_task_event_kind_check, add constraint work_task_event_kind_check check (kind in (
    'Created', 'Reminded', 'Escalated', 'Transferred', 'Urged', 'Done', 'Withdrawn', 'Extended', 'Returned', 'Copied',
    'SignerAsked', 'Held', 'Signed', 'Objected', 'SentBack', 'Recalled', 'HandedOver'));

