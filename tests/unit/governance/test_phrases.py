"""The shipped phrases name matters of today, and what they teach is good enough to be suggested."""

from collections import Counter
from datetime import date

import pytest
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.governance import MATTER, PHRASE, default_model
from onecity.governance.routing import Model, NotRouted, Threshold, Unsure, decided, settled
from onecity.kernel.refusal import Refused
from onecity.packs import Pack, load_pack

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return shipped()


@pytest.fixture(scope="module")
def model(pack: Pack) -> Model:
    found = default_model(pack)
    assert isinstance(found, Model)
    return found


def test_every_usual_matter_has_phrases_and_is_in_force(pack: Pack) -> None:
    times = Counter(row.matter for row in pack.one(PHRASE).rows)
    holding = {row.code for row in pack.one(MATTER).rows if row.holds(TODAY)}
    assert times.keys() <= holding
    assert (len(times) >= 60, times.total() >= 400, min(times.values()) >= 4) == (True, True, True)


def test_it_is_learnt_once(pack: Pack, model: Model) -> None:
    assert default_model(pack) is model


@pytest.mark.parametrize(
    ("said", "matter"),
    [
        ("我们小区外面的路灯三天没亮了", "01037"),
        ("下暴雨路口积水过不去", "z:road_flooded"),
        ("共享单车把门口堵死了", "09011"),
        ("路上死了一只猫", "06037"),
        ("there is a big pothole in our street", "06013"),
        ("盲道的砖都碎了", "06051"),
        ("工地的土没盖，灰太大", "08004"),
        ("电线垂下来挂到车了", "10002"),
    ],
)
def test_what_a_citizen_would_say_is_understood(model: Model, said: str, matter: str) -> None:
    assert decided(model, said).label == matter


def test_two_of_three_are_told_rightly_by_the_others(model: Model) -> None:
    assert model.right > 0.6


@pytest.mark.parametrize("said", ["", "你好", "qwerty", "我想问问社保怎么交"])
def test_what_is_no_matter_of_the_street_is_left_to_a_person(model: Model, said: str) -> None:
    assert isinstance(settled(decided(model, said), Threshold(0.8)), Unsure)


def test_a_pack_without_phrases_teaches_nothing(pack: Pack) -> None:
    silent, _ = load_pack(shipped_pack(), [kind for kind in KINDS if kind is not PHRASE])
    assert default_model(silent) == Refused(NotRouted.NO_PHRASES)
