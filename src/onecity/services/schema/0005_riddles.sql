-- Phrases that people search for and the city does not understand: a keyed hash until so many asked that it may be read.
-- A phrase that could be read earlier, is long or has a digit is not kept, whoever writes here.
create table working.riddles (
    hash   bytea primary key check (length(hash) = 16),
    askers bytea[] not null check (cardinality(askers) <= 5),
    days   int not null check (days > 0),
    first  date not null,
    last   date not null,
    times  int not null check (times > 0),
    phrase text check (length(phrase) between 2 and 30 and phrase !~ '[0-9]'),
    check (phrase is null or (days >= 3 and cardinality(askers) = 0))
);
create index riddles_by_first_day on working.riddles (first);
create index riddles_by_times on working.riddles (times desc) where phrase is not null;
