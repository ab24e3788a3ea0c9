-- Items that departments want to read otherwise: what is proposed, published, dropped.
create table projections.amendments (
    amendment uuid primary key,
    matter    text not null,
    agency    text not null,
    state     text not null,
    proposed  timestamptz not null,
    decided   timestamptz
);
create index amendments_by_agency on projections.amendments (agency, proposed desc);
