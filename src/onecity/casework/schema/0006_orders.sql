-- Orders as lists and trees show them: one row for each place that has to answer. Words stay locked in the facts.
create table projections.orders (
    order_id   uuid primary key,
    root       uuid not null,
    parent     uuid,
    kind       text not null,
    agency     text not null,
    area       text not null,
    case_id    uuid,
    trigger    text,
    given      timestamptz not null,
    report_by  timestamptz not null,
    awaited    timestamptz,
    stage      text not null,
    done       int not null default 0,
    of_all     int not null default 0,
    missed     timestamptz
);
create index orders_by_root on projections.orders (root);
create index orders_by_place on projections.orders (agency, area) where stage not in ('fulfilled', 'called_back');
create index orders_by_case on projections.orders (case_id) where case_id is not null;
-- What the city looks through for hours that passed.
create index orders_awaited on projections.orders (awaited) where awaited is not null;
