-- Numbers of transactions are counted by a cluster: each era with the cluster that counted it. `owed`: facts of the eras
-- before it may still wait for their seal.
create table ledger.eras (
    era     int primary key check (era > 0),
    cluster bigint not null,
    owed    boolean not null default false
);
grant select, update on ledger.eras to onecity_app;
grant select on ledger.eras to onecity_reader;
