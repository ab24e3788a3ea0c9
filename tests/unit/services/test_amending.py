"""What an officer may write into an item, and who publishes it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.kernel.acting import Acting, Channel, Scope
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.packs import Text, load_pack, read_file, written
from onecity.services.amending import Amending, rules
from onecity.services.amending.facts import AmendmentDropped, AmendmentProposed, AmendmentPublished
from onecity.services.amending.model import Amendment
from onecity.services.amending.rules import AMEND, PUBLISH, Why
from onecity.services.checking import ITEM
from onecity.services.declared import Item, Origin, Permits

NOW = datetime(2026, 3, 2, tzinfo=UTC)
AUTHOR, OTHER = PersonId(uuid4()), PersonId(uuid4())
ITEMS = [one.value for one in load_pack(shipped_pack(), KINDS)[0].all(ITEM).values()]


def item_with(origin: Origin) -> Item:
    return next(one for one in ITEMS if any(need.origin is origin for need in one.needs) and one.limit.number > 3)


def typed(item: Item, **changes: Any) -> Amending:
    return msgspec.structs.replace(rules.as_it_is(item), **changes)


def by(duty: str, person: PersonId, agency: str = "finance", instead_of: PersonId | None = None) -> Acting:
    return Acting(person, Channel.PHONE, duty, Scope(agency, "410100"), instead_of=instead_of)


def proposed(agency: str = "finance", reason: str = "shorter") -> AmendmentProposed:
    return AmendmentProposed("an_item", "v", agency, rules.as_it_is(ITEMS[0]), reason)


def amendment(**changes: Any) -> Amendment:
    return msgspec.structs.replace(Amendment(uuid4(), 1, proposed(), by(AMEND, AUTHOR), NOW), **changes)


def test_an_item_keeps_what_is_the_laws_and_reads_otherwise_where_somebody_wrote() -> None:
    item = item_with(Origin.EXAMPLE)
    paper = next(one.material for one in item.needs if one.origin is Origin.EXAMPLE)
    found = rules.amended(item, typed(item, plain=Text("新话", "New"), promised="2", spared=(paper,)))
    assert isinstance(found, Item)
    assert (found.plain, found.limit.promised, found.limit.number) == (Text("新话", "New"), 2, item.limit.number)
    assert paper not in found.materials
    assert {one.part for one in rules.otherwise(item, found)} == {"plain", "promised", "needs"}
    assert msgspec.structs.replace(found, plain=item.plain, limit=item.limit, needs=item.needs) == item


def test_a_paper_that_an_article_asks_for_stays_and_the_refusal_names_the_article() -> None:
    item = item_with(Origin.LAW)
    need = next(one for one in item.needs if one.origin is Origin.LAW)
    found = rules.amended(item, typed(item, spared=(need.material,)))
    assert isinstance(found, Refused)
    assert need.because is not None
    assert (found.reason, found.details["law"]) == (Why.ASKED_BY_LAW, need.because.citation)


@pytest.mark.parametrize("days", ["1000", "-1", "1.5", "二", "٣", "0"])
def test_days_are_written_in_digits(days: str) -> None:
    found = rules.amended(ITEMS[0], typed(ITEMS[0], promised=days))
    assert isinstance(found, Refused)
    assert found.reason is Why.NO_DAYS


def test_a_promise_of_as_many_days_as_the_law_gives_is_the_longest() -> None:
    item = item_with(Origin.LAW)
    most = item.limit.number
    longest = rules.amended(msgspec.structs.replace(item, limit=msgspec.structs.replace(item.limit, promised=1)),
                            typed(item, promised=str(most)))  # fmt: skip
    assert isinstance(longest, Item)
    too_long = rules.amended(item, typed(item, promised=str(most + 1)))
    assert isinstance(too_long, Refused)
    assert (too_long.reason, too_long.details["number"]) == (Why.LONGER_THAN_LIMIT, most)


def test_every_item_reads_as_before_where_nothing_was_written() -> None:
    for item in ITEMS:
        found = rules.amended(item, rules.as_it_is(item))
        assert isinstance(found, Refused)
        assert found.reason is Why.NOTHING_NEW


def test_the_last_paper_of_a_permit_stays() -> None:
    item = next(
        one for one in ITEMS
        if one.kind is Permits.PERMIT and one.needs and not one.promise_after_check
        and all(need.origin is not Origin.LAW for need in one.needs)
    )  # fmt: skip
    found = rules.amended(item, typed(item, spared=item.materials))
    assert isinstance(found, Refused)
    assert found.reason is Why.NO_PAPER_LEFT


def test_an_amendment_says_only_the_parts_that_it_changed() -> None:
    base = item_with(Origin.LAW)
    words = typed(base, plain=Text("新话", "New"), promised="02")
    assert rules.said_of_item(base, words) == {"plain": ("新话", "New"), "promised": ("2",)}
    assert rules.said_of_item(base, typed(base)) == {}


def test_it_begins_today_or_within_a_year() -> None:
    today = date(2026, 3, 2)
    assert rules.may_begin(today, today=today) is None
    assert rules.may_begin(date(2027, 3, 3), today=today) is None
    for day in (date(2026, 3, 1), date(2027, 3, 4), date.max, date.min):
        refused = rules.may_begin(day, today=today)
        assert refused is not None
        assert refused.reason is Why.DAY


def test_versions_with_an_amendment_begin_where_no_other_one_does() -> None:
    first, later = NOW + timedelta(days=1), NOW + timedelta(days=9)
    tick = timedelta(microseconds=1)
    assert rules.begins_at(NOW, []) == [NOW]
    assert rules.begins_at(NOW, [NOW - tick]) == [NOW]
    assert rules.begins_at(NOW, [NOW, first]) == [NOW + tick, first + tick]
    assert rules.begins_at(NOW, [first, first + tick, later]) == [NOW, first + 2 * tick, later + tick]
    assert rules.begins_at(first, [first, first + tick]) == [first + 2 * tick]


def test_every_item_is_written_into_a_file_that_says_the_same() -> None:
    for item in ITEMS:
        assert read_file("item.yaml", written(item).encode(), Item)[::2] == (item, ())


def test_one_writes_and_another_publishes() -> None:
    assert rules.propose(proposed(), by=by(AMEND, AUTHOR)) == proposed()
    assert rules.publish(amendment(), "v2", since=NOW, by=by(PUBLISH, OTHER)) == AmendmentPublished("v2", NOW)
    assert rules.drop(amendment(), "no", by=by(PUBLISH, OTHER)) == AmendmentDropped("no")
    assert rules.drop(amendment(), "no", by=by(AMEND, AUTHOR)) == AmendmentDropped("no")


@pytest.mark.parametrize(
    ("decided", "why"),
    [
        (rules.propose(proposed(), by=by(PUBLISH, AUTHOR)), Why.NOT_YOUR_DUTY),
        (rules.propose(proposed(), by=by(AMEND, AUTHOR, "justice")), Why.NOT_YOUR_DUTY),
        (rules.propose(proposed(reason=""), by=by(AMEND, AUTHOR)), Why.NO_REASON),
        (rules.publish(amendment(), "v2", since=NOW, by=by(PUBLISH, AUTHOR)), Why.OWN),
        # A deputy publishes nothing of whom they stand in for, nor anybody what was written in their place.
        (rules.publish(amendment(), "v2", since=NOW, by=by(PUBLISH, OTHER, instead_of=AUTHOR)), Why.OWN),
        (
            rules.publish(
                amendment(author=by(AMEND, AUTHOR, instead_of=OTHER)), "v2", since=NOW, by=by(PUBLISH, OTHER)
            ),
            Why.OWN,
        ),
        (rules.publish(amendment(), "v2", since=NOW, by=by(AMEND, OTHER)), Why.NOT_YOUR_DUTY),
        (rules.publish(amendment(), "v2", since=NOW, by=by(PUBLISH, OTHER, "justice")), Why.NOT_YOUR_DUTY),
        (rules.publish(amendment(dropped=AmendmentDropped("x")), "v", since=NOW, by=by(PUBLISH, OTHER)), Why.DECIDED),
        (rules.drop(amendment(), "no", by=by(AMEND, OTHER)), Why.NOT_YOUR_DUTY),
        (rules.drop(amendment(), "", by=by(PUBLISH, OTHER)), Why.NO_REASON),
        (rules.drop(amendment(published=AmendmentPublished("v", NOW)), "no", by=by(PUBLISH, OTHER)), Why.DECIDED),
    ],
)
def test_whoever_may_not_learns_why(decided: object, why: Why) -> None:
    assert isinstance(decided, Refused)
    assert decided.reason is why
