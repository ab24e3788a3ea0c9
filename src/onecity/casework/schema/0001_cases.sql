create table projections.cases (
    id          uuid primary key,
    matter      text not null,
    process     text not null,
    affair      uuid not null,
    subject     uuid not null,
    agency      text not null,
    area        text not null,
    received    date not null,
    accepted    date,
    due         date,
    provisional boolean not null default false,
    stopped     boolean not null default false,
    warned      date,
    overrun     date,
    explained   boolean not null default false,
    result      text,
    ended       timestamptz,
    delivered   timestamptz,
    rated       int check (rated between 1 and 5),
    check ((result is null) = (ended is null)),
    check ((accepted is null) = (due is null))
);
create index cases_by_subject on projections.cases (subject, received desc);
create index cases_by_affair on projections.cases (affair);
create index cases_by_due on projections.cases (due) where result is null and due is not null;

-- Which cases wait for the results of which others.
create table projections.case_order (
    before  uuid not null,
    case_id uuid not null,
    primary key (before, case_id)
);
create index case_order_by_case on projections.case_order (case_id);

-- A queue is a department at a place; an officer's scope is resolved to queues before a list is read.
create table projections.queues (
    agency text not null,
    area   text not null,
    primary key (agency, area)
);

create table projections.work_items (
    case_id uuid not null,
    step    text not null,
    duty    text not null,
    agency  text not null,
    area    text not null,
    since   date not null,
    silent  date,
    due     date,
    stopped boolean not null,
    holder  uuid,
    primary key (case_id, step)
);
create index work_items_by_queue on projections.work_items (agency, area, duty, due nulls first, since);
create index work_items_by_silence on projections.work_items (silent) where silent is not null;
