-- Which files a person has brought, and what each is for: the path of an item, a life event, a stage or an application;
-- empty where nobody said it. One that an application quotes stays beside a newer one of the same purpose.
create table working.uploads_by_purpose (
    blob     text primary key check (length(blob) = 64),
    person   uuid not null,
    material text not null,
    purpose  text not null,
    type     text not null,
    size     int  not null,
    at       timestamptz not null
);
create index uploads_by_purpose_by_person on working.uploads_by_purpose (person, material);

-- An older program keeps one file of a person and a material, for nothing in particular. It finds the newest here as
-- well, and what it takes or drops is taken and dropped here.
create function working.uploads_of_older_programs() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() > 1 then
        return null;
    end if;
    if tg_op = 'DELETE' then
        delete from working.uploads_by_purpose where blob = old.blob;
    else
        insert into working.uploads_by_purpose
        values (new.blob, new.person, new.material, '', new.type, new.size, new.at)
        on conflict (blob) do nothing;
    end if;
    return null;
end $$;
create trigger uploads_of_older_programs after insert or update or delete on working.uploads
    for each row execute function working.uploads_of_older_programs();

-- What was brought before: nobody knows any more for what.
insert into working.uploads_by_purpose
select u.blob, u.person, u.material, '', u.type, u.size, u.at from working.uploads u
on conflict (blob) do nothing;

create function working.uploads_for_older_programs() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() > 1 then
        return null;
    end if;
    if tg_op = 'DELETE' then
        delete from working.uploads where blob = old.blob;
    else
        insert into working.uploads values (new.person, new.material, new.blob, new.type, new.size, new.at)
        on conflict (person, material) do update set
            blob = excluded.blob, type = excluded.type, size = excluded.size, at = excluded.at;
    end if;
    return null;
end $$;
create trigger uploads_for_older_programs after insert or delete on working.uploads_by_purpose
    for each row execute function working.uploads_for_older_programs();
