-- Rows are sealed under the key of the registers and found by a keyed hash of the number, never by the number itself.
create table working.register_rows (
    register text  not null,
    number   bytea not null check (length(number) = 32),
    since    date  not null,
    until    date,
    row      bytea not null,
    batch    uuid  not null,
    primary key (register, number, since)
);
