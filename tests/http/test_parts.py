"""The register of parts in a city: taken over from a file, named by whoever files a case, and with its history."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Final
from uuid import UUID, uuid4

import msgspec
from tests.http.street import PLACE, case_of, crew, registered, report
from tests.http.towns import Caller, Town

from onecity.bootstrap.founding_parts import found_parts
from onecity.governance.parts import PartRow, RowFault, Standing, Withdrawal, read_parts
from onecity.governance.recurrence import returns
from onecity.governance.store import problems
from onecity.governance.usecases import Street
from onecity.governance.usecases.appraising import ended
from onecity.governance.usecases.parts import Taken, checks_of, near, part_of, searched, take_over, withdraw
from onecity.kernel.acting import the_city
from onecity.kernel.refusal import Refused

CATALOGUE_HOLDS: Final = timedelta(days=2_300)
"""From the morning of the tests to the winter after the catalogue of 2026 came into force."""
COVER: Final = "01002"
HEAD: Final = "number,longitude,latitude,agency,owner,state\n"
POINT: Final = (PLACE["longitude"], PLACE["latitude"])


def street(town: Town) -> Street:
    assert town.city.centre is not None
    return town.city.centre.street


def county(town: Town) -> str:
    cell = street(town).ground.cells.at(*POINT)
    assert cell is not None
    return str(cell.code[:6])


async def take(town: Town, *rows: str) -> Taken | tuple[RowFault, ...]:
    content = (HEAD + "".join(f"{row}\n" for row in rows)).encode()
    checks = checks_of(street(town), source="试验", simulated=True)
    return await take_over(
        lambda: read_parts(BytesIO(content), checks), ledger=town.city.memory.ledger, key=uuid4(), by=the_city(),
        now=town.clock(),
    )  # fmt: skip


def lamp(town: Town, order: int, *, north: float = 0.0, rest: str = ",,", kind: str = "01037") -> str:
    return f"{county(town)}{kind}{order:06},{POINT[0]},{POINT[1] + north:.6f},{rest}"


async def test_an_import_enters_changes_and_repeats_and_writes_nothing_of_a_file_with_a_fault(town: Town) -> None:
    one, other = lamp(town, 100), lamp(town, 101)
    assert await take(town, one, other) == Taken(new=2)
    [facts] = await town.rows("select count(*) from ledger.facts")
    assert await take(town, one, other) == Taken(same=2)
    assert await town.rows("select count(*) from ledger.facts") == [facts]
    faults = await take(town, lamp(town, 102), lamp(town, 101, rest="nobody,,"))
    assert isinstance(faults, tuple)
    assert [(fault.line, fault.what) for fault in faults] == [(3, "There is no agency `nobody`.")]
    assert await part_of(lamp(town, 102)[:17], ledger=town.city.memory.ledger) is None
    assert await take(town, one, lamp(town, 101, rest=",,missing")) == Taken(changed=1, same=1)
    found = await part_of(other[:17], ledger=town.city.memory.ledger)
    assert found is not None
    assert (found.state, found.version) == (Standing.MISSING, 2)


async def withdrawn(town: Town, number: str) -> PartRow | Refused:
    return await withdraw(
        number, Withdrawal.TWICE, ledger=town.city.memory.ledger, key=uuid4(), by=the_city(), now=town.clock()
    )


async def test_what_was_withdrawn_is_not_found_and_its_number_is_not_given_again(town: Town) -> None:
    row, ledger = lamp(town, 110), town.city.memory.ledger
    await take(town, row)
    done = await withdrawn(town, row[:17])
    assert not isinstance(done, Refused)
    assert await searched(ledger=ledger, number=row[:17], limit=5) == []
    again = await withdrawn(town, row[:17])
    assert isinstance(again, Refused)
    faults = await take(town, lamp(town, 111), row)
    assert isinstance(faults, tuple)
    assert [fault.line for fault in faults] == [3]
    assert await part_of(lamp(town, 111)[:17], ledger=ledger) is None


async def test_a_box_and_a_reach_find_what_a_scan_of_all_parts_finds(town: Town) -> None:
    ledger = town.city.memory.ledger
    # Parts stand 11 metres apart to the north.
    await take(town, *(lamp(town, 200 + number, north=number * 0.0001) for number in range(8)))
    every = await searched(ledger=ledger, kind="01037", limit=10_000)
    top = POINT[1] + 0.0003
    box = (POINT[0], POINT[1], POINT[0], round(top, 6))
    inside = await searched(ledger=ledger, kind="01037", box=box, limit=10_000)
    assert [one.number for one in inside] == [
        one.number for one in every if one.longitude == POINT[0] and box[1] <= one.latitude <= box[3]
    ]
    reached = await near(POINT, ["01037"], within_m=30, ledger=ledger)
    # More parts of other tests may stand there; the farthest of ours within reach is the third: 22 metres.
    ours = {f"{county(town)}01037{200 + number:06}" for number in range(8)}
    assert [one.part.number[-1] for one in reached if one.part.number in ours] == ["0", "1", "2"]
    assert [one.metres for one in reached] == sorted(one.metres for one in reached)
    assert len(await searched(ledger=ledger, kind="01037", limit=3)) == 3


async def told_of(town: Town) -> UUID:
    """A report about a sewer cover; its case."""
    return await case_of(town, await report(town, matter=COVER, words="井盖没了"))


async def file(who: Caller, case: UUID, part: str) -> tuple[int, str]:
    sent = {"condition": "sewer_cover_missing", "part": part}
    answer = await who.send(f"/api/street/{case}/file", sent, key=uuid4())
    return answer.status_code, answer.text


async def test_the_nearest_part_is_proposed_and_named_and_decides_whose_the_case_is(town: Town) -> None:
    with town.clock.later(CATALOGUE_HOLDS):
        team = await crew(town)
        part = await registered(town, COVER, 2, agency="gas_company")
        assert street(town).filing.owners[COVER] != "gas_company"
        case = await told_of(town)
        page = await team.operator.get(f"/street/{case}/intake/file")
        offered = re.findall(r'<option value="([0-9]{17})"( selected)?>', page.text)
        assert part in dict(offered)
        assert [chosen for _, chosen in offered] == [" selected", *[""] * (len(offered) - 1)]
        told = (await team.operator.get(f"/api/street/{case}")).json()
        assert {"number": part, "metres": 0} in told["near"]
        assert (await file(team.operator, case, part))[0] == 200
        told = (await team.operator.get(f"/api/street/{case}")).json()
        assert (told["part"], told["lead"], told["near"]) == (part, "gas_company", [])
        assert f'href="/street/parts/{part}"' in (await team.dispatcher.get(f"/street/{case}")).text
        shown = await team.operator.get(f"/street/parts/{part}")
        assert f'href="/street/{case}"' in shown.text
        assert "燃气" in shown.text


async def test_a_part_that_cannot_be_the_one_is_refused_and_nothing_is_filed(town: Town) -> None:
    with town.clock.later(CATALOGUE_HOLDS):
        team = await crew(town)
        far = f"{int(await registered(town, COVER, 6)) + 5:017}"
        lamp_number, case = await registered(town, "01037"), await told_of(town)
        for part, why in (
            ("41010501002999999", "governance.no_such_part"),
            ("x", "governance.no_such_part"),
            (lamp_number, "governance.other_kind"),
            (far, "governance.part_too_far"),
        ):
            status, text = await file(team.operator, case, part)
            assert (status >= 400, why in text) == (True, True), (part, text)
        form = {"condition": "sewer_cover_missing", "part": lamp_number, "key": str(uuid4())}
        page = await team.operator.post(f"/street/{case}/intake/file", form)
        assert page.status_code == 422
        assert (await file(team.operator, case, ""))[0] == 200


async def test_the_same_part_again_is_a_return_and_its_neighbour_is_none(town: Town) -> None:
    with town.clock.later(CATALOGUE_HOLDS):
        team = await crew(town)
        part = await registered(town, COVER, 2)
        beside = f"{int(part) + 1:017}"
        cases = [await told_of(town) for _ in range(3)]
        for case, number in zip(cases, (part, beside, part), strict=True):
            assert (await file(team.operator, case, number))[0] == 200
        async with town.city.memory.ledger.readers.acquire() as connection:
            rows = await problems(connection, cases)
        first, other, again = (ended(rows[case], street(town)) for case in cases)
        assert [one.part for one in (first, other, again)] == [part, beside, part]
        closed = msgspec.structs.replace(first, closed=first.opened)
        rules, zone = street(town).rules.again, street(town).office.zone
        assert [one.later for one in returns([closed, other, again], again=rules, zone=zone)] == [again.id]


async def test_a_search_finds_by_number_kind_and_box_and_says_what_is_wrong(town: Town) -> None:
    team, number = await crew(town), await registered(town, "05009", 2)
    west, south = POINT
    for question in (f"q={number}", "kind=05009", f"kind=05009&box={west},{south},{west + 0.1},{south + 0.1}"):
        page = await team.operator.get(f"/street/parts?{question}")
        assert f'href="/street/parts/{number}"' in page.text, question
    elsewhere = await team.operator.get(f"/street/parts?kind=05009&box={west + 0.1},{south},{west + 0.2},{south + 0.1}")
    assert number not in elsewhere.text
    for wrong in ("q=123", "box=1,2,3", "box=1,2,9,9", "box=nan,nan,nan,nan", "box=3,2,1,0", "box=a,b,c,d"):
        assert (await team.operator.get(f"/street/parts?{wrong}")).status_code == 422, wrong
    for nothing in ("41010501002999999", "x", "0" * 17):
        assert (await team.operator.get(f"/street/parts/{nothing}")).status_code == 404


async def test_the_simulated_register_is_entered_once_and_what_changed_since_stays(alone: Town) -> None:
    ledger = alone.city.memory.ledger
    entered = await found_parts(alone.city, at=alone.clock())
    assert 2_000 < entered < 5_000
    [one] = await searched(ledger=ledger, limit=1)
    assert (one.simulated, "模拟" in one.source) == (True, True)
    await withdraw(one.number, Withdrawal.TWICE, ledger=ledger, key=uuid4(), by=the_city(), now=alone.clock())
    assert await found_parts(alone.city, at=alone.clock()) == 0
    [count] = await alone.rows("select count(*) from parts where withdrawn is null")
    assert count["count"] == entered - 1
