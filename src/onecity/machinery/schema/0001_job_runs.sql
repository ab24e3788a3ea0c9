-- How each job of the city does: when it last went through, and how often it broke off since. Whoever looks after the
-- city asks here, whichever process does the work.
create table working.job_runs (
    job       text primary key check (length(job) between 3 and 100),
    line      bigint not null,
    every_s   double precision not null check (every_s > 0),
    succeeded timestamptz,
    failed    timestamptz,
    failures  int not null default 0 check (failures >= 0),
    failure   text check (length(failure) <= 100)
);
