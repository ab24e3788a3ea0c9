"""The first page: one door to everything that the city does for a person."""
