-- The root under which the sealer left the tree: what it finds at its next start must lead to the same one.
alter table ledger.seal_state add column root bytea check (length(root) = 32);
