"""What an officer may write into an item, and who may publish it: one writes, another one publishes.

The law's own parts stay as they are: its limit, its conditions, and the papers that an article asks for.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Reason, Refused
from onecity.packs import Text
from onecity.services.amending.facts import AmendmentDropped, AmendmentProposed, AmendmentPublished
from onecity.services.amending.model import Amendment, State
from onecity.services.declared import Faq, Item, Origin

AMEND: Final = "services.amend"
"""The duty of those who write how items read."""
PUBLISH: Final = "services.publish"
"""The duty of those who publish what another one wrote."""

LONGEST: Final = 300
"""Characters of one text of an item; whoever needs more writes a second question and its answer."""


class Why(Reason):
    """Why an item does not come to read otherwise."""

    NOT_FOUND = "services.amending.not_found"
    NOT_YOUR_DUTY = "services.amending.not_your_duty"
    ONE_LANGUAGE = "services.amending.one_language"
    TOO_LONG = "services.amending.too_long"
    LONGER_THAN_LAW = "services.amending.longer_than_law"
    NO_DAYS = "services.amending.no_days"
    ASKED_BY_LAW = "services.amending.asked_by_law"
    NO_QUESTION = "services.amending.no_question"
    NOTHING_NEW = "services.amending.nothing_new"
    NO_REASON = "services.amending.no_reason"
    OWN = "services.amending.own"
    DECIDED = "services.amending.decided"
    CHANGED_SINCE = "services.amending.changed_since"
    ANOTHER_BEGINS = "services.amending.another_begins"
    PAST = "services.amending.past"
    FAULTS = "services.amending.faults"


class Amending(msgspec.Struct, frozen=True):
    """What an officer typed. `promised` is a number of days as typed, `dropped` the papers that are asked no more."""

    called: Text
    plain: Text
    promised: str
    also: tuple[str, ...]
    faq: tuple[Faq, ...]
    dropped: frozenset[str] = frozenset()


class Otherwise(msgspec.Struct, frozen=True):
    """A part that reads otherwise: its name, and what stood there and stands there then, each line by itself."""

    part: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def as_it_is(item: Item) -> Amending:
    """What an item says now, as its form shows it."""
    promised = "" if item.limit.promised is None else str(item.limit.promised)
    return Amending(item.called, item.plain, promised, item.also, item.faq)


def amended(item: Item, typed: Amending) -> Item | Refused:
    """The item as it is to read, or the first thing that forbids it, with the field at which it is to be shown."""
    if wrong := next(_wrong(item, typed), None):
        return wrong
    limit = msgspec.structs.replace(item.limit, promised=int(typed.promised) if typed.promised else None)
    short = typed.called if typed.called != item.name else None
    needs = tuple(one for one in item.needs if one.material not in typed.dropped)
    found = msgspec.structs.replace(
        item, short=short, plain=typed.plain, limit=limit, also=typed.also, faq=typed.faq, needs=needs
    )
    return Refused(Why.NOTHING_NEW, {"field": "plain_zh"}) if found == item else found


def _wrong(item: Item, typed: Amending) -> Iterator[Refused]:
    asked = [(f"faq_{number}_ask", one.ask) for number, one in enumerate(typed.faq)]
    answered = [(f"faq_{number}_answer", one.answer) for number, one in enumerate(typed.faq)]
    for field, text in (("called", typed.called), ("plain", typed.plain), *asked, *answered):
        if not text.zh or not text.en:
            yield Refused(Why.ONE_LANGUAGE, {"field": f"{field}_{'zh' if not text.zh else 'en'}"})
        long = next((lang for lang in ("zh", "en") if len(getattr(text, lang)) > LONGEST), None)
        if long:
            yield Refused(Why.TOO_LONG, {"field": f"{field}_{long}", "most": LONGEST})
    if any(len(word) > LONGEST for word in typed.also):
        yield Refused(Why.TOO_LONG, {"field": "also", "most": LONGEST})
    if not typed.faq:
        yield Refused(Why.NO_QUESTION, {"field": "faq_0_ask_zh"})
    yield from _wrong_promise(item, typed.promised)
    for one in item.needs:
        if one.material in typed.dropped and one.origin is Origin.LAW:
            cited = one.because.citation if one.because else ""
            yield Refused(Why.ASKED_BY_LAW, {"field": "dropped", "material": one.material, "law": cited})


def _wrong_promise(item: Item, promised: str) -> Iterator[Refused]:
    if promised and not (promised.isascii() and promised.isdecimal() and len(promised) < len("1000")):
        yield Refused(Why.NO_DAYS, {"field": "promised"})
    elif promised and int(promised) > item.limit.number:
        of = item.limit
        yield Refused(
            Why.LONGER_THAN_LAW, {"field": "promised", "days": of.number, "unit": of.unit, "law": of.because.citation}
        )


def otherwise(before: Item, after: Item) -> tuple[Otherwise, ...]:
    """What reads otherwise in one item than in another, part by part, as an officer may write it."""
    old, new = _parts(before), _parts(after)
    return tuple(Otherwise(part, old[part], new[part]) for part in old if old[part] != new[part])


def _parts(item: Item) -> Mapping[str, tuple[str, ...]]:
    promised = item.limit.promised
    return {
        "called": _both(item.called),
        "plain": _both(item.plain),
        "promised": () if promised is None else (str(promised),),
        "also": item.also,
        "faq": tuple(line for one in item.faq for line in (*_both(one.ask), *_both(one.answer))),
        "needs": item.materials,
    }


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en


def propose(proposed: AmendmentProposed, *, by: Acting) -> AmendmentProposed | Refused:
    """An amendment by an officer who writes for the agency of the item."""
    if not _may(AMEND, proposed.agency, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if not 1 <= len(proposed.reason) <= LONGEST:
        return Refused(Why.NO_REASON, {"field": "reason", "most": LONGEST})
    return proposed


def may_publish(amendment: Amendment, *, by: Acting) -> Refused | None:
    """Why an officer may not publish an amendment: it is their own, or decided, or another agency's."""
    if not _may(PUBLISH, amendment.proposed.agency, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if amendment.state is not State.OPEN:
        return Refused(Why.DECIDED)
    return Refused(Why.OWN) if by.person == amendment.author else None


def publish(amendment: Amendment, version: str, *, since: datetime, by: Acting) -> AmendmentPublished | Refused:
    """The amendment holds in a version of the pack from an instant on."""
    return may_publish(amendment, by=by) or AmendmentPublished(version, since)


def may_drop(amendment: Amendment, *, by: Acting) -> Refused | None:
    """Why an officer may not drop an amendment: it is decided, or neither their own nor theirs to publish."""
    if by.person != amendment.author and not _may(PUBLISH, amendment.proposed.agency, by):
        return Refused(Why.NOT_YOUR_DUTY)
    return None if amendment.state is State.OPEN else Refused(Why.DECIDED)


def drop(amendment: Amendment, reason: str, *, by: Acting) -> AmendmentDropped | Refused:
    """The amendment will not hold: its author takes it back, or whoever may publish it sends it back."""
    if refused := may_drop(amendment, by=by):
        return refused
    if not 1 <= len(reason) <= LONGEST:
        return Refused(Why.NO_REASON, {"field": "reason", "most": LONGEST})
    return AmendmentDropped(reason)


def _may(duty: str, agency: str, by: Acting) -> bool:
    return by.duty == duty and by.scope is not None and by.scope.department == agency
