-- The city's memory. Facts are inserted and read, never changed; everything told from them is a projection.
create schema ledger;
create schema projections;
create schema working;

-- Partitioned by the time prefix of the stream (a UUIDv7), so that a history stays whole in the month in which it began.
create table ledger.facts (
    stream  uuid  not null,
    version int   not null check (version > 0),
    kind    text  not null check (length(kind) between 3 and 100),
    body    bytea not null,
    mac     bytea not null check (length(mac) = 16),
    xid     xid8  not null default pg_current_xact_id(),
    era     int   not null default 1,
    primary key (stream, version)
) partition by range (stream);
create table ledger.facts_all partition of ledger.facts default;
create index facts_by_xid on ledger.facts (era, xid);

create table ledger.answers (
    key    uuid primary key,
    answer bytea not null,
    at     timestamptz not null default now()
);

create table ledger.sealed (
    position bigint primary key check (position >= 0),
    stream   uuid  not null,
    version  int   not null,
    leaf     bytea not null check (length(leaf) = 32),
    unique (stream, version)
);

create table ledger.seal_state (
    one    boolean primary key default true check (one),
    size   bigint not null default 0,
    seen   pg_snapshot not null,
    era    int not null default 1
);
insert into ledger.seal_state (seen) values ('1:1:'::pg_snapshot);

-- A fact whose code does not match was put there by somebody who is not the city.
create table ledger.alarms (
    stream  uuid not null,
    version int  not null,
    seen_at timestamptz not null default now(),
    primary key (stream, version)
);

create table ledger.declarations (
    hash text primary key check (length(hash) = 64),
    kind text not null,
    id   text not null,
    body bytea not null
);

do $$
begin
    if not exists (select from pg_roles where rolname = 'onecity_app') then create role onecity_app login; end if;
    if not exists (select from pg_roles where rolname = 'onecity_reader') then create role onecity_reader login; end if;
end $$;
grant usage on schema ledger, projections, working to onecity_app, onecity_reader;
grant select on all tables in schema ledger to onecity_app, onecity_reader;
grant insert on ledger.facts, ledger.answers, ledger.sealed, ledger.alarms, ledger.declarations to onecity_app;
grant update on ledger.seal_state to onecity_app;
alter default privileges in schema projections grant select, insert, update, delete on tables to onecity_app;
alter default privileges in schema working grant select, insert, update, delete on tables to onecity_app;
alter default privileges in schema projections grant select on tables to onecity_reader;
