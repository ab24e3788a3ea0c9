-- Which matters are dealt with where: a search is resolved to these places before it reads any case.
create table projections.matter_queues (
    agency text not null,
    area   text not null,
    matter text not null,
    primary key (agency, area, matter)
);
insert into projections.matter_queues select distinct agency, area, matter from projections.cases;
create index cases_by_matter on projections.cases (agency, area, matter, id desc);
