create table projections.accounts (
    person uuid primary key,
    kind   text not null check (kind in ('citizen', 'officer')),
    name   text,
    opened timestamptz not null
);

create table projections.duties (
    person     uuid not null,
    duty       text not null,
    department text not null,
    area       text not null,
    since      date not null,
    primary key (person, duty, department, area)
);

-- Logins and register keys stand here only as keyed hashes; second factors are sealed under the key store.
create table working.credentials (
    login        bytea primary key check (length(login) = 32),
    person       uuid not null,
    password     text not null,
    totp         bytea,
    totp_step    bigint not null default 0,
    failures     int not null default 0,
    locked_until timestamptz
);
create index credentials_by_person on working.credentials (person);

create table working.sessions (
    token   bytea primary key check (length(token) = 32),
    person  uuid not null,
    started timestamptz not null,
    seen    timestamptz not null,
    ends    timestamptz not null
);
create index sessions_by_person on working.sessions (person);

create table working.rates (
    key    bytea not null,
    began  timestamptz not null,
    times  int not null,
    primary key (key, began)
);
