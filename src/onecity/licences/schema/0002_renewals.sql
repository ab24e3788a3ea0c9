-- Licences whose holders asked for the next edition and were not answered yet; until the last day silence is no answer.
create table projections.licence_renewals (
    licence uuid primary key,
    asked   date not null,
    until   date not null
);
create index licence_renewals_by_end on projections.licence_renewals (until, licence);
