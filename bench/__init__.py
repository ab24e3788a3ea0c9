"""The figures of the city: measured, set against a limit or a peer of the same run, reported as they are."""
