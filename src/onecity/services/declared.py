"""What a pack says about services: the items of the implementation list, with everything that a guide must tell.

Source: GB/T 39554.2-2020 (elements of an item); 河南省优化营商环境条例 (2020-11-28) article 28 (contents of a guide).
"""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Self

import msgspec

from onecity.casework import Because, Delivery, Process
from onecity.kernel.clock import Limit, Unit
from onecity.packs import Text
from onecity.people import Agency


class Permits(StrEnum):
    """What kind of power an item exercises, as far as somebody may apply for it.

    Source: GB/T 39554.1-2020; penalties, force and inspection are not started by an applicant.
    """

    PERMIT = "permit"
    CONFIRMATION = "confirmation"
    BENEFIT = "benefit"
    ADJUDICATION = "adjudication"
    REWARD = "reward"
    FILING = "filing"
    OTHER = "other"
    PUBLIC_SERVICE = "public_service"


class ForWhom(StrEnum):
    """Whose affair it can be."""

    PERSON = "person"
    FIRM = "firm"
    BOTH = "both"


class Handling(StrEnum):
    """Done while the person waits, or promised for a day (即办件, 承诺件)."""

    AT_ONCE = "at_once"
    PROMISED = "promised"


class Online(StrEnum):
    """What can be done without an office. Source: the seven national degrees of online handling (网上办理深度)."""

    ADVICE = "advice"
    INTAKE = "intake"
    PRE_CHECK = "pre_check"
    ACCEPTANCE = "acceptance"
    HANDLING = "handling"
    ANSWER = "answer"
    LICENCE = "licence"


class Quality(StrEnum):
    """How complete an item is: listed, guided, taken at a window, run online, played through by two roles."""

    Q0 = "Q0"
    Q1 = "Q1"
    Q2 = "Q2"
    Q3 = "Q3"
    Q4 = "Q4"


class Coverage(StrEnum):
    """Where in the country the item can be applied for (通办范围)."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    COUNTRY = "country"


class Extension(msgspec.Struct, frozen=True):
    """By how many working days the head may lengthen the limit, once."""

    days: Annotated[int, msgspec.Meta(ge=1, le=90)]
    because: Because


class TimeLimit(msgspec.Struct, frozen=True):
    """The days that the law gives, with the article; `promised` may only be fewer."""

    number: Annotated[int, msgspec.Meta(ge=0, le=400)]
    unit: Unit
    because: Because
    promised: Annotated[int, msgspec.Meta(ge=0, le=400)] | None = None
    extension: Extension | None = None

    @property
    def limit(self) -> Limit:
        """The limit that counts: the promise, else the law's."""
        return Limit(self.number if self.promised is None else self.promised, self.unit)


class Origin(StrEnum):
    """Where a demand comes from; an `example` is shown as one."""

    LAW = "law"
    FOUND = "found"
    EXAMPLE = "example"


class Asked(msgspec.Struct, frozen=True):
    """A fact that an item needs, and why it may ask for it."""

    field: str
    because: Text


class Condition(msgspec.Struct, frozen=True):
    """What must be so for the item to be granted, in the words of the law or marked as an example."""

    say: Text
    origin: Origin
    because: Because | None = None


class Needed(msgspec.Struct, frozen=True):
    """A material that an item needs, why, and by which article. `later` means that it may follow after acceptance.

    Source: 河南省优化营商环境条例 article 35 (容缺受理).
    """

    material: str
    why: Text
    origin: Origin
    because: Because | None = None
    later: bool = False


class ResultKind(StrEnum):
    """What somebody has in hand at the end: a licence, another document, or the fact alone."""

    LICENCE = "licence"
    DOCUMENT = "document"
    NONE = "none"


class Result(msgspec.Struct, frozen=True):
    """What the item gives: `licence` is the type of licence that is issued, `material` what it is for other items."""

    name: Text
    kind: ResultKind
    licence: str | None = None
    material: str | None = None


class Fee(msgspec.Struct, frozen=True):
    """What the item costs, by which rule. Units: fen (one hundredth of a yuan). It is paid online or at a counter."""

    name: Text
    fen: Annotated[int, msgspec.Meta(ge=1)]
    because: Because
    waived: Text | None = None


