"""One restaurant, opened by every door: four histories that say the same."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID, uuid4

import msgspec
import pytest
from tests.http.doors import CommandLine, Counter, Door, Machine, Phone, at_the_clock_of
from tests.http.hands import AtTerminal, ByProgram, Hands, OnPages
from tests.http.histories import Told, differences, doors_of, what_happened
from tests.http.restaurant import (
    ALONG_THE_WAY,
    ANSWERS,
    DEPARTMENTS,
    FILES,
    LICENCES,
    NO_TRAP,
    OFFICERS,
    Brings,
    Decides,
    Deed,
    Passes,
    Rates,
    Sees,
    TriesAgain,
)
from tests.http.towns import Caller, Town, open_town

from onecity.kernel.acting import Channel
from onecity.machinery.postgres import Cluster

Comes: TypeAlias = Callable[[Town, Path], Awaitable[Door]]


async def by_phone(town: Town, _folder: Path) -> Door:
    return Phone(town.citizen)


async def by_machine(town: Town, _folder: Path) -> Door:
    return Machine(town.citizen)


async def by_command(town: Town, folder: Path) -> Door:
    return CommandLine(town, town.accounts.accounts[0], folder)


async def by_window(town: Town, _folder: Path) -> Door:
    return Counter(town.window, town.citizen, town.accounts.accounts[0])


DOORS: Final[Mapping[str, Comes]] = {
    "phone": by_phone, "window": by_window, "api": by_machine, "cli": by_command,
}  # fmt: skip


class Journey(msgspec.Struct, frozen=True):
    """A restaurant that was opened: what the city remembers, by which doors its founder came, what they can show."""

    told: list[Told]
    doors: set[tuple[Channel, bool]]
    hands: set[Channel]
    expected: Channel
    verdicts: list[str]


class Opening:
    """The journey on its way."""

    def __init__(self, town: Town, door: Door, hands: Hands, officers: Mapping[str, Caller]) -> None:
        self._town = town
        self._door = door
        self._hands = hands
        self._officers = officers
        self._affair = UUID(int=0)

    async def apply(self) -> None:
        self._affair = await self._door.apply(ANSWERS, FILES)

    async def do(self, deed: Deed) -> None:
        """One deed of the founder or of an officer; each must succeed."""
        door, affair = self._door, self._affair
        match deed:
            case Decides():
                await self._hands.decide(await self._case(deed.item), deed)
            case Brings(item=item, files=files):
                await door.bring(affair, await self._case(item), files)
            case TriesAgain(item=item, answers=answers):
                await door.again(affair, await self._case(item), item, answers)
            case Rates(item=item, level=level, words=words):
                await door.rate(affair, await self._case(item), level, words)
            case Passes(span=span):
                self._town.clock.at += span
                await self._town.stay(self._town.citizen, self._town.window, *self._officers.values())
            case Sees(states=states):
                assert await door.states(affair) == states

    async def _case(self, item: str) -> UUID:
        """The newest case of an item."""
        query = "select id from cases where affair = $1 and matter = $2 order by id desc limit 1"
        [row] = await self._town.rows(query, self._affair, item)
        found: UUID = row["id"]
        return found


def hands_of(name: str, town: Town, officers: Mapping[str, Caller], folder: Path) -> Hands:
    """How officers decide where the founder comes by a door: the desk serves the phone and the window."""
    match name:
        case "api":
            return ByProgram(officers)
        case "cli":
            return AtTerminal(town, folder)
        case _:
            return OnPages(officers)


async def opened(town: Town, name: str, folder: Path) -> Journey:
    """A restaurant opened by a door, from the application to the verified licences."""
    door = await DOORS[name](town, folder)
    officers = {login: await town.sign_in(town.account(login)) for login in OFFICERS}
    hands = hands_of(name, town, officers, folder)
    opening = Opening(town, door, hands, officers)
    await opening.apply()
    for deed in ALONG_THE_WAY:
        await opening.do(deed)
    await town.publish()
    people = {await town.person(caller): login for login, caller in officers.items()}
    founder = await town.person(town.citizen)
    used = [await doors_of(town, officer) for officer in people]
    return Journey(
        await what_happened(town, people | {founder: "founder"}),
        await doors_of(town, founder),
        {channel for doors in used for channel, _ in doors},
        hands.channel,
        [await door.verdict(identifier) for identifier in await door.licences()],
    )


@pytest.fixture(scope="module")
async def journeys(cluster: Cluster, open_folder: Path) -> Mapping[str, Journey]:
    """The same restaurant in a fresh city for each door."""
    found: dict[str, Journey] = {}
    for name in DOORS:
        folder = open_folder / uuid4().hex
        async with open_town(cluster, folder, f"town_{uuid4().hex}") as town:
            with pytest.MonkeyPatch.context() as patch:
                at_the_clock_of(town, patch)
                found[name] = await opened(town, name, folder)
    return found


@pytest.mark.parametrize("name", DOORS)
async def test_a_founder_opens_a_restaurant_by_this_door_and_everybody_can_check_it(
    journeys: Mapping[str, Journey], name: str
) -> None:
    journey = journeys[name]
    assert journey.doors == {(Channel(name), name != "window")}
    assert journey.hands == {journey.expected}, "officers decided by the same door"
    assert journey.verdicts == ["valid"] * LICENCES


@pytest.mark.parametrize("name", [name for name in DOORS if name != "phone"])
async def test_the_history_is_that_of_the_phone(journeys: Mapping[str, Journey], name: str) -> None:
    assert differences(journeys["phone"].told, journeys[name].told) == []


async def test_four_departments_and_those_who_visit_took_part(journeys: Mapping[str, Journey]) -> None:
    told = journeys["phone"].told
    agencies = {fact.says["agency"] for fact in told if fact.kind.startswith("casework.opened/")}
    assert len(agencies) == DEPARTMENTS
    assert {fact.whose for fact in told} == {"founder", *OFFICERS}
    assert {"casework.clock_stopped", "services.supplemented", "services.applied_again"} <= kinds(told)
    [no] = [fact.says["words"] for fact in told if fact.says.get("kind") == "services.refused"]
    assert no == NO_TRAP


def kinds(told: Sequence[Told]) -> set[str]:
    return {fact.kind.partition("/")[0] for fact in told}


async def test_a_fact_that_one_door_leaves_out_is_found_whichever_it_is(journeys: Mapping[str, Journey]) -> None:
    told = journeys["phone"].told
    for number, fact in enumerate(told):
        without = [*told[:number], *told[number + 1 :]]
        assert any(fact.kind in said for said in differences(told, without))
        assert any(fact.kind in said for said in differences(without, told))


async def test_another_order_another_word_and_another_person_are_found(journeys: Mapping[str, Journey]) -> None:
    told = journeys["phone"].told
    for number, (one, next_one) in enumerate(pairwise(told)):
        turned = [*told[:number], next_one, one, *told[number + 2 :]]
        assert differences(told, turned)
    for number, fact in enumerate(told):
        for other in (
            msgspec.structs.replace(fact, says={**fact.says, "level": 1}),
            msgspec.structs.replace(fact, whose="a stranger"),
            msgspec.structs.replace(fact, kind="casework.overrun/1"),
        ):
            assert len(differences(told, [*told[:number], other, *told[number + 1 :]])) == 1


async def test_what_doors_may_differ_in_is_left_out_and_nothing_else(journeys: Mapping[str, Journey]) -> None:
    said = msgspec.json.encode(journeys["cli"].told).decode()
    assert "a stranger" not in said
    assert not [channel for channel in Channel if f'"{channel}"' in said]
    answers = next(fact.says["answers"] for fact in journeys["cli"].told if fact.kind.startswith("services.applied/"))
    assert answers == ANSWERS
