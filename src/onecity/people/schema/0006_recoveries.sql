-- A code that was sent to somebody's telephone: once, for ten minutes. Kept as a keyed hash, like the login.
create table working.recoveries (
    login  bytea primary key check (length(login) = 32),
    person uuid not null,
    code   bytea not null check (length(code) = 32),
    ends   timestamptz not null
);
