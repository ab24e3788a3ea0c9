-- Licences by holder and by what all editions of their identifier have in common.
create table projections.licences (
    licence uuid primary key,
    holder  uuid not null,
    type    text not null,
    agency  text not null,
    area    text not null,
    stem    text not null unique,
    issued  date not null
);
create index licences_by_holder on projections.licences (holder, issued desc);

-- What waits for the second officer who ends a licence.
create table projections.licence_proposals (
    licence  uuid primary key,
    proposed timestamptz not null
);

-- The papers that holders have downloaded, by edition; the bytes lie sealed in the blob store. `site` is the address
-- to which their code leads.
create table working.licence_papers (
    licence uuid not null,
    edition int  not null,
    site    text not null,
    blob    text not null check (length(blob) = 64),
    made    timestamptz not null,
    primary key (licence, edition)
);
create index licence_papers_by_age on working.licence_papers (made);
