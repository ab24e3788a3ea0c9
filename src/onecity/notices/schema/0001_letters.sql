create table projections.letters (
    letter uuid primary key,
    person uuid not null,
    kind   text not null,
    about  uuid not null,
    sender text not null,
    sent   timestamptz not null,
    opened timestamptz
);
create index letters_by_person on projections.letters (person, sent desc);
create index letters_by_affair on projections.letters (about, sent);
