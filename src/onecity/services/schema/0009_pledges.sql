-- Which matters were decided on a pledge, and what became of it. One that was broken counts for later applications.
create table projections.pledges (
    case_id      uuid primary key,
    affair       uuid not null,
    subject      uuid not null,
    matter       text not null,
    version      text not null,
    given        timestamptz not null,
    check_id     uuid unique,
    check_by     date,
    found        text check (found in ('kept', 'broken', 'nothing')),
    barred_until date,
    check (found is null or check_id is not null),
    check ((check_id is null) = (check_by is null)),
    check (barred_until is null or found = 'broken')
);
create index pledges_barring on projections.pledges (subject, matter) where barred_until is not null;
