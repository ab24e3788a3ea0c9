"""The shortest way through a process: told by an example or found by walking, and never by waiting for silence."""

import msgspec
import pytest
from tests.shipped import shipped

from onecity.casework import APPLICANT, PROCESS, Process
from onecity.casework.declared import run
from onecity.casework.walking import shortest


def processes() -> dict[str, Process]:
    return {name: one.value for name, one in shipped().all(PROCESS).items()}


def test_every_process_has_a_way_to_a_success_and_no_example_tells_a_shorter_one() -> None:
    assert processes()
    for name, process in processes().items():
        way = shortest(process)
        assert way is not None, name
        assert run(process, way) in process.succeeds, name
        good = [one.given for one in process.examples if one.gives in process.succeeds]
        assert len(way) == min(map(len, good)), name


def test_what_no_example_tells_is_found_by_walking() -> None:
    for name, process in processes().items():
        silent = msgspec.structs.replace(process, examples=())
        told, found = shortest(process), shortest(silent)
        assert told is not None
        assert found is not None
        assert run(process, found) in process.succeeds, name
        assert len(found) <= len(told), name


def without_success(process: Process) -> Process:
    return msgspec.structs.replace(process, succeeds=("never",), examples=())


def test_a_process_that_nobody_can_bring_to_a_success_has_no_way() -> None:
    for name, process in processes().items():
        assert shortest(without_success(process)) is None, name


@pytest.mark.parametrize("told", [True, False])
def test_a_way_takes_nothing_that_only_comes_when_the_applicant_says_nothing(told: bool) -> None:
    # Where what was never brought counts as a success, only silence leads there.
    for name, process in processes().items():
        lapses = {
            f"{step_id}/{step.silence.outcome}"
            for step_id, step in process.steps.items()
            if step.silence and step.duty == APPLICANT
        }
        ends = {process.steps[one.partition("/")[0]].outcomes[one.partition("/")[2]].ends for one in lapses} - {None}
        of = msgspec.structs.replace(process, succeeds=tuple(sorted(one for one in ends if one)))
        way = shortest(of if told else msgspec.structs.replace(of, examples=()))
        assert way is None or lapses.isdisjoint(way), name
