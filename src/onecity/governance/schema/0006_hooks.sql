-- Where events of the street are sent. The secret with which they are signed follows from a key outside the database.
create table working.hooks (
    hook         uuid primary key,
    name         text not null unique check (length(name) between 1 and 60),
    url          text not null check (length(url) <= 500),
    kinds        text[] not null,
    made         timestamptz not null,
    delivered    bigint,
    delivered_at timestamptz
);

-- What is on its way to each hook, in the order of positions; what was taken is gone. `dead` is when the city gave up.
create table working.hook_events (
    hook     uuid not null references working.hooks on delete cascade,
    position bigint not null check (position >= 0),
    kind     text not null,
    body     bytea not null,
    tries    int not null default 0,
    next_try timestamptz not null,
    failure  text not null default '',
    dead     timestamptz,
    primary key (hook, position)
);
create index hook_events_alive on working.hook_events (hook, position) where dead is null;
create index hook_events_dead on working.hook_events (dead) where dead is not null;
