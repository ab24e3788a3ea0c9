-- What the last fold of all facts found, so that every process can tell it and a restart forgets nothing.
create table ledger.fold_state (
    one       boolean primary key default true check (one),
    folded    timestamptz not null,
    facts     bigint not null check (facts >= 0),
    differing bigint not null check (differing >= 0)
);
grant select, insert, update on ledger.fold_state to onecity_app;
grant select on ledger.fold_state to onecity_reader;
