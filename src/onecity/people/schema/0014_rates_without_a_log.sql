-- Who comes how often is counted at every visit and forgotten after a day. Without a log of its own a count waits for no
-- disk; after a crash of the database counting begins anew. Wrong tries and locks stay in tables that keep theirs.
alter table working.rates set unlogged;
