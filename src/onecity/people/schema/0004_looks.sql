-- A look has an id, so that a person can ask about it, and belongs to a batch that stands in the tree as one fact.
-- `told` says that the fact is written. An engineer who looks by a command has no account and so is no `reader`.
alter table working.reads
    add column read  uuid not null default gen_random_uuid(),
    add column area  text not null default '',
    add column batch uuid,
    add column told  boolean not null default false,
    alter column reader drop not null;
create unique index reads_by_id on working.reads (read);
create index reads_by_batch on working.reads (batch);
create index reads_untold on working.reads (batch) where not told;

create table projections.read_questions (
    question   uuid primary key,
    read       uuid not null,
    person     uuid not null,
    reader     uuid,
    duty       text not null,
    department text not null,
    area       text not null,
    asked      timestamptz not null,
    answered   timestamptz
);
create index read_questions_by_person on projections.read_questions (person, read);
create index read_questions_open on projections.read_questions (department, asked) where answered is null;
