"""Who may act for whom: whoever was asked to, a guardian, the legal representative of a firm; never beyond it."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

from onecity.kernel.acting import Acting
from onecity.kernel.identity import born
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.people.facts import MandateEnded, MandateGiven, MandateKind
from onecity.people.model import KnownFirm, KnownWard, Mandate
from onecity.people.rules.why import Why

RECORD: Final = "people.mandate"
"""The duty of those who record at the window a mandate that they saw on paper."""

OF_AGE: Final = 18
"""Years from which a person acts for themself. Source: 民法典 §17, §18 (2021-01-01)."""

_LONGEST_PAPER: Final = 100


def may_act_for(
    mandates: Sequence[Mandate], *, person: PersonId, subject: PersonId, matter: str | None, day: date
) -> Mandate | Refused:
    """The mandate under which somebody acts for a subject on a day, or why they may not.

    A matter of None asks whether they may act for the subject at all. Of several mandates the widest counts.
    """
    between = [one for one in mandates if one.agent == person and one.grantor == subject]
    if not between:
        return Refused(Why.NO_MANDATE)
    holding = [one for one in between if one.on(day)]
    if not holding:
        return Refused(Why.MANDATE_OVER)
    covering = [one for one in holding if matter is None or one.covers(matter)]
    if not covering:
        return Refused(Why.NOT_IN_MANDATE)
    return min(covering, key=lambda one: (bool(one.matters), -len(one.matters), one.id))


def give(
    grantor: PersonId, agent: PersonId, agent_name: str, matters: Sequence[str], since: date, until: date | None, *,
    known: Collection[str], acting: Mandate | None, by: Acting, today: date,
) -> MandateGiven | Refused:  # fmt: skip
    """A person, or a firm through its representative, asks somebody to act for them.

    `acting` is the mandate under which the author acts, if they act for the grantor: what somebody was asked to do
    they do not hand on. A mandate names its last day. Source: 民法典 §165, §169 (2021-01-01).
    """
    represents = acting is not None and acting.kind is MandateKind.REPRESENTATIVE and acting.on(today)
    if grantor != by.person and not (represents and acting and acting.grantor == grantor):
        return Refused(Why.NOT_YOURS_TO_GIVE)
    return _given(grantor, agent, agent_name, matters, since, until, known=known, by=by, today=today)


def record(
    grantor: PersonId, agent: PersonId, agent_name: str, matters: Sequence[str], since: date, until: date | None,
    paper: str, *, known: Collection[str], by: Acting, today: date,
) -> MandateGiven | Refused:  # fmt: skip
    """An officer at the window records a mandate that they saw on paper, with the paper's reference."""
    if by.duty != RECORD:
        return Refused(Why.NOT_YOUR_DUTY)
    if not 1 <= len(paper.strip()) <= _LONGEST_PAPER:
        return Refused(Why.NO_PAPER)
    if by.person == agent:
        return Refused(Why.ABOUT_SELF)
    return _given(
        grantor, agent, agent_name, matters, since, until, known=known, by=by, today=today, paper=paper.strip()
    )


def _given(
    grantor: PersonId, agent: PersonId, agent_name: str, matters: Sequence[str], since: date, until: date | None, *,
    known: Collection[str], by: Acting, today: date, paper: str | None = None,
) -> MandateGiven | Refused:  # fmt: skip
    if agent in (grantor, by.person):
        return Refused(Why.TO_ONESELF)
    if until is None or until < since or until < today:
        return Refused(Why.DAYS)
    if any(matter not in known for matter in matters):
        return Refused(Why.NO_MATTER)
    return MandateGiven(
        MandateKind.GIVEN, grantor, agent, tuple(sorted(set(matters))), since, until, agent_name, paper=paper
    )


def guard(
    ward: PersonId, known: KnownWard | None, number: str, name: str, *, own_number: str, own_name: str,
    held: Sequence[Mandate], by: Acting, today: date,
) -> MandateGiven | Refused:  # fmt: skip
    """A guardian acts for a child, until the child is of age, or for a ward, as the register says.

    Source: 民法典 §23, §27, §28, §31 (2021-01-01).
    """
    assert by.person is not None, "guardians are people"
    if known is None or known.name != name or own_number not in known.guardians or ward == by.person:
        return Refused(Why.NO_GUARDIAN)
    until = _day_before_of_age(number) if known.child else None
    if until is not None and until < today:
        return Refused(Why.NO_GUARDIAN)
    if any(one.grantor == ward and one.kind is MandateKind.GUARDIAN and one.on(today) for one in held):
        return Refused(Why.HAS_MANDATE)
    kind = MandateKind.GUARDIAN
    return MandateGiven(kind, ward, by.person, (), today, until, own_name, register_row=known.quoted)


def represent(
    firm: PersonId, known: KnownFirm | None, name: str, *, own_number: str, own_name: str, held: Sequence[Mandate],
    by: Acting, today: date,
) -> MandateGiven | Refused:  # fmt: skip
    """The legal representative acts for the firm, as the register says. Source: 民法典 §61 (2021-01-01)."""
    assert by.person is not None, "representatives are people"
    if known is None or known.name != name or known.representative != own_number:
        return Refused(Why.NOT_REPRESENTATIVE)
    if any(one.grantor == firm and one.kind is MandateKind.REPRESENTATIVE and one.on(today) for one in held):
        return Refused(Why.HAS_MANDATE)
    kind = MandateKind.REPRESENTATIVE
    return MandateGiven(kind, firm, by.person, (), today, None, own_name, register_row=known.quoted)


def end(mandate: Mandate, *, acting: Mandate | None, by: Acting, today: date) -> MandateEnded | Refused:
    """Whoever gave a mandate takes it back, whoever has it lays it down.

    Source: 民法典 §173 (2021-01-01).
    """
    represents = acting is not None and acting.kind is MandateKind.REPRESENTATIVE and acting.on(today)
    speaks_for_grantor = by.person == mandate.grantor or (
        represents and acting is not None and acting.grantor == mandate.grantor
    )
    if not (speaks_for_grantor or by.person == mandate.agent):
        return Refused(Why.NOT_FOUND)
    return Refused(Why.MANDATE_OVER) if mandate.ended else MandateEnded()


def _day_before_of_age(number: str) -> date:
    """The last day on which a person is a child.

    >>> _day_before_of_age("41019920040229001X")
    datetime.date(2022, 2, 28)
    """
    birth = born(number)
    try:
        of_age = birth.replace(year=birth.year + OF_AGE)
    except ValueError:
        of_age = date(birth.year + OF_AGE, 3, 1)
    return of_age - timedelta(days=1)
