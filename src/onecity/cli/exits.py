"""What the exit code of a command means."""

from enum import IntEnum


class Exit(IntEnum):
    """0 done, 1 refused, 2 wrong usage, 3 a fault in the pack, 4 the world outside failed, 70 our own bug."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    PACK_FAULT = 3
    OUTSIDE = 4
    BUG = 70
