-- Construction projects: one row a code, whoever has it now.
create table projections.projects (
    project uuid primary key,
    subject uuid not null,
    code    text not null unique,
    type    text not null,
    area    text not null,
    opened  date not null,
    dropped boolean not null
);
create index projects_by_subject on projections.projects (subject, opened desc);
create index projects_by_area on projections.projects (area, opened);
