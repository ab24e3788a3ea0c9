-- When somebody outside could last see a change of a case. Programs ask for what changed since they came.
alter table projections.problems add column changed timestamptz;
update projections.problems set changed = greatest(reported, filed, dispatched, handled, verified, closed, reopened);
alter table projections.problems alter column changed set not null;
create index reports_by_time on projections.reports (reported desc, report desc);
create index reports_by_opened on projections.reports (opened);
create index problems_by_change on projections.problems (changed desc);

-- The keys with which programs report, by hash: a key is told once, to whoever made it.
create table working.open311_keys (
    hash bytea primary key check (length(hash) = 32),
    name text not null unique,
    made timestamptz not null
);
