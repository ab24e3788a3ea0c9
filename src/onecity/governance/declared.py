"""What a pack says about the things of the street and about what can be wrong there."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from onecity.packs import Table, Text
from onecity.places import in_force

CLASS_DIGITS = 2
"""The first digits of a code name its class."""

OWN = "z:"
"""How the code of a matter begins that no standard knows."""

PartCode = Annotated[str, msgspec.Meta(pattern=r"[0-9]{5}", description="Write five digits: two for the class.")]
MatterCode = Annotated[
    str,
    msgspec.Meta(
        pattern=r"[0-9]{4,5}|z:[a-z0-9_]+",
        description="Write the digits of its standard, or z: and a word for one of the city's own.",
    ),
]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind of thing that stands on the street, by its `code`: a manhole cover, a lamp, a bench.

    `name` is that of GB/T 47678.5-2026, as transcribed; `en` is the pack's own. It is in the catalogue from `since`,
    and no longer on `until`.
    """

    code: PartCode
    name: Name
    en: Name
    since: date | None = None
    until: date | None = None

    @property
    def group(self) -> str:
        """Its class, by two digits."""
        return self.code[:CLASS_DIGITS]

    @property
    def called(self) -> Text:
        """What people call it."""
        return Text(self.name, self.en)


class Matter(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that can be wrong on the street, by its `code`; `part` is the kind of thing with which it is wrong.

    It is in the catalogue from `since`, and no longer on `until`. `becomes` are the codes that take its place, with a
    space between: figures of years before and after can then be read side by side. `name` is that of its standard,
    `en` the pack's own.
    """

    code: MatterCode
    name: Name
    en: Name
    part: str = ""
    since: date | None = None
    until: date | None = None
    becomes: str = ""

    @property
    def group(self) -> str | None:
        """Its class, by two digits; the city's own matters have none."""
        return None if self.own else self.code[:CLASS_DIGITS]

    @property
    def own(self) -> bool:
        """Whether the city itself named it, because no standard does."""
        return self.code.startswith(OWN)

    @property
    def called(self) -> Text:
        """What people call it."""
        return Text(self.name, self.en)

    @property
    def successors(self) -> tuple[str, ...]:
        return tuple(self.becomes.split())

    def holds(self, day: date) -> bool:
        """Whether something can be filed under it on a day."""
        return in_force(day, since=self.since, until=self.until)


class Parts(Table[Part], frozen=True):
    """The kinds of things of the street."""


class Matters(Table[Matter], frozen=True):
    """Everything that can be wrong on the street, of all standards of the catalogue."""


class Phrase(msgspec.Struct, frozen=True):
    """What people say when something is wrong: a `phrase`, as somebody types it into a telephone.

    The `matter` that they mean stands here by its code, and must still be there.
    """

    phrase: Name
    matter: MatterCode


class Phrases(Table[Phrase], frozen=True):
    """What people say on the street: from it the city learns which matter a message is about."""


class Standard(msgspec.Struct, frozen=True):
    """What a standard lays down: its `name`, how many `digits` its codes have, and when it holds.

    `parts` and `matters` are its classes by their two digits. `note` says how the rows came here.
    """

    name: str
    digits: Annotated[int, msgspec.Meta(ge=3, le=9)]
    note: Text
    parts: Mapping[str, Text]
    matters: Mapping[str, Text]
    since: date | None = None
    until: date | None = None


class Standards(msgspec.Struct, frozen=True):
    """The standards of the catalogue, the oldest first."""

    standards: Annotated[tuple[Standard, ...], msgspec.Meta(min_length=1)]
