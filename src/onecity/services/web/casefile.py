"""A case as programs of officers read it: with what was applied for, and with what the officer may choose now."""

from collections.abc import Iterable

import msgspec

from onecity.casework import Case
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.answers import Field, answer_text
from onecity.services.catalogue import Catalogue
from onecity.services.declared import Item
from onecity.services.model import Affair
from onecity.services.pledging import Pledge
from onecity.services.usecases import affair_of_case
from onecity.services.web.choices import Chosen
from onecity.services.web.counter import Counter
from onecity.services.web.shown import Shown
from onecity.services.web.states import CaseState, state_of


class Answer(msgspec.Struct, frozen=True):
    """An answer of the applicant: as it was given, as people say it, and from which register it was taken, if any."""

    field: str
    ask: str
    value: str
    says: str
    source: str = ""


class ToWrite(msgspec.Struct, frozen=True):
    """A part of `words` of a move: what the officer must write for the person concerned."""

    part: str
    ask: str
    hint: str


class Choosable(msgspec.Struct, frozen=True):
    """An outcome that the asking officer may choose now, and what a move with it must bring.

    `words` is each part to be written; with `days` the move says for how many working days; `lacking` are the names
    from which it must name all that is missing, none if it names nothing; with `meets` it says `at`, and `hall` unless
    people meet `on_site`.
    """

    step: str
    outcome: str
    name: str
    words: tuple[ToWrite, ...]
    days: bool
    lacking: tuple[str, ...]
    meets: bool = False
    on_site: bool = False


class CaseFile(CaseState, frozen=True, kw_only=True):
    """A case with the answers of its application and the outcomes that the asking officer may choose now.

    `pledged` is what was declared instead of proven, where the case is decided on a pledge or looks at such a decision.
    """

    answers: tuple[Answer, ...]
    outcomes: tuple[Choosable, ...]
    pledged: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True):
    """The application of a case, the catalogue under which the case began, and the questions of its item."""

    affair: Affair | None
    catalogue: Catalogue
    fields: dict[str, Field]
    pledge: Pledge | None = None


async def asked_of(case: Case, counter: Counter) -> Asked:
    """What a case asked and what was answered, for whoever may open the case."""
    found = await affair_of_case(case.opened.affair, ledger=counter.ledger)
    affair = None if isinstance(found, Refused) else found
    catalogue = await counter.catalogue_of(affair, case.id) if affair else counter.catalogue
    pledged = affair.pledge_of(case) if affair else None
    pledge = await counter.catalogue.pledge_in(pledged.matter, pledged.version) if pledged else None
    return Asked(affair, catalogue, catalogue.fields([case.opened.matter]), pledge)


def file_of(
    shown: Shown, asked: Asked, found: Iterable[tuple[Chosen, Refused | None]], *, counter: Counter, visit: Visit
) -> CaseFile:
    """A case with its answers and with those outcomes that nothing hinders."""
    outcomes = tuple(_choosable(one, shown.item, visit.lang) for one, no in found if no is None)
    state = msgspec.structs.asdict(state_of(shown))
    pledged = tuple(one.say.said(visit.lang) for one in asked.pledge.says) if asked.pledge else ()
    return CaseFile(**state, answers=_answers(asked, counter, visit), outcomes=outcomes, pledged=pledged)


def _answers(asked: Asked, counter: Counter, visit: Visit) -> tuple[Answer, ...]:
    if asked.affair is None:
        return ()
    given, sources = asked.affair.answers, counter.sources(asked.affair, visit.lang)
    return tuple(
        Answer(
            name, field.ask.said(visit.lang), given[name], answer_text(field, given[name], visit.lang, visit.say),
            sources.get(name, ""),
        )
        for name, field in asked.fields.items()
        if name in given
    )  # fmt: skip


def _choosable(chosen: Chosen, item: Item, lang: str) -> Choosable:
    outcome = chosen.outcome
    words = tuple(
        ToWrite(part, one.ask.said(lang), one.hint.said(lang) if one.hint else "")
        for part, one in outcome.write.items()
    )
    names = item.lackable if outcome.lists else ()
    return Choosable(
        chosen.step_id, chosen.outcome_id, outcome.name.said(lang), words, outcome.asks_days, names,
        outcome.meets is not None, outcome.meets is not None and outcome.meets.on_site,
    )  # fmt: skip
