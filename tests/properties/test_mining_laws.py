"""What is true of every log: durations and waits are those of a slow reference, whatever order and form the file has."""

import random
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.logs import found_in, in_csv, in_xes
from tests.reference.mining import durations, idle, middle

from onecity.casework.mining import DAY_US, Case, Event, measured, waits_of, work_of

unhurried = settings(deadline=None, max_examples=40)
words = st.sampled_from(["A", "B", "受理", "决定 & 送达", 'a "quoted" step', "one; two, three", "<step>", "a|b"])
times = st.integers(-(10**15), 4 * 10**15)
lives = st.sampled_from(["", "start", "complete", "schedule"])
organs = st.sampled_from(["", "一科", "二科"])
plain = {"instance": st.just(""), "begun": st.none()}
events = st.builds(Event, st.none() | times, words, organs, lives, **plain)
timed = st.builds(Event, times, st.sampled_from("ABC"), organs, lives, **plain)
DAY: Final = DAY_US


def logs(of: st.SearchStrategy[Event], *, least: int = 0) -> st.SearchStrategy[list[Case]]:
    """Logs whose cases have names of their own."""
    several = st.lists(st.lists(of, min_size=least, max_size=6), min_size=1, max_size=6)
    return several.map(lambda cases: [Case(f"案{at}", tuple(one)) for at, one in enumerate(cases)])


@unhurried
@given(logs(events))
def test_durations_are_those_of_the_reference(cases: list[Case]) -> None:
    found, reference = measured(cases), durations(cases)
    assert (found.cases, found.timed) == (len(cases), len(reference))
    if found.durations is None:
        assert reference == []
        return
    assert found.durations.median_days == float(middle(reference))
    assert found.durations.mean_days == float(sum(reference) / len(reference))
    assert found.durations.p90_days in [float(one) for one in reference]
    assert sum(one <= found.durations.p90_days for one in map(float, reference)) * 10 >= 9 * len(reference)


@unhurried
@given(logs(timed), st.randoms(use_true_random=False))
def test_the_order_of_events_and_cases_in_a_file_does_not_matter(cases: list[Case], dice: random.Random) -> None:
    mixed = [Case(one.name, tuple(dice.sample(one.events, len(one.events)))) for one in cases]
    dice.shuffle(mixed)
    first, second = measured(cases), measured(mixed)
    assert first.durations == second.durations
    if all(len({event.time for event in one.events}) == len(one.events) for one in cases):
        # Events of one moment keep the order of the file, which nothing else can tell.
        assert first == second


@unhurried
@given(st.lists(timed, min_size=1, max_size=8))
def test_a_case_waits_just_when_nothing_is_going_on(of: list[Event]) -> None:
    done = work_of(of)
    assert sum(one.long for one in waits_of(done)) == idle([(one.begin, one.end) for one in done])
    whole = max(one.end for one in done) - min(one.begin for one in done)
    assert whole == max(one.time or 0 for one in of) - min(one.time or 0 for one in of)


@unhurried
@given(logs(timed))
def test_totals_by_place_by_step_and_by_organ_are_the_same(cases: list[Case]) -> None:
    found = measured(cases)
    totals = [
        round(sum(one.total_days for one in rows) * DAY) for rows in (found.waiting, found.by_step, found.by_organ)
    ]
    assert max(totals) - min(totals) <= len(found.waiting) + 10, "but for what is lost in days"
    assert [one.total_days for one in found.waiting] == sorted((one.total_days for one in found.waiting), reverse=True)
    assert sum(one.cases for one in found.variants) == found.timed


@unhurried
@given(logs(events, least=1), st.sampled_from(",;\t|"))
def test_xes_and_csv_of_the_same_log_tell_the_same(cases: list[Case], sign: str) -> None:
    told = measured(cases)
    assert found_in(in_xes(cases)) == told
    assert found_in(in_csv(cases, sign=sign), ".csv") == told
