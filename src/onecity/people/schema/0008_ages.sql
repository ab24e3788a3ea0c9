-- How old a count of wrong tries is, so that it can be forgotten; and looks by their day, so that old ones are found at once.
alter table working.failed_tries add column tried timestamptz not null default now();
create index reads_by_day on working.reads using brin (at);
