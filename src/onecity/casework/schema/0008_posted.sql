-- Results on paper that are under way by post, by the queue of the post room that sent them.
create table projections.posted (
    case_id uuid        primary key,
    agency  text        not null,
    area    text        not null,
    at      timestamptz not null
);
create index posted_by_queue on projections.posted (agency, area, at desc);
create index work_items_sent_out on projections.work_items (agency, due) where step = 'send_out';
