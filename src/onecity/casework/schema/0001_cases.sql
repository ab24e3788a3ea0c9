create table projections.cases (
    id       uuid primary key,
    matter   text not null,
    process  text not null,
    affair   uuid not null,
    subject  uuid not null,
    agency   text not null,
    area     text not null,
    received date not null,
    accepted date,
    due      date,
    result   text,
    ended    timestamptz,
    check ((result is null) = (ended is null))
);
create index cases_by_subject on projections.cases (subject, received desc);
create index cases_by_affair on projections.cases (affair);
create index cases_by_queue on projections.cases (agency, area, due) where result is null;

create table projections.work_items (
    case_id uuid not null,
    step    text not null,
    duty    text not null,
    since   timestamptz not null,
    primary key (case_id, step)
);
