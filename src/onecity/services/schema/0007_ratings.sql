-- What people say of cases that ended, and what becomes of it. A bad one without an answer is the work itself.
create table projections.ratings (
    case_id      uuid primary key,
    level        int not null check (level between 1 and 5),
    rated        timestamptz not null,
    state        text not null,
    since        timestamptz not null,
    feedback     uuid,
    tries        int not null default 0,
    called       timestamptz,
    reached      boolean,
    upheld       boolean not null default false,
    put_right_by date,
    put_right    date,
    removal      text check (removal in ('proposed', 'removed', 'kept')),
    check (level > 2 or state <> 'good'),
    check ((put_right_by is not null) = upheld)
);
create index ratings_waiting on projections.ratings (since, case_id)
    where state in ('call', 'put_right', 'recheck') or removal = 'proposed';
-- Ratings that were given before.
insert into projections.ratings (case_id, level, rated, state, since)
select f.stream, rated.level, rated.at, case when rated.level <= 2 then 'call' else 'good' end, rated.at
from ledger.facts f,
    lateral (select convert_from(f.body, 'UTF8')::jsonb as body) told,
    lateral (select (told.body -> 'data' ->> 'level')::int, (told.body ->> 'at')::timestamptz) rated(level, at)
where f.kind = 'casework.rated/1';
