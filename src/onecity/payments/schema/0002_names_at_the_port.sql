-- The page of the simulated port speaks the language of whoever pays there.
alter table working.simulated_port
    add column payee_en text,
    add column fee_en   text;
