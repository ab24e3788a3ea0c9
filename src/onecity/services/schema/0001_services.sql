create table projections.affairs (
    affair  uuid primary key,
    subject uuid not null,
    number  text not null unique,
    items   text[] not null,
    applied timestamptz not null
);
create index affairs_by_subject on projections.affairs (subject, applied desc);

-- What somebody has begun to fill in, sealed under that person's key; thirty days, then gone.
create table working.drafts (
    person  uuid not null,
    what    text not null,
    sealed  bytea not null,
    changed timestamptz not null,
    primary key (person, what)
);
