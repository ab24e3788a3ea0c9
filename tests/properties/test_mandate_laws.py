"""Whatever mandates there are, nobody acts beyond them."""

from datetime import date, timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.ids import PersonId
from onecity.people import Mandate, may_act_for
from onecity.people.facts import MandateKind

PEOPLE = [PersonId(UUID(int=number)) for number in range(1, 5)]
MATTERS = ["a", "b", "c"]
people = st.sampled_from(PEOPLE)
days = st.integers(0, 20).map(lambda number: date(2020, 9, 1) + timedelta(days=number))


@st.composite
def mandates(draw: st.DrawFn) -> Mandate:
    grantor = draw(people)
    agent = draw(people.filter(lambda one: one != grantor))
    matters = tuple(sorted(draw(st.sets(st.sampled_from(MATTERS)))))
    until = draw(st.none() | days)
    kind = draw(st.sampled_from(MandateKind))
    return Mandate(draw(st.uuids()), kind, grantor, agent, matters, draw(days), until, draw(st.booleans()))


def reference(one: Mandate, person: PersonId, subject: PersonId, matter: str | None, day: date) -> bool:
    """The same question, asked of one mandate word by word."""
    begun, not_over = one.since <= day, one.until is None or one.until >= day
    reaches = matter is None or one.matters == () or matter in one.matters
    return (one.agent, one.grantor) == (person, subject) and begun and not_over and not one.ended and reaches


@given(st.lists(mandates(), max_size=8), people, people, st.none() | st.sampled_from(MATTERS), days)
def test_somebody_acts_exactly_when_one_mandate_says_so(
    held: list[Mandate], person: PersonId, subject: PersonId, matter: str | None, day: date
) -> None:
    found = may_act_for(held, person=person, subject=subject, matter=matter, day=day)
    good = [one for one in held if reference(one, person, subject, matter, day)]
    assert isinstance(found, Mandate) is bool(good)
    if isinstance(found, Mandate):
        assert found in good


@given(st.lists(mandates(), min_size=1, max_size=8), st.data(), people, people, st.sampled_from(MATTERS), days)
def test_ending_a_mandate_lets_nobody_do_more(
    held: list[Mandate], data: st.DataObject, person: PersonId, subject: PersonId, matter: str, day: date
) -> None:
    index = data.draw(st.integers(0, len(held) - 1))
    fewer = [msgspec.structs.replace(one, ended=True) if n == index else one for n, one in enumerate(held)]
    before = may_act_for(held, person=person, subject=subject, matter=matter, day=day)
    after = may_act_for(fewer, person=person, subject=subject, matter=matter, day=day)
    assert isinstance(before, Mandate) or not isinstance(after, Mandate)


@given(st.lists(mandates(), max_size=8), st.permutations(range(8)), people, people, st.sampled_from(MATTERS), days)
def test_the_order_of_mandates_changes_nothing(
    held: list[Mandate], order: list[int], person: PersonId, subject: PersonId, matter: str, day: date
) -> None:
    shuffled = [held[n] for n in order if n < len(held)]
    ask = {"person": person, "subject": subject}
    assert may_act_for(held, **ask, matter=matter, day=day) == may_act_for(shuffled, **ask, matter=matter, day=day)
