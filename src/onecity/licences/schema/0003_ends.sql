-- When each licence ends that has an end, and whether its holder was reminded of it.
create table projections.licence_ends (
    licence uuid    primary key,
    until   date    not null,
    told    boolean not null default false
);
create index licence_ends_untold on projections.licence_ends (until, licence) where not told;
