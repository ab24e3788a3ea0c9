-- The public board. Nothing in it leads to a person; `about` is shown to nobody.
create table projections.notices (
    notice    uuid primary key,
    kind      text not null,
    facts     jsonb not null,
    about     uuid not null,
    agency    text not null,
    law       text not null,
    published timestamptz not null
);
create index notices_by_time on projections.notices (published desc, notice);
create index notices_by_agency on projections.notices (agency, published desc, notice);
create index notices_about on projections.notices (about);
