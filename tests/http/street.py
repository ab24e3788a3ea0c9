"""A problem on the street as programs move it: who is who, and the plain way from a report to its end."""

import base64
import io
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
from PIL import Image
from tests.http.towns import Caller, Town

from onecity.casework import draw
from onecity.governance.parts import PartEntry, Standing
from onecity.governance.usecases.parts import take_batch
from onecity.kernel.acting import Held, Scope, the_city

PLACE = {"longitude": 113.6651, "latitude": 34.7466}
"""A point in the middle of the city."""
MATTER = "z:road_collapse"
"""A matter of the city's own, which holds in every year."""
CENTRE, MENDERS, CITY = "city_operations", "urban_management", "410100"

_PARTS: dict[int, int] = {}
_VERIFIERS: dict[tuple[int, UUID], Caller] = {}
"""A lot may fall on anybody on duty, also on those of another test; towns founded at one instant share ids of people."""


class Crew(msgspec.Struct, frozen=True):
    """Those who deal with one case: the centre, the unit that mends, and two who may be drawn from elsewhere."""

    operator: Caller
    dispatcher: Caller
    chief: Caller
    mender: Caller
    mate: Caller
    verifiers: tuple[Caller, ...]


async def knows(town: Town, *verifiers: Caller) -> None:
    """Some on whom lots may fall."""
    _VERIFIERS.update({(id(town), await town.person(who)): who for who in verifiers})


async def crew(town: Town) -> Crew:
    async def one(duty: str, agency: str) -> Caller:
        return await town.sign_in(await town.new_officer(Held(f"governance.{duty}", Scope(agency, CITY))))

    mate = await town.new_officer(
        Held("governance.handle", Scope(MENDERS, CITY)), Held("governance.verify", Scope(MENDERS, CITY))
    )
    verifiers = (await one("verify", CENTRE), await one("verify", "general_office"))
    await knows(town, *verifiers)
    return Crew(
        await one("accept", CENTRE), await one("dispatch", CENTRE), await one("chief", CENTRE),
        await one("handle", MENDERS), await town.sign_in(mate),
        verifiers,
    )  # fmt: skip


_SHADES = count()


def photo() -> str:
    """A photograph that looks like no other, with words of its device in it, in base64."""
    written = io.BytesIO()
    shade = next(_SHADES)
    picture = Image.new("RGB", (40, 30), (shade % 16 * 16, shade // 16 % 16 * 16, shade // 256 % 16 * 16))
    exif = Image.Exif()
    exif[0x010F] = "SECRET-DEVICE"
    picture.save(written, "JPEG", exif=exif)
    return base64.b64encode(written.getvalue()).decode()


async def report(town: Town, by: Caller | None = None, **more: Any) -> dict[str, Any]:
    """Somebody reports a hole in the road."""
    sent = {"words": "路面塌了一个洞", "matter": MATTER, "point": PLACE} | more
    answer = await (by or town.caller()).send("/api/reports", sent, key=uuid4())
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def case_of(town: Town, told: dict[str, Any]) -> UUID:
    rows = await town.rows("select case_id from reports where report = $1", UUID(told["report"]))
    found: UUID = rows[0]["case_id"]
    return found


async def waiting(who: Caller) -> list[dict[str, Any]]:
    """All that waits for an officer, from the first page of the interface to the last."""
    found: list[dict[str, Any]] = []
    for page in count(1):
        told = (await who.get(f"/api/street?page={page}")).json()
        found += told["work"]
        if not told["goes_on"]:
            break
    return found


async def move(who: Caller, case: UUID, step: str, outcome: str, **more: Any) -> httpx.Response:
    photos = more.pop("photos", [])
    sent = {"move": {"step": step, "outcome": outcome, **more}, "photos": photos}
    return await who.send(f"/api/street/{case}/moves", sent, key=uuid4())


async def moved(who: Caller, case: UUID, step: str, outcome: str, **more: Any) -> None:
    answer = await move(who, case, step, outcome, **more)
    assert answer.status_code == 200, answer.text


async def registered(town: Town, kind: str, number: int = 1, *, agency: str = "") -> str:
    """So many parts of a kind enter the register, eleven metres apart from the place on to the north; the first one."""
    centre = town.city.centre
    assert centre is not None
    cell = centre.street.ground.cells.at(PLACE["longitude"], PLACE["latitude"])
    assert cell is not None
    _PARTS[id(town)] = first = _PARTS.get(id(town), 0) + number
    entries = [
        PartEntry(
            f"{cell.code[:6]}{kind}{first + order:06}", PLACE["longitude"], round(PLACE["latitude"] + order / 10_000, 6),
            cell.code, cell.street, agency or centre.street.filing.owners[kind], None, Standing.IN_ORDER, "模拟部件库",
            simulated=True,
        )
        for order in range(number)
    ]  # fmt: skip
    await take_batch(entries, uuid4(), town.city.memory.ledger, by=the_city(), now=town.clock())
    return entries[0].number


def condition_of(town: Town) -> str:
    """A condition of the matter that asks for a photograph from afterwards."""
    centre = town.city.centre
    assert centre is not None
    return next(one.id for one in centre.street.filing.of(MATTER, town.clock().date()) if "after" in one.evidence)


async def filed(
    told: dict[str, Any], town: Town, team: Crew, condition: str = "", part: str = "", *, by_hand: bool = True
) -> UUID:
    """File a report; a dispatcher sends it then, unless it goes by rule."""
    case, named = await case_of(town, told), condition or condition_of(town)
    answer = await team.operator.send(
        f"/api/street/{case}/file", {"condition": named, "part": part, "by_hand": by_hand}, key=uuid4()
    )
    assert answer.status_code == 200, answer.text
    return case


async def sent(told: dict[str, Any], town: Town, team: Crew) -> UUID:
    case = await filed(told, town, team)
    await moved(team.dispatcher, case, "dispatch", "send", to={"handle": MENDERS})
    return case


async def mended(case: UUID, team: Crew) -> None:
    kept = await team.mender.send(f"/api/street/{case}/photos", {"content": photo()})
    assert kept.status_code == 200, kept.text
    words = {"done": "换了新井盖"}
    await moved(team.mender, case, "handle", "done", words=words, photos=[kept.json()["photo"]])


async def drawn(case: UUID, town: Town) -> Caller:
    """Whoever the lot fell on, once what opened it is sealed."""
    await town.seal()
    await draw(town.clock(), office=town.city.counter.office)
    rows = await town.rows("select holder from work_items where case_id = $1 and step = 'verify'", case)
    chosen = (id(town), rows[0]["holder"])
    if chosen not in _VERIFIERS:
        # Somebody of the foundation, or of a test that told nobody of them.
        _VERIFIERS[chosen] = await town.let_in(rows[0]["holder"])
    who = _VERIFIERS[chosen]
    await town.stay(who)
    return who


async def verified(case: UUID, town: Town) -> None:
    await moved(await drawn(case, town), case, "verify", "good")


async def closed(case: UUID, town: Town, team: Crew) -> None:
    await mended(case, team)
    await verified(case, town)
    await moved(team.operator, case, "close", "close", words={"answer": "盖好了，别的人去看过。"})
