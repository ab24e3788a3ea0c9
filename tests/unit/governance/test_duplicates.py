"""A report that repeats an open one is proposed with its reasons, and what only resembles one is not."""

from datetime import UTC, datetime, timedelta
from math import e, sqrt
from typing import Final

import msgspec
import pytest
from tests.shipped import shipped
from tests.streets import index_of, searched, town

from onecity.governance import MEASURES, Catalogue, Kinship, Likeness, OpenReports, Part, Seen, catalogue_of, likeness
from onecity.governance.duplicates import kinship

NOON: Final = datetime(2026, 11, 20, 4, tzinfo=UTC)
COVER: Final = Seen("open", (113.6, 34.7), 10, NOON, "01001", "路口的井盖破了，很危险")
METRE: Final = 1 / 111_195


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    pack = shipped()
    found = catalogue_of(pack)
    assert found is not None
    return found


def north_of(report: Seen, metres: float, **changed: object) -> Seen:
    point = report.point[0], report.point[1] + metres * METRE
    return msgspec.structs.replace(report, id="new", point=point, **changed)


def like(new: Seen, catalogue: Catalogue) -> Likeness:
    return likeness(new, COVER, catalogue=catalogue)


def test_the_same_cover_reported_an_hour_later_is_proposed_with_its_reasons(catalogue: Catalogue) -> None:
    new = north_of(COVER, 12, at=NOON + timedelta(hours=1), words="井盖破了没人管")
    [told] = OpenReports([COVER], catalogue=catalogue).like(new)
    assert told.id == "open"
    assert told.metres == pytest.approx(12)
    assert told.hours == 1
    assert told.kinship is Kinship.MATTER
    assert told.shared == ("井盖破了",)
    assert told.score == told.because.near + told.because.kind + told.because.words
    assert told.score > 0.8
    assert told.because.kind == pytest.approx(told.place * told.time * MEASURES.kind)


def test_the_same_words_three_streets_away_are_not(catalogue: Catalogue) -> None:
    assert OpenReports([COVER], catalogue=catalogue).like(north_of(COVER, 300)) == []
    assert like(north_of(COVER, 300), catalogue).score < 0.01


def test_an_exact_place_ninety_metres_off_is_another_thing_and_a_vague_one_may_be_the_same(
    catalogue: Catalogue,
) -> None:
    exact, vague, nowhere = (like(north_of(COVER, 90, accuracy_m=accuracy), catalogue) for accuracy in (5, 100, 1_000))
    assert exact.place < 0.25 < 0.7 < vague.place
    # A fix that holds for a square kilometre says nothing, though the distance lies well within its error.
    assert nowhere.place < 0.2
    assert nowhere.metres == exact.metres


def test_without_words_the_other_parts_make_up_the_whole(catalogue: Catalogue) -> None:
    silent, other_words = (like(north_of(COVER, 0, words=words), catalogue) for words in ("", "水果店店外经营"))
    assert silent.because.words == other_words.because.words == 0
    assert silent.score == pytest.approx(silent.place)
    assert other_words.score == pytest.approx(0.8 * other_words.place)


def test_the_reach_is_where_the_best_of_all_errors_just_reaches_the_threshold(catalogue: Catalogue) -> None:
    # The spread of the two errors together for which the threshold is reached farthest away, by the formula.
    spread = (1 / MEASURES.threshold - 1) * MEASURES.elsewhere_m**2 / e
    accuracy = 2.448 * sqrt(spread / 2 - MEASURES.stand_off_m**2)
    other = msgspec.structs.replace(COVER, accuracy_m=accuracy)
    within, beyond = (
        likeness(north_of(other, share * MEASURES.reach_m), other, catalogue=catalogue).place
        for share in (0.999, 1.001)
    )
    assert beyond < MEASURES.threshold < within
    assert len(OpenReports([other], catalogue=catalogue).like(north_of(other, 0.999 * MEASURES.reach_m))) == 1


def test_half_a_life_later_half_of_it_is_left(catalogue: Catalogue) -> None:
    at_once, later = (
        like(north_of(COVER, 0, at=NOON + timedelta(hours=hours)), catalogue) for hours in (0, MEASURES.half_life_h)
    )
    assert later.score == pytest.approx(at_once.score / 2)
    assert (at_once.time, later.time) == (1, 0.5)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("01001", "01001", Kinship.MATTER),
        ("99999", "99999", Kinship.MATTER),
        ("0102", "06010", Kinship.MATTER),
        ("0202", "07003", Kinship.MATTER),
        ("01001", "01003", Kinship.GROUP),
        ("0102", "06011", Kinship.GROUP),
        ("0199", "01001", Kinship.NONE),
        ("01001", "02001", Kinship.NONE),
        ("z:road_collapse", "z:road_flooded", Kinship.NONE),
        ("0401", "z:road_collapse", Kinship.MATTER),
        ("01001", "99999", Kinship.NONE),
    ],
)
def test_matters_are_akin_as_they_are_filed_today(
    catalogue: Catalogue, one: str, other: str, expected: Kinship
) -> None:
    assert kinship(one, other, catalogue) is kinship(other, one, catalogue) is expected


def test_two_matters_of_one_kind_of_thing_are_closer_than_two_of_one_class(catalogue: Catalogue) -> None:
    own = msgspec.structs.replace(catalogue.matters["z:road_collapse"], code="z:cover_stolen", part="01001")
    wider = msgspec.structs.replace(catalogue, matters={**catalogue.matters, own.code: own})
    assert isinstance(wider.parts["01001"], Part)
    assert kinship("z:cover_stolen", "01001", wider) is Kinship.PART
    scores = [
        likeness(north_of(COVER, 0, matter=matter), COVER, catalogue=wider).score
        for matter in ("01001", "z:cover_stolen", "01003", "06010")
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_width_case_and_marks_of_letters_do_not_matter(catalogue: Catalogue) -> None:
    new = north_of(COVER, 0, words="ＡＢ路口—井盖")
    other = msgspec.structs.replace(COVER, words="ab路口，井盖")
    told = likeness(new, other, catalogue=catalogue)
    assert told.shared == ("ab路口", "井盖")
    assert told.because.words == pytest.approx(told.place * 0.2)


def test_of_a_simulated_town_most_repeats_are_found_and_few_proposals_are_wrong(catalogue: Catalogue) -> None:
    # These towns are others than those on which the measures were chosen.
    outcomes = [searched(one, index_of(one, catalogue)) for one in (town(seed) for seed in (101, 102))]
    right, told, repeated = (sum(getattr(one, name) for one in outcomes) for name in ("right", "told", "repeated"))
    assert right / told >= 0.85
    assert right / repeated >= 0.75
