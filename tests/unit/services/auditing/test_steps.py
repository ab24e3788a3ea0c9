"""Which steps a case needs, which add nothing, and which no proposal touches."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from onecity.casework import Because, Outcome, Process, Step
from onecity.kernel.clock import StopKind
from onecity.packs import Text
from onecity.services.auditing.steps import Guard, Steps

BECAUSE = Because("行政许可法", "32", date(2019, 4, 23))


def outcome(*opens: str, ends: str | None = None, **more: Any) -> Outcome:
    return Outcome(Text("做", "do"), opens=opens, ends=ends, **more)


def step(duty: str, *outcomes: Outcome, name: str = "步骤", **more: Any) -> Step:
    named = {f"o{number}": one for number, one in enumerate(outcomes)}
    return Step(Text(name, name), duty, BECAUSE, named, **more)


def looked(steps: Mapping[str, Step]) -> Steps:
    begins = (next(iter(steps)),)
    results = {"granted": Text("准予", "Granted"), "refused": Text("不准", "Refused")}
    return Steps(Process(Text("流程", "process"), begins, steps, results, ()))


END = (outcome(ends="granted"), outcome(ends="refused"))


def surplus(found: Steps) -> list[tuple[str, str, str]]:
    return [(str(one.act), one.step, one.other) for one in found.surplus()]


def test_a_step_is_needed_if_no_case_succeeds_without_it() -> None:
    found = looked({
        "accept": step("a", outcome("decide", letter="x"), outcome("fix", lists=True)),
        "fix": step("applicant", outcome("accept")),
        "decide": step("b", *END, outcome("ask", once=True)),
        "ask": step("b", outcome("decide", write={"seen": None})),
    })  # fmt: skip
    assert found.of_organs == ["accept", "decide", "ask"]
    assert found.needed == ["accept", "decide"]
    assert found.sometimes == ["ask"]
    assert (found.without_information, surplus(found)) == ([], [])


def test_a_step_that_decides_and_leaves_nothing_is_to_go_unless_it_separates_duties() -> None:
    steps = {
        "accept": step("a", outcome("read"), outcome(ends="refused")),
        "read": step("b", outcome("decide")),
        "decide": step("b", *END),
    }
    found = looked(steps)
    assert found.without_information == ["read"]
    assert surplus(found) == [("delete", "read", "decide")]
    # Between two other duties it is a look by somebody else: nothing of it is needed, so both may run side by side.
    other = looked({**steps, "decide": step("c", *END)})
    assert other.without_information == []
    assert surplus(other) == [("parallel", "read", "decide")]


def test_what_leaves_something_stays() -> None:
    for left in ({"letter": "x"}, {"lists": True}, {"write": {"seen": None}}):
        found = looked({
            "accept": step("a", outcome("read"), outcome(ends="refused")),
            "read": step("b", outcome("decide", **left)),
            "decide": step("b", *END),
        })  # fmt: skip
        assert found.without_information == []


def test_two_steps_of_one_duty_in_a_row_are_one() -> None:
    found = looked({
        "look": step("b", outcome("decide", write={"seen": None})),
        "decide": step("b", *END),
    })  # fmt: skip
    assert surplus(found) == [("merge", "look", "decide")]


def test_guards_are_never_touched() -> None:
    empty = outcome("decide")
    guarded = {
        Guard.TWO_PERSONS: step("b", empty, officers=2),
        Guard.LOT: step("b", empty, drawn=("accept",)),
        Guard.PUBLICITY: step("b", empty, name="结果公示"),
        Guard.HEARING: step("b", empty, name="听证"),
    }
    for guard, one in guarded.items():
        found = looked({
            "accept": step("a", outcome("mid"), outcome(ends="refused")), "mid": one, "decide": step("b", *END),
        })  # fmt: skip
        assert found.guards == {"mid": guard}
        assert (found.without_information, surplus(found)) == ([], [])
    stopped = looked({
        "accept": step("a", outcome("mid", stop=StopKind.HEARING), outcome(ends="refused")),
        "mid": step("b", empty), "decide": step("b", *END),
    })  # fmt: skip
    assert stopped.guards == {"mid": Guard.HEARING}
