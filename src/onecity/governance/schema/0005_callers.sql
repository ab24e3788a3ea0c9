-- From which telephone number a report came, as a keyed hash: the hotline finds the open cases of whoever calls again.
create table working.callers (
    report uuid primary key,
    number bytea not null check (length(number) = 32),
    at     timestamptz not null
);
create index callers_by_number on working.callers (number);