class Faq(msgspec.Struct, frozen=True):
    """A question that people ask, and the answer."""

    ask: Text
    answer: Text


class Remedy(msgspec.Struct, frozen=True):
    """Where and until when a decision can be contested; a contract has no authority above it, only the court."""

    suit_months: Annotated[int, msgspec.Meta(ge=1)]
    because: Because
    reconsideration_days: Annotated[int, msgspec.Meta(ge=1)] | None = None


class ItemExample(msgspec.Struct, frozen=True):
    """Answers, and `complete` or the field that is wrong."""

    given: Mapping[str, str]
    gives: str
    because: str


class Item(msgspec.Struct, frozen=True):
    """An item of the implementation list (实施清单), in force from a day until a day.

    `visits` is how often the person must come; `online` what can be done without coming. `declines` are the cases in
    which an application is not taken, `promise_after_check` that the city also decides on a pledge and checks
    afterwards (告知承诺), as `services/pledges` says. `short` is how people call it where the official name is long,
    `also` are everyday words by which they look for it. How complete it is nobody writes: `quality` computes it.
    One that was drawn from lines names its `template`; what it costs nobody has looked up then.
    """

    withdrawn_keys: ClassVar[Mapping[str, str]] = {
        "quality": "Remove it: the level is computed from what the item has and from its recorded runs."
    }

    name: Text
    plain: Text
    kind: Permits
    subject: ForWhom
    agency: str
    process: str
    basis: Because
    in_force: date
    limit: TimeLimit
    handling: Handling
    result: Result
    remedy: Remedy
    visits: Annotated[int, msgspec.Meta(ge=0, le=5)]
    online: Annotated[tuple[Online, ...], msgspec.Meta(min_length=1)]
    conditions: Annotated[tuple[Condition, ...], msgspec.Meta(min_length=1)]
    asks: Annotated[tuple[Asked, ...], msgspec.Meta(min_length=1)]
    faq: Annotated[tuple[Faq, ...], msgspec.Meta(min_length=1)]
    examples: Annotated[tuple[ItemExample, ...], msgspec.Meta(min_length=1)]
    needs: tuple[Needed, ...] = ()
    declines: tuple[Text, ...] = ()
    why_visit: Text | None = None
    fee: Fee | None = None
    coverage: Coverage = Coverage.CITY
    delivery: tuple[Delivery, ...] = (Delivery.ONLINE, Delivery.COUNTER)
    promise_after_check: bool = False
    ends: date | None = None
    short: Text | None = None
    also: tuple[str, ...] = ()
    template: str | None = None

    def ways(self, agency: Agency, process: Process) -> tuple[Delivery, ...]:
        """How its result can reach a person: what an agency gives out on paper its post room sends as well."""
        posts = agency.post_room is not None and process.hands_over is not None
        found = [way for way in self.delivery if way is not Delivery.POST or posts]
        more = posts and Delivery.COUNTER in found and Delivery.POST not in found
        return (*found, Delivery.POST) if more else tuple(found)

    @property
    def called(self) -> Text:
        """How people call it; the official name stands in its guide."""
        return self.short or self.name

    def holds(self, day: date) -> bool:
        """Whether it can be applied for on a day."""
        return self.in_force <= day and (self.ends is None or day < self.ends)

    @property
    def materials(self) -> tuple[str, ...]:
        """The materials that it needs."""
        return tuple(needed.material for needed in self.needs)

    def sparing(self, materials: Collection[str]) -> Self:
        """The item as it is for somebody who need not bring some materials."""
        return msgspec.structs.replace(self, needs=tuple(one for one in self.needs if one.material not in materials))

    @property
    def lackable(self) -> tuple[str, ...]:
        """Everything that can be missing: its materials, then its questions."""
        return (*self.materials, *(asked.field for asked in self.asks))

    @property
    def depth(self) -> int:
        """How far it goes online, from 1 (information) to 4 (all of it). Derived from the national degrees."""
        if Online.HANDLING in self.online and self.visits == 0:
            return 4
        if Online.PRE_CHECK in self.online or Online.ACCEPTANCE in self.online:
            return 3
        return 2 if Online.INTAKE in self.online else 1
