"""What a look at a machine or a city found."""

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: what was found, and what to do if it is not as it must be."""

    what: str
    ok: bool
    found: str
    mend: str = ""
