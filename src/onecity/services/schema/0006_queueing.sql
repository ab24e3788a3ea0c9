-- Times that people booked in halls, and numbers that were taken there; both hold ids and no names.
create table projections.hall_bookings (
    booking   uuid primary key,
    hall      text        not null,
    day       date        not null,
    at        timestamptz not null,
    until     timestamptz not null,
    person    uuid        not null,
    made      timestamptz not null,
    cancelled boolean     not null default false,
    reminded  boolean     not null default false,
    used      boolean     not null default false
);
create index hall_bookings_of_a_day on projections.hall_bookings (hall, day) where not cancelled;
create index hall_bookings_by_person on projections.hall_bookings (person, until);
create index hall_bookings_untold on projections.hall_bookings (at, booking) where not cancelled and not used and not reminded;

create table projections.hall_numbers (
    stream      uuid        not null,
    number      int         not null,
    hall        text        not null,
    day         date        not null,
    taken       timestamptz not null,
    booked      timestamptz,
    person      uuid,
    calls       int         not null default 0,
    at_window   int,
    called      timestamptz,
    called_last timestamptz,
    ended       text,
    primary key (stream, number)
);
create index hall_numbers_of_a_day on projections.hall_numbers (day, hall);
create index hall_numbers_open on projections.hall_numbers (day, hall) where ended is null;
create index hall_numbers_by_person on projections.hall_numbers (person, day) where person is not null;
