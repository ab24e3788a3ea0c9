"""A rehearsal: items and life events are played from the application to the result, in a city made for it alone.

Nothing here names an item: what is applied for, who decides it and what must come of it stands in the pack.
"""
