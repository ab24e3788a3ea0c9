"""What the shipped pack says of its street: conditions, owners, dangers, answers, and names in two languages."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS, sayings_of, shipped_pack
from onecity.governance import (
    CATALOGUE,
    MATTER,
    PART,
    PHRASE,
    STREET_RULES,
    Catalogue,
    Condition,
    Filing,
    StreetRules,
    catalogue_of,
    filing_of,
)
from onecity.kernel.clock import Limit, Run, Unit, due, due_after_hours
from onecity.packs import Declared, Pack, Text
from onecity.people import AGENCY
from onecity.places import calendar_of, hours_of
from onecity.places.grid import Zone

SINCE: Final = date(2026, 7, 1)
"""The first day of the standard of 2026."""

README: Final = (shipped_pack() / "governance" / "README.md").read_text("utf-8")
SIMULATED: Final = re.compile(r"0371-0000-\d{4}")
FULL_WIDTH: Final = re.compile("[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]")
NAMED_IN_LATIN: Final = {"紧急报警点SOS", "紧急报警点异常SOS"}
"""Names of the standard that have Latin letters."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return shipped()


@pytest.fixture(scope="module")
def catalogue(pack: Pack) -> Catalogue:
    found = catalogue_of(pack)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def filing(pack: Pack) -> Filing:
    found = filing_of(pack)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def rules(pack: Pack) -> StreetRules:
    return pack.one(STREET_RULES)


def told(pattern: str) -> list[int]:
    """The numbers that the README gives."""
    found = re.search(pattern, README)
    assert found is not None, pattern
    return [int(number) for number in found.groups()]


def test_the_readme_promises_no_more_than_there_is(catalogue: Catalogue, filing: Filing, rules: StreetRules) -> None:
    matters = {one.matter for one in filing.conditions.values()}
    there = [len(filing.conditions), len(matters), len(filing.owners), len(rules.dangers), len(rules.answers)]
    promised = [
        *told(r"(\d+) conditions of (\d+) matters"),
        *told(r"whose (\d+) kinds of things are"),
        *told(r"(\d+) dangers, (\d+) answers on the spot"),
    ]
    assert [least for least, real in zip(promised, there, strict=True) if real < least] == []
    assert [real for real, least in zip(there, (170, 90, 153, 7, 25), strict=True) if real < least] == []
    by_digits = Counter(len(code) if not one.own else 0 for code, one in catalogue.matters.items())
    assert told(r"(\d+) matters of the same standard, (\d+) of the one before it, (\d+) of the city's own") == [
        by_digits[5],
        by_digits[4],
        by_digits[0],
    ]


def test_whatever_can_be_reported_can_be_filed_or_stands_in_the_readme(catalogue: Catalogue, filing: Filing) -> None:
    _, _, section = README.partition("## Not yet filed")
    waiting = set(re.findall(r"^- `([^`]+)`", section.partition("\n## ")[0], flags=re.MULTILINE))
    without = {one.code for one in catalogue.holding(SINCE) if not filing.of(one.code, SINCE)}
    assert without == waiting


def test_every_kind_of_thing_has_an_owner_and_an_unknown_cover_one_that_steps_in(
    catalogue: Catalogue, filing: Filing
) -> None:
    assert filing.owners.keys() == catalogue.parts.keys()
    assert filing.owners["01023"] == filing.owners["01034"] == "urban_management"


def test_every_lead_is_an_agency_that_does_not_help_itself(pack: Pack, filing: Filing) -> None:
    for one in filing.conditions.values():
        lead = filing.lead(one)
        assert lead in pack.all(AGENCY), one.id
        assert lead not in one.assisting, one.id
        assert len(set(one.assisting)) == len(one.assisting) <= 2, one.id


def limits(condition: Condition) -> tuple[Limit, ...]:
    return tuple(condition.limit(zone) for zone in Zone)


def test_a_nearer_zone_never_waits_longer(pack: Pack, filing: Filing) -> None:
    # Whenever it is dispatched: on a working day, in the night, before a week of holidays.
    calendar, hours, zone = calendar_of(pack), hours_of(pack), ZoneInfo("Asia/Shanghai")

    def latest(limit: Limit, since: datetime) -> datetime:
        if limit.unit.in_hours:
            return due_after_hours(calendar, hours, zone, since=since, limit=limit).at
        return datetime.combine(due(calendar, Run(since.date(), limit)).day, time.max, zone)

    first = datetime(2026, 9, 21, 0, 30, tzinfo=zone)
    instants = [first + timedelta(hours=5 * number) for number in range(84)]
    for found in {limits(one) for one in filing.conditions.values()}:
        for since in instants:
            a, b, c = (latest(limit, since).astimezone(UTC) for limit in found)
            assert a <= b <= c, (found, since)


def test_who_may_be_hurt_is_helped_by_day_and_by_night(filing: Filing) -> None:
    urgent = [one for one in filing.conditions.values() if one.urgent]
    assert len(urgent) >= 100
    for name in ("sewer_cover_missing", "gas_escaping", "road_collapsed", "lift_with_people", "cable_down"):
        limit = filing.conditions[name].limit(Zone.A)
        assert (limit.number <= 2, limit.unit) == (True, Unit.URGENT_HOURS), name


def test_conditions_are_examples_and_need_something_to_show(filing: Filing) -> None:
    assert {one.origin for one in filing.conditions.values()} == {"example"}
    assert [one.id for one in filing.conditions.values() if not one.evidence.split()] == []


