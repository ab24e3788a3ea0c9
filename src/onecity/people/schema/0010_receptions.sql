-- Who stood at which officer's window, with which kind of document.
create table projections.receptions (
    reception  uuid primary key,
    officer    uuid not null,
    person     uuid not null,
    document   text not null check (document in ('identity_card', 'temporary_card', 'household_register')),
    duty       text not null,
    department text not null,
    area       text not null,
    day        date not null,
    opened     timestamptz not null,
    ended      timestamptz,
    check (officer <> person)
);
create index receptions_open on projections.receptions (officer) where ended is null;
create index receptions_by_person on projections.receptions (person);
