"""A city on many machines, as namespaces of one, with Debian's own programs in them; and what is done to it."""
