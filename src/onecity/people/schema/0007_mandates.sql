-- Somebody may be on file without a login: a child, a ward, a person served at the window, a firm.
alter table projections.accounts drop constraint accounts_kind_check,
    add check (kind in ('citizen', 'officer', 'on_file', 'firm'));

-- Which account a number belongs to, of a person or a firm; numbers stand here only as keyed hashes.
create table working.numbers (
    number bytea primary key check (length(number) = 32),
    person uuid not null
);
create index numbers_by_person on working.numbers (person);

create table projections.mandates (
    mandate uuid primary key,
    kind    text not null check (kind in ('given', 'guardian', 'representative')),
    grantor uuid not null,
    agent   uuid not null,
    matters text[] not null,
    since   date not null,
    until   date,
    given   timestamptz not null,
    ended   timestamptz,
    check (grantor <> agent)
);
create index mandates_by_agent on projections.mandates (agent, grantor);
create index mandates_by_grantor on projections.mandates (grantor);

create table projections.consents (
    consent  uuid primary key,
    person   uuid not null,
    purpose  text not null,
    register text not null,
    readers  text[] not null,
    until    date,
    given    timestamptz not null,
    ended    timestamptz
);
create index consents_by_person on projections.consents (person, purpose);

-- For whom the person acts in this session; null for themself.
alter table working.sessions add column mandate uuid;
