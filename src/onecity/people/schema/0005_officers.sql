-- Where an officer works; a duty may have a last day, and may be given again after it.
alter table projections.accounts add column department text, add column area text;
create index accounts_by_department on projections.accounts (department) where kind = 'officer';
alter table projections.duties add column until date,
    drop constraint duties_pkey,
    add primary key (person, duty, department, area, since);
create index duties_by_duty on projections.duties (duty, department);

-- Each step is proposed by one person and decided by another.
create table projections.proposals (
    proposal    uuid primary key,
    kind        text not null,
    officer     uuid not null,
    department  text not null,
    area        text not null,
    proposed_by uuid not null,
    proposed    timestamptz not null,
    decided_by  uuid,
    decided     timestamptz,
    confirmed   boolean,
    check (decided_by <> proposed_by and decided_by <> officer),
    check ((decided is null) = (confirmed is null))
);
create index proposals_open on projections.proposals (department, proposed) where decided is null;
create index proposals_by_officer on projections.proposals (officer, proposed);

create table projections.absences (
    absence   uuid primary key,
    person    uuid not null,
    deputy    uuid not null,
    since     date not null,
    until     date not null,
    confirmed boolean not null default false,
    check (since <= until and deputy <> person)
);
create index absences_by_deputy on projections.absences (deputy);
create index absences_by_person on projections.absences (person);

-- Who may choose a password and a second factor now: for a day, with a code of which each of the two persons who
-- decided it holds one half. The code is kept as a hash, the new second factor sealed.
create table working.invitations (
    person   uuid primary key,
    proposal uuid not null,
    code     bytea not null unique check (length(code) = 32),
    totp     bytea,
    ends     timestamptz not null
);

-- A session has a name by which its owner can end it; the token itself is known to nobody else.
alter table working.sessions add column session uuid not null default gen_random_uuid();
