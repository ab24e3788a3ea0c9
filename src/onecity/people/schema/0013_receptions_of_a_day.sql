-- A reception is one of its officer's on its day: the next one is counted before it begins.
create index receptions_of_day on projections.receptions (officer, day);
