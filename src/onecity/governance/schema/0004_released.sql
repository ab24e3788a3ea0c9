-- Masked copies that a person released and nobody withdrew: what everybody may see of photographs, and nothing else.
create table projections.released_photos (
    copy     text primary key,
    case_id  uuid not null,
    subject  uuid not null,
    photo    text not null,
    released timestamptz not null,
    unique (case_id, photo)
);
create index released_photos_by_subject on projections.released_photos (subject);
