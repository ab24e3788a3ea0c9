-- Whoever stands at the window may have come for somebody else, under a mandate.
alter table projections.receptions add column subject uuid, add column mandate uuid;
update projections.receptions set subject = person;
alter table projections.receptions alter column subject set not null,
    add check (officer <> subject),
    add check ((mandate is null) = (person = subject));
create index receptions_by_subject on projections.receptions (subject);
