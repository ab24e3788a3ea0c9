-- Which cases wait for the results of which others.
create table projections.case_order (
    before  uuid not null,
    case_id uuid not null,
    primary key (before, case_id)
);
create index case_order_by_case on projections.case_order (case_id);
