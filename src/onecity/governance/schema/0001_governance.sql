-- Reports as lists show them. Words, addresses and contacts stay locked in the facts.
create table projections.reports (
    report   uuid primary key,
    subject  uuid not null,
    number   text not null unique,
    source   text not null,
    case_id  uuid not null,
    opened   uuid not null,
    cell     text,
    reported timestamptz not null
);
create index reports_by_case on projections.reports (case_id);
create index reports_by_subject on projections.reports (subject, reported desc);

-- Cases of the street: what it is, where, and when it came how far. One report at least belongs to each.
create table projections.problems (
    case_id    uuid primary key,
    number     text not null,
    source     text not null,
    matter     text not null,
    condition  text,
    area       text not null,
    cell       text,
    longitude  float8,
    latitude   float8,
    zone       text,
    urgent     boolean not null default false,
    lead       text,
    answer_by  date not null,
    reported   timestamptz not null,
    filed      timestamptz,
    dispatched timestamptz,
    handled    timestamptz,
    verified   timestamptz,
    closed     timestamptz,
    returned   int not null default 0,
    reworked   int not null default 0,
    extended   int not null default 0,
    deferred   int not null default 0,
    reopened   timestamptz,
    stage      text not null default 'intake'
);
create index problems_by_stage on projections.problems (stage, reported desc);
create index problems_by_cell on projections.problems (cell, matter, reported desc);
create index problems_by_reported on projections.problems (reported desc, case_id);
