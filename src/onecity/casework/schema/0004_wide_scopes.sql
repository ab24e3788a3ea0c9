-- A scope of the whole city is read without its streets: from one stretch for each agency and duty.
create index work_items_by_duty on projections.work_items (agency, duty, due nulls first, since);
