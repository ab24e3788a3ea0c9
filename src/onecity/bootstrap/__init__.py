"""Puts the city together: the only place, beside the command line, that knows every package and reads the clock."""
