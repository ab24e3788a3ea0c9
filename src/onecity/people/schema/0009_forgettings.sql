-- Who asked to be forgotten; until everything is gone, a job looks whether something may go by now.
create table projections.forgettings (
    person uuid primary key,
    asked  timestamptz not null,
    done   timestamptz
);
create index forgettings_open on projections.forgettings (asked) where done is null;
