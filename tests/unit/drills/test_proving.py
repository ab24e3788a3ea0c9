"""What becomes of a drill, and what the page tells of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import pytest
from click.testing import CliRunner

from onecity import drills
from onecity.cli.exits import Exit
from onecity.cli.prove import prove
from onecity.drills.cities import Pattern
from onecity.drills.figures import Machine, at_least, at_most, plain
from onecity.drills.proving import Claim, Drill, Ground, Line, Outcome, Plot, Proof, done, none_of
from onecity.drills.report import Round, drawn, page
from onecity.kernel.errors import CannotStart

HELD: Final = Claim("drills.claim.lost", True)
MACHINE: Final = Machine(cpu="one", cores=2, memory_gib=4, load=0.1, python="3.11", postgresql="18")
LISTS: Final = Plot(
    key="drills.growth.plot_waits", across="drills.growth.cases", up="drills.unit.ms", by_tens=True,
    lines=(Line("drills.growth.lists", ((10, 2.0), (100, 4.0), (1_000, 8.0))),),
)  # fmt: skip


def proving(proof: Proof) -> Callable[[Ground], Proof]:
    return lambda _: proof


def breaking(failure: Exception) -> Callable[[Ground], Proof]:
    def do(_: Ground) -> Proof:
        raise failure

    return do


def outcome(do: Callable[[Ground], Proof], lacks: str = "") -> Outcome:
    return done(Drill(name="crash", do=do, lacks=lambda: lacks), Pattern(Path("never")), quick=True)


@pytest.mark.parametrize(
    ("proof", "holds"),
    [
        (Proof(claims=(HELD,)), True),
        (Proof(claims=(HELD, none_of("drills.claim.half", ["a"]))), False),
        (Proof(claims=(HELD,), figures=(plain("drills.soak.rate", 3, "/s"),)), True),
        (Proof(claims=(HELD,), figures=(at_most("drills.soak.waits", 1.2, "×", 1.2),)), True),
        (Proof(claims=(HELD,), figures=(at_most("drills.soak.waits", 1.3, "×", 1.2),)), False),
        (Proof(claims=(), figures=(at_least("drills.week.honest", [99.8], "%", 99.9),)), False),
    ],
)
def test_a_drill_holds_if_each_claim_holds_and_each_figure_reaches_its_goal(proof: Proof, *, holds: bool) -> None:
    assert outcome(proving(proof)).holds is holds


@pytest.mark.parametrize(
    ("failure", "told"), [(CannotStart("The disk is full."), "The disk is full."), (ValueError("x"), "ValueError: x")]
)
def test_a_drill_that_breaks_off_does_not_hold_and_says_why(failure: Exception, told: str) -> None:
    found = outcome(breaking(failure))
    assert not found.holds
    assert found.broke.endswith(told)


def test_what_a_machine_lacks_is_told_and_nothing_is_done() -> None:
    found = outcome(breaking(AssertionError("it was done")), lacks="patroni")
    assert (found.holds, found.lacks, found.broke, found.proof) == (False, "patroni", "", None)


def test_the_folder_of_a_drill_is_empty_and_goes_away() -> None:
    seen: list[Path] = []

    def do(ground: Ground) -> Proof:
        assert list(ground.folder.iterdir()) == []
        (ground.folder / "left").write_text("x", "utf-8")
        seen.append(ground.folder)
        return Proof(claims=(HELD,))

    assert outcome(do).holds
    assert not seen[0].exists()


def test_of_many_things_that_should_not_be_the_first_few_are_told() -> None:
    assert none_of("k", [1, 2, 3, 4]).found == "1; 2; 3 …"
    assert none_of("k", []) == Claim("k", True, "")


def test_a_plot_in_steps_of_ten_is_a_straight_line_where_each_step_adds_as_much() -> None:
    seen = drawn(msgspec.structs.replace(LISTS, lines=(Line("k", ((10, 1.0), (100, 2.0), (1_000, 3.0))),)))
    [(path, _, _)] = seen.paths
    assert path == "M0.0,120.0 L220.0,60.0 L440.0,0.0"
    assert [number for _, number in seen.across] == ["10", "100", "1,000"]
    assert [number for _, number in seen.up] == ["0", "0.75", "1.5", "2.2", "3"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_tells_of_each_drill_what_was_seen_and_needs_nothing_from_elsewhere(lang: str) -> None:
    outcomes = (
        Outcome(name="crash", seconds=1.0, proof=Proof(claims=(Claim("drills.claim.lost", False, "<b>7</b>"),))),
        Outcome(name="growth", seconds=2.0, proof=Proof(claims=(), plots=(LISTS,))),
        Outcome(name="failover", seconds=0.0, lacks="patroni"),
        Outcome(name="soak", seconds=3.0, broke="it broke"),
    )
    told = page(Round(outcomes, True, datetime(2026, 11, 26, tzinfo=UTC), MACHINE), lang=lang)
    assert told.count("<h1") == 1
    assert "<script" not in told and not re.search(r"(src|href)=\"(?!#)", told)
    assert all(text in told for text in ("&lt;b&gt;7&lt;/b&gt;", "patroni", "it broke", '<path d="M'))
    assert re.findall(r"<section id=\"(\w+)\"", told) == ["crash", "growth", "failover", "soak"]


@pytest.mark.parametrize(
    ("drill", "code"),
    [
        (Drill(name="crash", do=proving(Proof(claims=(HELD,)))), Exit.DONE),
        (Drill(name="crash", do=proving(Proof(claims=(Claim("drills.claim.lost", False),)))), Exit.REFUSED),
        (Drill(name="crash", do=breaking(ValueError("x"))), Exit.REFUSED),
        (Drill(name="crash", do=breaking(ValueError("x")), lacks=lambda: "patroni"), Exit.OUTSIDE),
    ],
)
def test_the_command_ends_with_what_became_of_the_drills(
    drill: Drill, code: Exit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(drills.DRILLS, "crash", drill)
    into = tmp_path / "new" / "proof.html"
    said = CliRunner().invoke(prove, ["crash", "--into", str(into), "--json"])
    assert said.exit_code == code, said.output
    assert into.is_file()
    assert '"name":"crash"' in said.stdout.replace(" ", "")


def test_every_drill_can_be_named() -> None:
    [names] = [one for one in prove.params if one.name == "names"]
    assert tuple(drills.DRILLS) == tuple(getattr(names.type, "choices", ()))