def test_a_stage_follows_another_one_of_its_matter(filing: Filing) -> None:
    stages: dict[str, list[str]] = {}
    for one in filing.conditions.values():
        if one.stage is not None:
            stages.setdefault(one.matter, []).append(one.stage)
    assert [matter for matter, found in stages.items() if len(set(found)) < 2] == []
    assert stages["06001"][0] == "stop"


def test_no_sentence_stands_twice(filing: Filing) -> None:
    for said in (
        [text.zh for one in filing.conditions.values() for text in (one.files, one.closes)],
        [text.en for one in filing.conditions.values() for text in (one.files, one.closes)],
    ):
        assert [sentence for sentence, times in Counter(said).items() if times > 1] == []


def texts(pack: Pack, filing: Filing, rules: StreetRules) -> Iterator[Text]:
    for one in filing.conditions.values():
        yield from (one.files, one.closes)
    for answer in rules.answers.values():
        yield from (answer.question, answer.answer)
    for danger in rules.dangers:
        yield from (danger.says, *(call.name for call in danger.calls))
    yield from (part.called for part in pack.one(PART).rows)
    yield from (matter.called for matter in pack.one(MATTER).rows)


def test_each_language_is_written_in_its_own_signs(pack: Pack, filing: Filing, rules: StreetRules) -> None:
    for text in texts(pack, filing, rules):
        assert text.en.isascii(), text.en
        assert not FULL_WIDTH.search(text.en), text.en
        assert FULL_WIDTH.search(text.zh), text.zh
        if text.zh not in NAMED_IN_LATIN:
            assert not re.search(r"[A-Za-z,;:()!?]", text.zh), text.zh
        # A sentence on a page has its stop from the page; only what a danger says has several.
        assert text.zh[-1] not in "。，", text.zh
        assert text.en[0].isupper() or text.en[0].isdigit(), text.en


def test_names_are_short_and_no_two_things_of_one_standard_share_one(catalogue: Catalogue) -> None:
    for names in (
        [one.en for one in catalogue.parts.values()],
        [one.en for one in catalogue.holding(SINCE)],
        [one.en for one in catalogue.holding(date(2020, 9, 1)) if not one.own],
    ):
        assert [name for name, times in Counter(names).items() if times > 1] == []
    assert max(len(one.en) for one in catalogue.matters.values()) <= 60
    for one in catalogue.matters.values():
        assert one.en.startswith("Problem ") is bool(one.part), one.code


def test_a_former_matter_and_its_only_heir_of_the_same_name_are_called_alike(catalogue: Catalogue) -> None:
    for one in catalogue.holding(date(2020, 9, 1)):
        for code in catalogue.becomes(one.code):
            later = catalogue.matters[code]
            assert (one.name == later.name) <= (one.en == later.en), one.code


def test_answers_are_found_by_words_of_both_languages(rules: StreetRules) -> None:
    for name, one in rules.answers.items():
        assert any(word.isascii() for word in one.words), name
        assert any(not word.isascii() for word in one.words), name
    words = [word for one in rules.answers.values() for word in one.words]
    assert [word for word, times in Counter(words).items() if times > 1] == []


def test_a_simulated_number_is_called_so_and_is_that_of_an_agency(pack: Pack, rules: StreetRules) -> None:
    numbers = {one.value.phone for one in pack.all(AGENCY).values()}
    seen = 0
    for one in rules.answers.values():
        for text, mark in ((one.answer.zh, "（模拟）"), (one.answer.en, " (simulated)")):
            for found in SIMULATED.finditer(text):
                assert found[0] in numbers
                assert text[found.end() :].startswith(mark), text
                seen += 1
        assert SIMULATED.findall(one.answer.zh) == SIMULATED.findall(one.answer.en)
    assert seen >= 30
    for danger in rules.dangers:
        for call in danger.calls:
            assert call.number in {"110", "119", "120", "122"} or call.number in numbers
            assert ("模拟" in call.name.zh) is ("simulated" in call.name.en) is bool(SIMULATED.match(call.number))


def test_the_hours_of_the_hall_are_those_of_the_calendar(pack: Pack, rules: StreetRules) -> None:
    first, second = hours_of(pack).spans
    said = f"from {first.opens:%-H} to {first.closes:%-H} and from {second.opens:%-H} to {second.closes:%-H}"
    assert said in rules.answers["hall_hours"].answer.en


def test_classes_of_the_catalogue_stay_as_they_are(pack: Pack) -> None:
    assert [len(one.matters) for one in pack.one(CATALOGUE).standards] == [5, 10]


def found_as(name: str | None) -> Declared[StreetRules]:
    """The rules of the shipped street, with another life event as which people find them."""
    (old,) = shipped().all(STREET_RULES).values()
    return Declared(old.kind, old.id, msgspec.structs.replace(old.value, found_as=name), old.places)


def test_the_life_event_as_which_the_street_is_found_is_declared(pack: Pack) -> None:
    kind = next(one for one in KINDS if one.name == STREET_RULES.name)
    assert list(kind.check(pack, found_as("report_problem"))) == []
    (fault,) = kind.check(pack, found_as("report_problems"))
    assert "report_problems" in fault.what
    assert "report_problem" in fault.mend


def test_a_search_hears_every_phrase_of_the_street_where_the_rules_name_a_life_event(pack: Pack) -> None:
    assert sayings_of(pack) == {"/life-events/report_problem": [row.phrase for row in pack.one(PHRASE).rows]}
    silent = Pack({**pack.declared, STREET_RULES.name: {"rules": found_as(None)}})
    assert sayings_of(silent) == {}
    assert sayings_of(Pack({})) == {}
