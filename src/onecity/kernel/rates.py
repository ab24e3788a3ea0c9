"""How often somebody may do a thing."""

import msgspec


class Rate(msgspec.Struct, frozen=True):
    """At most `times` in `seconds` for one visitor."""

    times: int
    seconds: int
