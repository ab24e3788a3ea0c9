-- Whether a missed day was explained stands in the history of the case; no list asks for it.
alter table projections.cases drop column explained;
