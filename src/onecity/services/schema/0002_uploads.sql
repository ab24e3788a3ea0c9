-- Which materials a person has brought; the bytes lie sealed in the blob store.
create table working.uploads (
    person   uuid not null,
    material text not null,
    blob     text not null check (length(blob) = 64),
    type     text not null,
    size     int  not null,
    at       timestamptz not null,
    primary key (person, material)
);
