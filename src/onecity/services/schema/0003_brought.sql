-- Which sealed files applications quote; they are kept as long as the application, all others only for a while.
create table projections.brought (
    blob   text not null,
    affair uuid not null,
    primary key (blob, affair)
);
-- The same file may be quoted by an application and by what was added to it.
insert into projections.brought (blob, affair)
select material.value, f.stream
from ledger.facts f, jsonb_each_text(convert_from(f.body, 'UTF8')::jsonb -> 'data' -> 'materials') material
where f.kind in ('services.applied/1', 'services.supplemented/1', 'services.applied_again/1')
on conflict do nothing;
create index uploads_by_blob on working.uploads (blob);
