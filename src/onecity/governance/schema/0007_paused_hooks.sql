-- A hook whose receiver is gone, or takes nothing for days, is paused until somebody resumes it. `failing` is since when
-- it took nothing of what it was sent; `lost` counts what was kept as long as events are kept, and is gone.
alter table working.hooks
    add column failing    timestamptz,
    add column paused     timestamptz,
    add column paused_why text check (paused_why in ('gone', 'failing')),
    add column lost       bigint not null default 0 check (lost >= 0),
    add column lost_at    timestamptz,
    add constraint hooks_paused_why check ((paused is null) = (paused_why is null));

-- Since when an event waits. What waited before this column was there waits from now.
alter table working.hook_events add column enqueued timestamptz not null default now();
