-- The register of parts: where each stands, whose it is, how it is. `version` is that of its history.
create table projections.parts (
    number    text primary key check (number ~ '^[0-9]{17}$'),
    stream    uuid not null unique,
    version   int not null,
    kind      text not null check (kind = substr(number, 7, 5)),
    longitude float8 not null,
    latitude  float8 not null,
    cell      text not null,
    area      text not null,
    agency    text not null,
    owner     text,
    state     text not null,
    source    text not null,
    simulated boolean not null,
    recorded  timestamptz not null,
    changed   timestamptz not null,
    withdrawn timestamptz
);
create index parts_by_kind on projections.parts (kind, number);
create index parts_by_place on projections.parts using gist (point(longitude, latitude));

-- Which part a case is about, if an officer named one.
alter table projections.problems add column part text;
create index problems_by_part on projections.problems (part, reported desc) where part is not null;
