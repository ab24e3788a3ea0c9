"""What goes into an envelope: the sheet with the address, the letter of the decision, and the licence if one came."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from onecity.casework import Case
from onecity.kernel.ids import PersonId
from onecity.licences import held_by
from onecity.licences.papers import Page, Sheet
from onecity.licences.web import Cabinet
from onecity.licences.web.cabinet import site_of
from onecity.licences.web.paper import paper_of
from onecity.machinery.qr import drawn
from onecity.machinery.web import Visit
from onecity.notices import LetterSent, letters_of_case
from onecity.services.usecases import affair_of_case
from onecity.services.web.counter import Counter


class Parcel(msgspec.Struct, frozen=True):
    """Plain sheets, then licences."""

    sheets: tuple[Sheet, ...]
    licences: tuple[Page, ...]


class Parcels:
    """Gathers what a case sends on paper. Paper is in Chinese, the language of the decision."""

    def __init__(self, counter: Counter, cabinet: Cabinet) -> None:
        self._counter = counter
        self._cabinet = cabinet

    async def of(self, visit: Visit, case: Case) -> Parcel:
        """The parcel of a case."""
        held = await held_by(PersonId(case.opened.subject), licences=self._cabinet.licences)
        given = [one for one in held if one.issued.case == case.id and one.ended is None]
        site = site_of(visit)
        pages = [await paper_of(one, cabinet=self._cabinet, site=site, now=visit.now) for one in given]
        letter = await self._letter(visit, case)
        return Parcel((await self._address(visit, case), *letter), tuple(pages))

    async def _address(self, visit: Visit, case: Case) -> Sheet:
        agency, to, say = self._counter.agency(case.opened.agency), case.post.to, self._counter.scribe.words.say
        affair = await affair_of_case(case.opened.affair, ledger=self._counter.ledger)
        number = getattr(getattr(affair, "applied", None), "number", "")
        room = agency.post_room.zh if agency.post_room else ""
        chosen = self._counter.scribe.instant("zh", case.post.chosen) if case.post.chosen else ""
        return Sheet(
            sender=f"{agency.name.zh}\n{room}\n{agency.phone}",
            title=to.line if to else say("zh", "services.forgotten"),
            paragraphs=(to.name, to.phone) if to else (),
            notes=(
                self._counter.scribe.matter("zh", case.opened.matter),
                say("zh", "services.parcel.number", number=number),
                say("zh", "services.parcel.address_of", choice=case.post.choice, at=chosen),
            ),
            room=50,
            size=24,
        )

    async def _letter(self, visit: Visit, case: Case) -> tuple[Sheet, ...]:
        """The letter by which the person was told of the decision: the last one before the case had its end."""
        assert case.ended is not None, "only what is decided is sent"
        async with self._counter.ledger.readers.acquire() as connection:
            rows = await letters_of_case(connection, case.id, case.opened.subject)
        before = [row for row in rows if row.sent <= case.ended]
        if not before:
            return ()
        sent = (await self._counter.ledger.history(before[-1].letter))[0]
        assert isinstance(sent.fact, LetterSent), "a letter begins with what it says"
        written = self._counter.scribe.of(sent.fact, "zh")
        notes = (sent.fact.law, self._counter.scribe.instant("zh", sent.at))
        return (
            Sheet(
                self._counter.agency(case.opened.agency).name.zh, written.title, written.paragraphs,
                tuple(note for note in notes if note),
            ),
        )  # fmt: skip


def drawn_parcels(title: str, made: datetime, parcels: Sequence[Parcel]) -> bytes:
    """All parcels as one PDF."""
    # The printer is fetched for the first paper: no start of the city and no other command waits for it.
    from onecity.licences.drawing import add_licence, add_sheet, blank, bytes_of

    pdf = blank(title, made)
    for parcel in parcels:
        for sheet in parcel.sheets:
            add_sheet(pdf, sheet)
        for page in parcel.licences:
            add_licence(pdf, page, drawn(page.address))
    return bytes_of(pdf)
