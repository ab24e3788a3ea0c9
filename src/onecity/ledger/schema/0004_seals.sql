-- Every root under which the sealer left the tree: who draws a lot by the first one after a fact must not choose it.
create table ledger.seals (
    size bigint primary key check (size > 0),
    root bytea not null check (length(root) = 32)
);
grant select, insert on ledger.seals to onecity_app;
grant select on ledger.seals to onecity_reader;
