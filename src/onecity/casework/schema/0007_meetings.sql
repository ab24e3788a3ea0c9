-- Meetings, each with the step that waits for it: whoever is called is reminded the day before.
create table projections.meetings (
    case_id uuid        not null,
    step    text        not null,
    at      timestamptz not null,
    hall    text        not null,
    told    boolean     not null default false,
    primary key (case_id, step)
);
create index meetings_untold on projections.meetings (at, case_id, step) where not told;
