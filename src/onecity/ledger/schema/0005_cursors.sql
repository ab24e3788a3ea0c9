-- How far each follower of the ledger has come: the next position that it reads.
create table working.cursors (
    name     text primary key check (length(name) between 3 and 100),
    position bigint not null check (position >= 0)
);
