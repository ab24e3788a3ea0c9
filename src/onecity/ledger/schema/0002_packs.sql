-- Which version of the city's declarations holds from when; what a version consists of stands in ledger.declarations.
create table projections.packs (
    stream   uuid primary key,
    version  text not null check (length(version) = 64),
    since    timestamptz not null,
    recorded timestamptz not null,
    origin   text not null,
    how      text not null check (how in ('start', 'command'))
);
create index packs_by_since on projections.packs (since);
