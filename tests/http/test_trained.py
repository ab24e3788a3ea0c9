"""A city guesses with what it learnt from messages of its own, and says at its start when it cannot use that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.http.towns import Town

from onecity.bootstrap.city import city_of
from onecity.bootstrap.serve import notes_of
from onecity.governance.routing import Example, Model, kept, learned_from
from onecity.governance.usecases.looking import understood

WORDS = "哐当哐当响个不停"


@pytest.fixture
def file(town: Town) -> Iterator[Path]:
    """Where the town looks for a trained model, empty again afterwards."""
    at = town.city.memory.trained
    at.parent.mkdir(exist_ok=True)
    yield at
    at.unlink()


def taught(label: str, other: str) -> bytes:
    rows = [(label, f"{WORDS}{place}") for place in "东西南北"] + [(other, f"灯灭了{place}") for place in "东西南北"]
    found = learned_from([Example(line, title, label=name) for line, (name, title) in enumerate(rows, 2)])
    assert isinstance(found, Model)
    return kept(found)


async def test_the_city_guesses_with_the_model_that_was_trained(town: Town, file: Path) -> None:
    file.write_bytes(taught("0110", "z:road_collapse"))
    city = await city_of(town.city.memory, town.city.pack)
    assert city.centre is not None and notes_of(city) == ()
    found = await understood(WORDS, street=city.centre.street)
    assert found is not None and {one.label for one in found.ranked} == {"0110", "z:road_collapse"}
    assert found.label == "0110"


async def test_labels_that_are_no_matters_are_said_at_the_start_and_the_pack_guesses(town: Town, file: Path) -> None:
    file.write_bytes(taught("0110", "城管局"))
    city = await city_of(town.city.memory, town.city.pack)
    assert city.centre is not None
    [note] = notes_of(city)
    assert "城管局" in note and "不用它" in note and "does not use it" in note and "\n" not in note
    found = await understood("路面塌了一个大洞", street=city.centre.street)
    assert found is not None and len(found.ranked) > 2
    file.write_bytes(b"PK")
    [note] = notes_of(await city_of(town.city.memory, town.city.pack))
    assert "this version" in note
