-- One visit may call several children (BulkDispatchWorkflows): each child's end resumes its own wait, told apart by this key.
alter table workflow_instance add column parent_key text;
