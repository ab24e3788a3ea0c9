"""What an officer may write into an item, and who may publish it: one writes, another one publishes.

The law's own parts stay as they are: its limit, its conditions, and the papers that an article asks for.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Final, TypeVar

import msgspec

from onecity.kernel.acting import Acting
from onecity.kernel.refusal import Reason, Refused
from onecity.packs import Text
from onecity.services.amending.facts import (
    Amending,
    AmendmentDropped,
    AmendmentProposed,
    AmendmentPublished,
    EventAmended,
    EventComposed,
    ItemPrepared,
)
from onecity.services.amending.model import Amendment, State
from onecity.services.declared import Handling, Item, Origin, Permits

AMEND: Final = "services.amend"
"""The duty of those who write how items read."""
PUBLISH: Final = "services.publish"
"""The duty of those who publish what another one wrote."""

LONGEST: Final = 300
"""Characters of one text of an item; whoever needs more writes a second question and its answer."""
LONGEST_ID: Final = 48
"""Characters of an id that is made of a name."""


_DIGITS: Final = 3
_NEXT: Final = timedelta(microseconds=1)
_MOMENT: Final = timedelta(milliseconds=1)
"""Versions that begin so shortly one behind the other were made for one instant: only the last of them lasts."""
_FURTHEST: Final = timedelta(days=366)
"""Nobody plans an item further ahead than a year."""


class Why(Reason):
    """Why an item does not come to read otherwise."""

    NOT_FOUND = "services.amending.not_found"
    NOT_YOUR_DUTY = "services.amending.not_your_duty"
    ONE_LANGUAGE = "services.amending.one_language"
    TOO_LONG = "services.amending.too_long"
    LONGER_THAN_LIMIT = "services.amending.longer_than_limit"
    NO_DAYS = "services.amending.no_days"
    ASKED_BY_LAW = "services.amending.asked_by_law"
    NO_QUESTION = "services.amending.no_question"
    NOTHING_NEW = "services.amending.nothing_new"
    NO_REASON = "services.amending.no_reason"
    OWN = "services.amending.own"
    DECIDED = "services.amending.decided"
    CHANGED_SINCE = "services.amending.changed_since"
    NO_PAPER_LEFT = "services.amending.no_paper_left"
    DAY = "services.amending.day"
    TOO_FEW = "services.composing.too_few"
    NO_SUCH_ITEM = "services.composing.no_such_item"
    NO_SUCH_QUESTION = "services.composing.no_such_question"
    NOTHING_ALWAYS = "services.composing.nothing_always"
    CIRCLE = "services.composing.circle"
    NO_PART = "services.composing.no_part"
    KNOWN = "services.composing.known"
    WRITTEN_OUT = "services.asking.written_out"
    NO_SUCH_FIELD = "services.asking.no_such_field"
    NOTHING_ASKED = "services.asking.nothing_asked"
    NO_TYPE = "services.asking.no_type"
    NO_SECTION = "services.asking.no_section"
    NO_UNIT = "services.asking.no_unit"
    NO_NUMBER = "services.asking.no_number"
    TURNED_ROUND = "services.asking.turned_round"
    NO_CHOICES = "services.asking.no_choices"
    BAD_EXAMPLE = "services.asking.bad_example"
    NOT_FOR_THIS = "services.asking.not_for_this"
    VAGUE = "services.preparing.vague"
    NO_CONDITION = "services.preparing.no_condition"
    NO_PAPER = "services.preparing.no_paper"
    NO_ARTICLE = "services.preparing.no_article"
    NO_SUCH_ARTICLE = "services.preparing.no_such_article"
    VISITS = "services.preparing.visits"
    UNASKED_VISIT = "services.preparing.unasked_visit"
    ONLY_CHINESE = "services.preparing.only_chinese"
    NOT_LISTED = "services.preparing.not_listed"
    OVER_AMENDMENTS = "services.amending.over_amendments"
    FAULTS = "services.amending.faults"


class Otherwise(msgspec.Struct, frozen=True):
    """A part that reads otherwise: its name, and what stood there and stands there then, each line by itself."""

    part: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def as_it_is(item: Item) -> Amending:
    """What an item says now, as its form shows it."""
    promised = "" if item.limit.promised is None else str(item.limit.promised)
    asks = tuple(one.field for one in item.asks) if item.template is not None else None
    return Amending(item.called, item.plain, promised, item.also, item.faq, asks=asks)


def amended(item: Item, typed: Amending) -> Item | Refused:
    """The item as it is to read, or the first thing that forbids it, with the field at which it is to be shown."""
    if wrong := next(wrong_amended(item, typed), None):
        return wrong
    found = _written(item, typed)
    return Refused(Why.NOTHING_NEW) if found == item else found


def _written(item: Item, typed: Amending) -> Item:
    """An item with what somebody wrote of it, in which nothing is wrong."""
    limit = msgspec.structs.replace(item.limit, promised=int(typed.promised) if typed.promised else None)
    short = typed.called if typed.called != item.name else None
    needs = tuple(one for one in item.needs if one.material not in typed.spared)
    return msgspec.structs.replace(
        item, short=short, plain=typed.plain, limit=limit, also=typed.also, faq=typed.faq, needs=needs
    )


def wrong_amended(item: Item, typed: Amending) -> Iterator[Refused]:
    """Everything that forbids what an officer wrote of an item, each with the field at which it is shown."""
    asked = [(f"faq_{number}_ask", one.ask) for number, one in enumerate(typed.faq)]
    answered = [(f"faq_{number}_answer", one.answer) for number, one in enumerate(typed.faq)]
    yield from wrong_texts((("called", typed.called), ("plain", typed.plain), *asked, *answered), typed.also)
    if not typed.faq:
        yield Refused(Why.NO_QUESTION, {"field": "faq_0_ask_zh"})
    yield from _wrong_promise(item, typed.promised)
    yield from _wrong_papers(item, typed.spared)


def wrong_texts(texts: Iterable[tuple[str, Text]], also: Sequence[str]) -> Iterator[Refused]:
    """What is wrong with texts that people are to read, by their fields, and with everyday words."""
    for field, text in texts:
        for lang in ("zh", "en"):
            if not getattr(text, lang):
                yield Refused(Why.ONE_LANGUAGE, {"field": f"{field}_{lang}"})
        long = next((lang for lang in ("zh", "en") if len(getattr(text, lang)) > LONGEST), None)
        if long:
            yield Refused(Why.TOO_LONG, {"field": f"{field}_{long}", "most": LONGEST})
    if any(len(word) > LONGEST for word in also):
        yield Refused(Why.TOO_LONG, {"field": "also", "most": LONGEST})


def _wrong_promise(item: Item, promised: str) -> Iterator[Refused]:
    if not promised:
        return
    at_once = item.handling is Handling.AT_ONCE
    if not (promised.isascii() and promised.isdecimal()) or len(promised) > _DIGITS or (int(promised) == 0) != at_once:
        yield Refused(Why.NO_DAYS, {"field": "promised"})
    elif int(promised) > item.limit.number:
        of = item.limit
        yield Refused(
            Why.LONGER_THAN_LIMIT,
            {"field": "promised", "number": of.number, "unit": str(of.unit), "law": of.because.citation},
        )


def _wrong_papers(item: Item, spared: Collection[str]) -> Iterator[Refused]:
    for one in item.needs:
        if one.material in spared and one.origin is Origin.LAW:
            cited = one.because.citation if one.because else ""
            yield Refused(Why.ASKED_BY_LAW, {"field": "spared", "material": one.material, "law": cited})
    last = item.kind is Permits.PERMIT and not item.promise_after_check and bool(item.needs)
    if last and set(item.materials) <= set(spared):
        yield Refused(Why.NO_PAPER_LEFT, {"field": "spared"})


def said_of_item(base: Item, typed: Amending) -> Mapping[str, tuple[str, ...]]:
    """The parts of an item that an amendment of `base` has changed, as they read from then on."""
    before, after = parts_of_item(base), dict(parts_of_item(_written(base, typed)))
    if typed.asks is not None:
        after["asks"] = typed.asks
    return {part: after[part] for part in before if before[part] != after[part]}


def otherwise(before: Item, after: Item) -> tuple[Otherwise, ...]:
    """What reads otherwise in one item than in another, part by part, as an officer may write it."""
    old, new = parts_of_item(before), parts_of_item(after)
    return tuple(Otherwise(part, old[part], new[part]) for part in old if old[part] != new[part])


def parts_of_item(item: Item) -> Mapping[str, tuple[str, ...]]:
    """What an officer may write into an item, as it reads, part by part."""
    promised = item.limit.promised
    return {
        "called": _both(item.called),
        "plain": _both(item.plain),
        "promised": () if promised is None else (str(promised),),
        "also": item.also,
        "faq": tuple(line for one in item.faq for line in (*_both(one.ask), *_both(one.answer))),
        "needs": item.materials,
        "asks": tuple(one.field for one in item.asks),
    }


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en


One = TypeVar("One", AmendmentProposed, EventComposed, EventAmended, ItemPrepared)


def propose(proposed: One, *, by: Acting) -> One | Refused:
    """An amendment by an officer who writes for the agency of the item, or for the one that is to lead an event."""
    if not _may(AMEND, proposed.agency, by):
        return Refused(Why.NOT_YOUR_DUTY)
    return wrong_reason(proposed.reason) or proposed


def wrong_reason(reason: str) -> Refused | None:
    """Why a reason is none, or None."""
    return None if 1 <= len(reason) <= LONGEST else Refused(Why.NO_REASON, {"field": "reason", "most": LONGEST})


def may_publish(amendment: Amendment, *, by: Acting) -> Refused | None:
    """Why an officer may not publish an amendment: it is decided, or another agency's, or their own.

    Their own is also what somebody wrote for whom they stand in, or who stood in for them.
    """
    if not _may(PUBLISH, amendment.proposed.agency, by):
        return Refused(Why.NOT_YOUR_DUTY)
    if amendment.state is not State.OPEN:
        return Refused(Why.DECIDED)
    return Refused(Why.OWN) if amendment.author.hands & by.hands else None


def may_begin(day: date, *, today: date) -> Refused | None:
    """Why an amendment may not hold from a day on: it is past, or further off than anybody plans."""
    return None if today <= day <= today + _FURTHEST else Refused(Why.DAY, {"field": "since"})


def begins_at(since: datetime, known: Sequence[datetime]) -> list[datetime]:
    """When versions with an amendment begin: at an instant, and just behind each version that begins later.

    Of two versions of one instant the one that was brought later holds, and who was brought later is decided by the
    clocks of two commands; so none begins where another one does.

    >>> [f"{at:%d %H:%M:%S.%f}" for at in begins_at(datetime(2026, 3, 2), [datetime(2026, 3, 1), datetime(2026, 3, 2)])]
    ['02 00:00:00.000001']
    """
    later = sorted({since, *(one for one in known if one >= since)})
    last = [at for at, then in zip_longest(later, later[1:]) if then is None or then - at > _MOMENT]
    return [at + _NEXT if at in known else at for at in last]


def publish(amendment: Amendment, version: str, *, since: datetime, by: Acting) -> AmendmentPublished | Refused:
    """The amendment holds in a version of the pack from an instant on."""
    return may_publish(amendment, by=by) or AmendmentPublished(version, since)


def may_drop(amendment: Amendment, *, by: Acting) -> Refused | None:
    """Why an officer may not drop an amendment: it is decided, or neither their own nor theirs to publish."""
    if not amendment.author.hands & by.hands and not _may(PUBLISH, amendment.proposed.agency, by):
        return Refused(Why.NOT_YOUR_DUTY)
    return None if amendment.state is State.OPEN else Refused(Why.DECIDED)


def drop(amendment: Amendment, reason: str, *, by: Acting) -> AmendmentDropped | Refused:
    """The amendment will not hold: its author takes it back, or whoever may publish it sends it back."""
    if refused := may_drop(amendment, by=by):
        return refused
    return wrong_reason(reason) or AmendmentDropped(reason)


def _may(duty: str, agency: str, by: Acting) -> bool:
    return by.duty == duty and by.scope is not None and by.scope.department == agency
