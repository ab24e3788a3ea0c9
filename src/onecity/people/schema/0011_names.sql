-- Officers look for people by their whole name, or by the surname and a star for each further sign. The index goes with
-- the names: whoever is forgotten has none.
create index accounts_by_name on projections.accounts (name text_pattern_ops) where name is not null;
