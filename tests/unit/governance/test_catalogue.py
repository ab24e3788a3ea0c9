"""Each standard of the catalogue holds in its time, and every former matter leads to what it has become."""

from datetime import date
from typing import Final

import pytest
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.governance import CATALOGUE, Catalogue, catalogue_of
from onecity.packs import Text, load_pack

BEFORE, SINCE = date(2026, 6, 30), date(2026, 7, 1)
ENDED: Final = {"0199", "0509"}
"""Matters that nothing has taken the place of: everything else, and drivers without a licence for taxis."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    pack = shipped()
    found = catalogue_of(pack)
    assert found is not None
    return found


def test_each_standard_holds_until_the_next_begins(catalogue: Catalogue) -> None:
    before, after = ([one for one in catalogue.holding(day) if not one.own] for day in (BEFORE, SINCE))
    assert {len(one.code) for one in before} == {4}
    assert {len(one.code) for one in after} == {5}
    assert (len(before), len(after), len(catalogue.parts)) == (50, 250, 153)


def test_the_city_s_own_matters_hold_in_every_standard(catalogue: Catalogue) -> None:
    for day in (BEFORE, SINCE):
        assert "z:road_collapse" in {one.code for one in catalogue.holding(day)}


def test_every_former_matter_leads_to_one_of_today_or_is_known_to_have_ended(catalogue: Catalogue) -> None:
    today = {one.code for one in catalogue.holding(SINCE)}
    for matter in catalogue.holding(BEFORE):
        later = catalogue.becomes(matter.code)
        assert set(later) <= today
        assert (later == ()) is (matter.code in ENDED), matter
    assert catalogue.becomes("0401") == ("z:road_collapse",)
    assert catalogue.becomes("0202") == ("07003", "07006")
    assert catalogue.becomes("06010") == ("06010",)


def test_each_kind_of_thing_has_the_matter_that_it_is_not_as_it_should_be(catalogue: Catalogue) -> None:
    with_part = {matter.part: matter for matter in catalogue.matters.values() if matter.part}
    assert with_part.keys() == catalogue.parts.keys()
    for code, matter in with_part.items():
        assert matter.name.replace("异常", "") == catalogue.parts[code].name


def test_a_thing_and_a_matter_are_called_by_a_name_in_each_language(catalogue: Catalogue) -> None:
    assert catalogue.parts["01037"].called == Text("路灯", "Street lamp")
    assert catalogue.matters["01037"].called == Text("路灯异常", "Problem with a street lamp")
    assert catalogue.matters["z:gas_pipe_burst"].called == Text("燃气管破裂", "Burst gas pipe")


def test_a_class_is_named_in_the_words_of_its_standard(catalogue: Catalogue) -> None:
    named = {code: catalogue.group(catalogue.matters[code]) for code in ("0401", "09005", "z:road_flooded")}
    assert [name and name.zh for name in named.values()] == ["突发事件", "街面秩序", None]
    assert catalogue.matter("99999") is None


def test_a_pack_without_a_street_has_no_catalogue() -> None:
    pack, _ = load_pack(shipped_pack(), [kind for kind in KINDS if kind is not CATALOGUE])
    assert catalogue_of(pack) is None
