-- Whoever visits comes to where the matter is: no hall of the city is named.
alter table projections.meetings alter column hall drop not null;
