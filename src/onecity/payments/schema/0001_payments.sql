-- Fees that somebody owes. `due` becomes false once and for good: paid, waived or dropped.
create table projections.payments (
    payment  uuid primary key,
    number   text not null unique,
    payer    uuid not null,
    affair   uuid not null,
    case_id  uuid not null unique,
    matter   text not null,
    agency   text not null,
    area     text not null,
    fen      bigint not null check (fen > 0),
    demanded timestamptz not null,
    due      boolean not null default true
);
create index payments_by_payer on projections.payments (payer, demanded desc);
create index payments_by_affair on projections.payments (affair);
create index payments_due on projections.payments (agency, demanded) where due;

-- Money that came, and its way back. What a port names by a reference it names once.
create table projections.money (
    payment  uuid not null,
    reference text not null,
    port     text not null,
    receipt  text not null unique,
    fen      bigint not null check (fen > 0),
    paid     timestamptz not null,
    ordered  timestamptz,
    refund   text,
    refunded timestamptz,
    primary key (port, reference)
);
create index money_by_payment on projections.money (payment);
create index money_by_day on projections.money (paid);
create index money_by_refund on projections.money (refunded) where refunded is not null;
create index money_to_refund on projections.money (port, ordered) where ordered is not null and refunded is null;

create table projections.payment_days (
    day           date primary key,
    stream        uuid not null,
    balanced      timestamptz not null,
    payments      int not null,
    paid_fen      bigint not null,
    refunds       int not null,
    refunded_fen  bigint not null,
    differences   int not null
);
create index payment_days_unclear on projections.payment_days (day) where differences > 0;

-- Who was sent to the port and is not known to have paid. A payer who closes the page is found by this.
create table working.port_visits (
    payment uuid primary key,
    opened  timestamptz not null,
    looked  timestamptz not null
);
create index port_visits_by_look on working.port_visits (looked);

-- The book of the simulated port, as if it lay in another house: nothing of ours is written into it but by the port.
create table working.simulated_port (
    reference text primary key,
    payment   uuid not null unique,
    payee     text not null,
    fee       text not null,
    fen       bigint not null check (fen > 0),
    back      text not null,
    opened    timestamptz not null,
    closed    timestamptz,
    paid      timestamptz,
    refund    text unique,
    refunded  timestamptz,
    check (refunded is null or paid is not null)
);
create index simulated_port_by_day on working.simulated_port (paid) where paid is not null;
create index simulated_port_by_refund on working.simulated_port (refunded) where refunded is not null;
