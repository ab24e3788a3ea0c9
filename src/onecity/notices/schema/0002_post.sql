-- What a letter is about, for lists and for the history of its case; of older letters it stands in their facts.
alter table projections.letters add column matter text, add column case_id uuid;
update projections.letters l
set matter = coalesce(f.told ->> 'matter', ''), case_id = (f.told ->> 'case')::uuid
from (
    select stream, convert_from(body, 'UTF8')::jsonb #> '{data,facts}' as told
    from ledger.facts where kind = 'notices.sent/1'
) f where f.stream = l.letter;
alter table projections.letters alter column matter set not null;
create index letters_by_case on projections.letters (case_id, sent);
create index letters_by_time on projections.letters (sent);

create table projections.deliveries (
    letter    uuid not null,
    channel   text not null check (channel in ('sms', 'email')),
    state     text not null check (state in ('delivered', 'given_up', 'refused')),
    simulated boolean not null,
    at        timestamptz not null,
    primary key (letter, channel)
);

-- Of letters sent since then the person is told by this channel. Where to stands sealed in the facts.
create table projections.post_wishes (
    person  uuid not null,
    channel text not null check (channel in ('sms', 'email')),
    since   timestamptz not null,
    primary key (person, channel)
);
insert into projections.post_wishes select person, 'sms', opened from projections.accounts where kind = 'citizen';

-- Messages under way: a row leaves when the end of the delivery is a fact. `handed` was given to the outside world, and
-- whether it arrived is not known yet.
create table working.post (
    letter   uuid not null,
    channel  text not null check (channel in ('sms', 'email')),
    tries    int not null default 0,
    next_try timestamptz not null,
    state    text not null default 'waiting' check (state in ('waiting', 'handed')),
    primary key (letter, channel)
);
create index post_by_time on working.post (next_try);
