-- Limits in hours have a latest instant, steps are sent to other agencies, and a lot chooses who looks at the work.
alter table projections.cases
    add column due_at         timestamptz,
    add column must_check     boolean not null default false,
    add column good           boolean,
    add column worker         uuid,
    add column worker_agency  text,
    add column checker        uuid,
    add column checker_agency text,
    -- The rule of the house, kept here as well: no success without somebody else, of another agency, who looked.
    add constraint cases_are_checked check (
        not (must_check and coalesce(good, false))
        or (checker is not null and worker is not null and checker <> worker and checker_agency <> worker_agency)
    );
alter table projections.work_items
    add column due_at timestamptz,
    add column drawn  boolean not null default false;
create index work_items_by_lot on projections.work_items (holder) where drawn;
create index work_items_drawn on projections.work_items (case_id, step) where drawn and holder is null;
create index cases_by_instant on projections.cases (due_at) where result is null and due_at is not null;

-- Lots that are open: the fact that laid the candidates down, by its version.
create table projections.draws (
    case_id uuid not null,
    step    text not null,
    version int  not null,
    primary key (case_id, step)
);
