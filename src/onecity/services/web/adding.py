"""What a person adds to a running application: what is missing, another try, a withdrawal, how it went."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.responses import Response

from onecity.casework import Step, rate
from onecity.casework import Why as CaseWhy
from onecity.kernel.ids import CaseId
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.answers import Field, faults
from onecity.services.catalogue import Catalogue
from onecity.services.declared import Item
from onecity.services.forms import Material
from onecity.services.model import Affair
from onecity.services.purposes import of_affair
from onecity.services.rules import Why
from onecity.services.usecases.adding import Again, Bring, again, bring, give_up, turn_of_applicant
from onecity.services.web.affairs import Affairs, Part, last_words
from onecity.services.web.bringing import Request, file_fields, may_follow, take_files, ticked
from onecity.services.web.confirming import Confirming
from onecity.services.web.counter import Counter
from onecity.services.web.shown import AT, sentence_of

_CHOICE: Final = frozenset({CaseWhy.NO_SUCH_LEVEL, CaseWhy.TOO_LONG})
"""What somebody who rates can mend in the form itself."""


class Asked(msgspec.Struct, frozen=True):
    """What a page asks for: questions with what is known, and materials."""

    affair: Affair
    part: Part
    fields: Mapping[str, Field]
    materials: Mapping[str, Material]

    def request(self, later: frozenset[str] = frozenset(), chosen: Collection[str] = ()) -> Request:
        """The files that it asks for: they are for the application, whichever of its cases lacks them."""
        return Request(of_affair(self.affair.id), self.materials, later, chosen)


class Adding:
    """Pages for the person whose application it is; the case must be one of theirs."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._affairs = Affairs(counter)
        self._confirming = Confirming(counter)

    async def bring_page(self, visit: Visit) -> Response:
        """What is missing, and only that; or what the person may say."""
        asked = await self._missing(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        if isinstance(asked, tuple):
            return self._confirming.page(visit, *asked)
        return await self._form(visit, asked, "bring", asked.affair.answers, {}, {})

    async def bring(self, visit: Visit) -> Response:
        """Take what came; the officer looks again."""
        asked = await self._missing(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        if isinstance(asked, tuple):
            return await self._confirming.take(visit, *asked)
        uses = await self._uses(visit, asked)
        typed, errors, files = await self._typed(visit, asked)
        if errors or files:
            return await self._form(visit, asked, "bring", typed, errors, files, uses)
        changed = {name: typed[name] for name in asked.fields}
        done = await bring(
            asked.affair.id, Bring(asked.part.shown.case.id, changed, tuple(uses)), intake=self._counter.intake,
            key=visit.form.key(), by=visit.acting(),
            now=visit.now,
        )  # fmt: skip
        if isinstance(done, Refused) and done.reason is Why.STILL_LACKING:
            names = done.details["names"]
            missing = (
                {name: visit.say("services.materials.missing") for name in names} if isinstance(names, tuple) else {}
            )
            return await self._form(visit, asked, "bring", typed, {}, missing)
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.at(f"/affairs/{asked.affair.id}"))

    async def again_page(self, visit: Visit) -> Response:
        """Everything that the item asks, as it was answered."""
        asked = await self._all(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        return await self._form(visit, asked, "again", asked.affair.answers, {}, {})

    async def again(self, visit: Visit) -> Response:
        """Apply once more."""
        asked = await self._all(visit)
        if isinstance(asked, Refused):
            return visit.refuse(asked)
        uses = await self._uses(visit, asked)
        typed, errors, files = await self._typed(visit, asked)
        if errors or files:
            return await self._form(visit, asked, "again", typed, errors, files, uses)
        answers = {name: typed[name] for name in asked.fields}
        command = Again(asked.part.shown.case.opened.matter, answers, tuple(uses))
        done = await again(
            asked.affair.id, command, intake=self._counter.intake, key=visit.form.key(), by=visit.acting(),
            now=visit.now,
        )  # fmt: skip
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.at(f"/affairs/{asked.affair.id}"))

    async def withdraw_page(self, visit: Visit) -> Response:
        """What withdrawing means, before it happens."""
        found = await self._affairs.own_part(visit)
        if isinstance(found, Refused):
            return visit.refuse(found)
        affair, part = found
        if part.shown.case.result is not None:
            return visit.refuse(Refused(CaseWhy.ENDED))
        return visit.page(
            AT + "withdraw.html",
            title=visit.say("services.withdraw.title", item=part.shown.item.called.said(visit.lang)),
            url=visit.at(f"/affairs/{affair.id}/cases/{part.shown.case.id}/withdraw"),
            key=uuid4(),
            back_url=visit.at(f"/affairs/{affair.id}"),
        )

    async def withdraw(self, visit: Visit) -> Response:
        """The person does not want it any more."""
        affair, case = visit.id("affair"), visit.id("case")
        if affair is None or case is None:
            return visit.refuse(Refused(Why.NOT_FOUND))
        done = await give_up(
            affair, case, office=self._counter.office, key=visit.form.key(), by=visit.acting(), now=visit.now
        )
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.at(f"/affairs/{affair}"))

    async def rate_page(self, visit: Visit) -> Response:
        """Five words to choose from, none chosen beforehand."""
        found = await self._affairs.own_part(visit)
        if isinstance(found, Refused):
            return visit.refuse(found)
        affair, part = found
        if part.shown.case.result is None:
            return visit.refuse(Refused(CaseWhy.NOT_ENDED))
        return visit.refuse(Refused(CaseWhy.RATED)) if part.shown.case.rated else self._rating(visit, affair, part)

    def _rating(self, visit: Visit, affair: Affair, part: Part, wrong: str = "") -> Response:
        return visit.page(
            AT + "rate.html",
            status=422 if wrong else 200,
            wrong=wrong,
            words=visit.form.text("rating_words"),
            title=part.shown.item.called.said(visit.lang),
            url=visit.at(f"/affairs/{affair.id}/cases/{part.shown.case.id}/rate"),
            key=uuid4(),
            back_url=visit.at(f"/affairs/{affair.id}"),
        )

    async def rate(self, visit: Visit) -> Response:
        """How it went, in one of five words."""
        found = await self._affairs.own_part(visit)
        if isinstance(found, Refused):
            return visit.refuse(found)
        affair, part = found
        typed = visit.form.text("rating")
        done = await rate(
            CaseId(part.shown.case.id), int(typed) if typed in ("1", "2", "3", "4", "5") else 0,
            visit.form.text("rating_words"), office=self._counter.office, key=visit.form.key(), by=visit.acting(),
            now=visit.now,
        )  # fmt: skip
        if isinstance(done, Refused) and done.reason in _CHOICE:
            return self._rating(visit, affair, part, visit.say(done.reason, **done.details))
        return visit.refuse(done) if isinstance(done, Refused) else visit.go(visit.at(f"/affairs/{affair.id}"))

    async def _missing(self, visit: Visit) -> Asked | tuple[Affair, Part, Step] | Refused:
        """What the step that waits for the person asks for; the step itself where it only `confirms`."""
        found = await self._affairs.own_part(visit)
        if isinstance(found, Refused):
            return found
        affair, part = found
        if part.shown.state != "yours":
            return Refused(CaseWhy.NO_SUCH_STEP)
        catalogue = await self._counter.catalogue_of(affair, part.shown.case.id)
        step = turn_of_applicant(part.shown.case, part.shown.process.steps)
        if step is not None and part.shown.process.steps[step].confirms:
            return affair, part, part.shown.process.steps[step]
        return self._asked(affair, part, part.shown.item, frozenset(part.shown.case.lacking), catalogue)

    async def _all(self, visit: Visit) -> Asked | Refused:
        found = await self._affairs.own_part(visit)
        if isinstance(found, Refused):
            return found
        affair, part = found
        if part.shown.case.result is None or part.shown.good:
            return Refused(Why.RUNS_ALREADY)
        # Another try is a new case, under what holds now.
        catalogue = self._counter.catalogue
        item = catalogue.item(part.shown.case.opened.matter)
        if item is None:
            return Refused(Why.NO_SUCH_ITEM)
        return self._asked(affair, part, item, frozenset(), catalogue)

    def _asked(self, affair: Affair, part: Part, item: Item, lacking: frozenset[str], catalogue: Catalogue) -> Asked:
        """What to ask: what is lacking, else everything that no other case of the application gives."""
        items = catalogue.bundle([branch.item for branch in affair.branches if catalogue.item(branch.item)])
        given = {one.result.material for one in items.values()}
        needed = [one.material for one in item.needs]
        fields = catalogue.fields([part.shown.case.opened.matter])
        return Asked(
            affair=affair,
            part=part,
            fields={name: field for name, field in fields.items() if not lacking or name in lacking},
            materials=catalogue.materials([name for name in needed if name in (lacking or {*needed} - given)]),
        )

    async def _uses(self, visit: Visit, asked: Asked) -> dict[str, str]:
        """The files of other applications that are to count here as well, by material."""
        return await ticked(visit, self._counter, asked.affair.applied.subject, asked.request())

    async def _typed(self, visit: Visit, asked: Asked) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """What was typed over what is known, what is wrong with it, and what is wrong with the files."""
        typed = {**asked.affair.answers, **{name: visit.form.text(name) for name in asked.fields}}
        wrong = {
            one.field: sentence_of(asked.fields, one, lang=visit.lang, say=visit.say)
            for one in faults(asked.fields, typed, on=visit.today)
        }
        files = await take_files(visit, self._counter, asked.affair.applied.subject, asked.request())
        return typed, wrong, files

    async def _form(
        self, visit: Visit, asked: Asked, what: str, typed: Mapping[str, str], errors: Mapping[str, str],
        files: Mapping[str, str], uses: Mapping[str, str] = {},
    ) -> Response:  # fmt: skip
        later = may_follow([asked.part.shown.item]) if what == "again" else frozenset[str]()
        request = asked.request(later, tuple(uses.values()))
        cards = await file_fields(visit, self._counter, asked.affair.applied.subject, request, files)
        return visit.page(
            AT + "bring.html",
            status=422 if errors or files else 200,
            **_heading(visit, asked, what),
            notes=last_words(asked.part, visit),
            url=visit.at(f"/affairs/{asked.affair.id}/cases/{asked.part.shown.case.id}/{what}"),
            materials=cards,
            fields=asked.fields,
            typed=typed,
            errors=errors,
            faults=self._faults(visit, asked, errors, files),
            key=visit.form.fields.get("key") or uuid4(),
            back_url=visit.at(f"/affairs/{asked.affair.id}"),
        )

    def _faults(
        self, visit: Visit, asked: Asked, errors: Mapping[str, str], files: Mapping[str, str]
    ) -> Sequence[dict[str, Any]]:
        of_fields = [
            {"field": name, "text": f"{asked.fields[name].ask.said(visit.lang)} {errors[name]}"} for name in errors
        ]
        of_files = [
            {"field": name, "text": f"{self._counter.thing(name, visit.lang)} {text}"} for name, text in files.items()
        ]
        return of_files + of_fields


def _heading(visit: Visit, asked: Asked, what: str) -> dict[str, str]:
    """What the page is called, what it says first, and what its button says."""
    item = asked.part.shown.item.called.said(visit.lang)
    return {
        "title": visit.say(f"services.{what}.title", item=item),
        "lead": visit.say(f"services.{what}.lead"),
        "send": visit.say(f"services.{what}.send"),
    }
