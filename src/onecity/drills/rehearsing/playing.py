"""Plays one application after another: as the person who applies, and as the officers whose duty each step is."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import msgspec

from onecity.casework import APPLICANT, PROCESS, Moved, Outcome, Process
from onecity.casework.walking import shortest
from onecity.drills.load.towns import Somebody
from onecity.drills.rehearsing.door import BrokeOff, Door, Failed
from onecity.drills.rehearsing.scenes import Scene
from onecity.licences import LICENCE_TYPE
from onecity.licences.verdict import Verdict
from onecity.licences.web.cabinet import Checked
from onecity.licences.web.interface import WalletList
from onecity.packs import Pack
from onecity.payments.model import State
from onecity.payments.rules import TAKE_CASH
from onecity.payments.usecases import Changed
from onecity.payments.usecases.paying import SentTo
from onecity.payments.web.interface import Fee, Fees
from onecity.services import ITEM, Item
from onecity.services.bundles import materials_of
from onecity.services.declared import ResultKind
from onecity.services.forms import MATERIAL, FileType
from onecity.services.usecases.bringing import Put
from onecity.services.web.interface import Received
from onecity.services.web.states import AffairState, CaseState

APPLIES: Final = "apply"
_HELD: Final = "held"
_WORDS: Final = "演练：按程序办理，没有发现问题"
"""What officers write where the pack asks them to: that it is a rehearsal."""
_BEGINS: Final[Mapping[FileType, bytes]] = {
    FileType.PDF: b"%PDF-1.7 ",
    FileType.JPEG: b"\xff\xd8\xff ",
    FileType.PNG: b"\x89PNG\r\n\x1a\n ",
}
_LETTER: Final = re.compile(rb"/letters/([0-9a-f-]{36})")
_RELIED_ON: Final = (Verdict.VALID, Verdict.PROOF_FOLLOWS)
"""What somebody may be told who checks a licence that is minutes old: the signed list may not know it yet."""


class Cast(msgspec.Struct, frozen=True):
    """Who plays: those who apply, one for each door, and by duty two officers who have it in every agency.

    `port` says whether fees can be paid online.
    """

    applicants: tuple[Somebody, ...]
    officers: Mapping[str, tuple[Somebody, ...]]
    port: bool


class Played(msgspec.Struct, frozen=True):
    """What became of a scene: the steps that were taken, and where it broke off, if it did. Units: seconds."""

    scene: Scene
    steps: tuple[str, ...]
    seconds: float
    failed: Failed | None = None

    @property
    def proven(self) -> tuple[str, ...]:
        """The items that came from the application to what they promise."""
        return () if self.failed else self.scene.items


class Player:
    """Somebody who applies, with a door of their own, and the officers who decide."""

    def __init__(self, door: Door, applicant: Somebody, cast: Cast, pack: Pack) -> None:
        self._door = door
        self._applicant = applicant
        self._cast = cast
        self._pack = pack
        self._held: set[str] = set()
        self._steps: list[str] = []
        self._checks = 0

    async def play(self, scene: Scene) -> Played:
        """Play a scene as far as it goes."""
        began, failed = time.perf_counter(), None
        self._steps = []
        try:
            await self._played(scene)
        except BrokeOff as broke:
            failed = broke.failed
        return Played(scene, tuple(self._steps), time.perf_counter() - began, failed)

    async def _played(self, scene: Scene) -> None:
        if scene.lacks:
            raise BrokeOff(Failed("answers", 0, "no example", scene.lacks))
        items = {name: self._pack.all(ITEM)[name].value for name in scene.items}
        for material in materials_of(items):
            await self._brings(material, scene.purpose)
        received = await self._door.send(APPLIES, "/api/applications", scene.command, Received, who=self._applicant)
        self._steps.append(APPLIES)
        if received.missing:
            lost = " ".join(one.material for one in received.missing)
            raise BrokeOff(Failed(APPLIES, 0, "brought, and not found", lost))
        left = dict(items)
        while left:
            ready = [one for one in await self._cases(received.affair) if one.item in left and one.state != _HELD]
            if not ready:
                raise BrokeOff(Failed("held", 0, "what it waits for was granted", " ".join(left)))
            for one in ready:
                await self._decided(received.affair, one, left.pop(one.item))
        await self._ended(received.affair, items)

    async def _brings(self, material: str, purpose: str) -> None:
        accepted = self._pack.all(MATERIAL)[material].value.accept
        content = _BEGINS[accepted[0]] + uuid4().hex.encode()
        sent = {"material": material, "content": content, "purpose": purpose}
        await self._door.send(material, "/api/materials", sent, Put, who=self._applicant)
        self._steps.append(material)

    async def _cases(self, affair: UUID) -> Sequence[CaseState]:
        return (await self._door.get(APPLIES, f"/api/affairs/{affair}", AffairState, who=self._applicant)).cases

    async def _decided(self, affair: UUID, case: CaseState, item: Item) -> None:
        """One case from its first step to a success, and what it promises."""
        process = self._pack.all(PROCESS)[item.process].value
        way = shortest(process)
        if way is None:
            raise BrokeOff(Failed(case.item, 0, "no way leads to a success", item.process))
        letters: frozenset[bytes] = frozenset()
        for name in way:
            if name == way[-1]:
                letters = await self._letters(affair, item)
                if item.fee is not None:
                    await self._pays(affair, case.case)
            await self._moves(affair, case, name, process, item)
        await self._promised(affair, case.item, item, letters)

    async def _moves(self, affair: UUID, case: CaseState, name: str, process: Process, item: Item) -> None:
        step_id, _, outcome_id = name.partition("/")
        step = process.steps[step_id]
        outcome = step.outcomes[outcome_id]
        duty = step.duty_of(outcome)
        if duty == APPLICANT:
            sent: dict[str, object] = {"case": case.case}
            await self._door.send(name, f"/api/affairs/{affair}/bring", sent, Moved, who=self._applicant)
        else:
            sent = _move(step_id, outcome_id, outcome, item)
            for officer in self._cast.officers[duty][: step.officers]:
                await self._door.send(name, f"/api/cases/{case.case}/moves", sent, Moved, who=officer)
        self._steps.append(f"{case.item}: {name}")

    async def _pays(self, affair: UUID, case: UUID) -> None:
        """The fees of a case, online where the city has a port, else over a counter."""
        path = f"/api/affairs/{affair}/payments"
        told = await self._door.get("pay", path, Fees, who=self._applicant)
        for fee in told.payments:
            if fee.case == case and fee.state is State.DUE:
                await self._pays_one(fee)
                self._steps.append(f"{fee.item}: pay")

    async def _pays_one(self, fee: Fee) -> None:
        at = f"/api/payments/{fee.payment}"
        if not self._cast.port:
            cashier, path = self._cast.officers[TAKE_CASH][0], f"/api/desk/payments/{fee.payment}/cash"
            await self._door.send("pay", path, {}, Changed, who=cashier)
            return
        sent = await self._door.send("pay", f"{at}/pay", {}, SentTo, who=self._applicant)
        await self._door.press("pay", urlsplit(sent.address).path)
        paid = await self._door.send("pay", f"{at}/check", {}, Fee, who=self._applicant)
        if paid.state is not State.PAID:
            raise BrokeOff(Failed("pay", 0, "paid, and still due", fee.item))

    async def _letters(self, affair: UUID, item: Item) -> frozenset[bytes]:
        """The letters about an application, where a letter is all that there is of the result."""
        if item.result.kind is not ResultKind.DOCUMENT:
            return frozenset()
        # Letters have no operation for programs: their person reads them.
        return frozenset(
            _LETTER.findall(await self._door.page("letters", f"/letters?affair={affair}", who=self._applicant))
        )

    async def _promised(self, affair: UUID, name: str, item: Item, before: frozenset[bytes]) -> None:
        """Look for what an item promises: its licence, which holds, or the letter that is its document."""
        match item.result.kind:
            case ResultKind.LICENCE:
                self._steps.append(f"{name}: {await self._new_licence(name, item.result.licence)}")
            case ResultKind.DOCUMENT:
                if not await self._letters(affair, item) - before:
                    raise BrokeOff(Failed(name, 0, "granted, and no letter says so"))
                self._steps.append(f"{name}: letter")
            case ResultKind.NONE:
                pass

    async def _new_licence(self, name: str, kind: str | None) -> str:
        """The identifier of the licence that came, or of its next edition, after somebody checked it."""
        wallet = await self._door.get("wallet", "/api/wallet", WalletList, who=self._applicant)
        mine = [one for one in wallet.licences if one.type == kind]
        fresh = [one for one in mine if one.identifier not in self._held]
        declared = self._pack.all(LICENCE_TYPE).get(kind or "")
        if declared is not None and name in declared.value.changed_by:
            # A licence that says all of it already gets no other edition: somebody may have asked for the same before.
            fresh += [one for one in mine if one.verdict in _RELIED_ON]
        self._held |= {one.identifier for one in wallet.licences}
        if not fresh:
            raise BrokeOff(Failed(name, 0, "granted, and the wallet has no licence of the type", kind or ""))
        identifier = fresh[0].identifier
        checked = await self._door.get("verify", f"/api/verify/{identifier}", Checked, who=self._checker())
        if checked.verdict not in _RELIED_ON:
            raise BrokeOff(Failed("verify", 0, f"licences.{checked.verdict}", checked.sentence))
        return identifier

    def _checker(self) -> Somebody:
        """Whoever checks a licence next: in turn, since each may do so once a second."""
        everybody = [one for officers in self._cast.officers.values() for one in officers]
        self._checks += 1
        return everybody[self._checks % len(everybody)]

    async def _ended(self, affair: UUID, items: Mapping[str, Item]) -> None:
        """Whether the person is told of each case that it came to a success."""
        processes = self._pack.all(PROCESS)
        for one in await self._cases(affair):
            if one.state not in processes[items[one.item].process].value.succeeds:
                raise BrokeOff(Failed(one.item, 0, "decided, and no success", one.state))


def _move(step: str, name: str, outcome: Outcome, item: Item) -> dict[str, object]:
    """What an officer sends to end a step: with the texts, days and names that the pack asks them for."""
    return {
        "step": step,
        "outcome": name,
        "words": dict.fromkeys(outcome.write, _WORDS),
        "days": 1 if outcome.asks_days else None,
        "lacking": item.lackable[:1] if outcome.lists else (),
        "to": dict.fromkeys(outcome.sends, item.agency),
    }
