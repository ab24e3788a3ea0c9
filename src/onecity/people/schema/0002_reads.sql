-- Who looked at whose data, when, in which duty and for which case; shown to the person it concerns.
create table working.reads (
    subject    uuid not null,
    at         timestamptz not null,
    reader     uuid not null,
    duty       text not null,
    department text not null,
    about      uuid not null,
    what       text not null
);
create index reads_by_subject on working.reads (subject, at desc);
