"""What the code itself cites: each package declares its own, and a pack must name every law among them."""

from datetime import date

import msgspec


class Cited(msgspec.Struct, frozen=True):
    """A place in a law that the code relies on, in the version of a day. `place` is written as `第 42 条第 2 款`."""

    law: str
    place: str
    version: date

    @property
    def citation(self) -> str:
        """The place as letters, notices and answers keep it.

        >>> Cited("行政许可法", "第 42 条第 2 款", date(2019, 4, 23)).citation
        '《行政许可法》第 42 条第 2 款'
        """
        return f"《{self.law}》{self.place}"
