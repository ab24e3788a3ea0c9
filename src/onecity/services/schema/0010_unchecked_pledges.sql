-- Whoever broke a pledge has others in the matter looked up that are undecided: those that no check looks at.
create index pledges_unchecked on projections.pledges (subject, matter) where check_id is null;
