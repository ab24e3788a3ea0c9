-- Wrong tries are counted for every login that is typed, so that a lock does not tell who has an account.
create table working.failed_tries (
    login        bytea primary key check (length(login) = 32),
    failures     int not null,
    locked_until timestamptz
);
alter table working.credentials drop column failures, drop column locked_until;
