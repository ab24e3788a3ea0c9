"""People of a simulated city in large numbers, and how they knock at its door."""
