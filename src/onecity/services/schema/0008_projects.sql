-- Construction projects: a code has one that was not given up.
create table projections.projects (
    project uuid primary key,
    subject uuid not null,
    code    text not null,
    type    text not null,
    area    text not null,
    opened  date not null,
    dropped boolean not null
);
create index projects_by_subject on projections.projects (subject, opened desc);
create index projects_by_area on projections.projects (area, opened);
create unique index projects_by_code on projections.projects (code) where not dropped;
