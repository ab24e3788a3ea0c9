"""What Prometheus and Grafana read of the city is what its packages declare, and every example of it is run."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from prometheus_client import REGISTRY, Histogram
from tools.write_watch import FOLDER, examples, expressions, files

from onecity.bootstrap.watched import UNITS
from onecity.cli.main import onecity
from onecity.machinery.watch import Alert, Example, holds, name_of
from onecity.machinery.watch.conditions import Pick

ALERTS: Final = tuple(alert for unit in UNITS for alert in unit.alerts)
EXAMPLES: Final = tuple((alert, example) for alert in ALERTS for example in alert.examples)
SECTIONS: Final = ["## What it means", "## What to look at", "## How to mend it", "## Never"]
BOUNDED: Final = {
    "method": "a handful, all others are one",
    "route": "patterns of the code",
    "status": "five classes",
    "job_name": "jobs of the code",
    "end": "words of the code",
    "what": "words of the code",
    "follower": "those of the code",
    "unit": "work units of the code",
    "source": "words of the code",
    "standby": "those of the configuration",
    "why": "failures of a sink in the code",
}
"""The labels that there are, and why each has few values and none that is anybody's."""


def test_what_is_written_for_prometheus_and_grafana_is_not_stale() -> None:
    stale = [name for name, text in files().items() if (FOLDER / name).read_text("utf-8") != text]
    assert stale == [], "write them again: python tools/write_watch.py"


def declared() -> dict[str, set[str]]:
    """Every name under which the work units export something, with its labels."""
    found: dict[str, set[str]] = {}
    for metric in (metric for unit in UNITS for metric in unit.metrics):
        name, labels = name_of(metric), set(metric._labelnames)
        assert name not in found, f"{name} is declared twice"
        ends = ("_bucket", "_count", "_sum") if isinstance(metric, Histogram) else ("",)
        found |= {name + end: labels | ({"le"} if end == "_bucket" else set()) for end in ends}
    return found


def test_every_metric_of_the_house_belongs_to_one_work_unit() -> None:
    known = {name.removesuffix("_total") for name in declared()}
    registered = {name.removesuffix("_total").removesuffix("_created") for name in REGISTRY._names_to_collectors}
    ours = {name for name in registered if name.startswith("onecity_")}
    assert {name for name in ours if name not in known and f"{name}_count" not in known} == set()
    assert len(ours) > 40


def test_no_label_has_values_without_end() -> None:
    assert {label for labels in declared().values() for label in labels} - {"le"} == set(BOUNDED)


def test_every_metric_and_label_that_an_alert_or_a_graph_names_exists() -> None:
    known, asked = declared(), expressions()
    assert len(asked) > 40
    for expr in asked:
        names = set(re.findall(r"\bonecity_\w+", expr))
        assert names
        assert names <= known.keys(), expr
        labels = {one for group in re.findall(r"by \(([^)]*)\)", expr) for one in group.split(", ")}
        labels |= set(re.findall(r"[{,] ?(\w+)[!=]", expr))
        assert labels <= {"instance"}.union(*(known[name] for name in names)), expr


def test_the_dashboard_names_its_source_and_puts_no_graph_upon_another() -> None:
    board = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
    assert [one["name"] for one in board["templating"]["list"]] == ["source"]
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not taken & cells, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_every_alert_has_an_example_in_which_it_fires_and_one_in_which_it_does_not(alert: Alert) -> None:
    assert {example.fires for example in alert.examples} == {True, False}


def test_prometheus_judges_every_example_as_it_says(tmp_path: Path) -> None:
    """Its own tool runs them against the file that a city loads."""
    program = shutil.which("promtool")
    assert program is not None, "the examples of the alerts need promtool: `make promtool` installs it"
    groups = {one["name"]: one for one in yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))["groups"]}
    run = 0
    tests: list[str] = []
    for unit in UNITS:
        rules = tmp_path / f"{unit.name}.rules.yaml"
        rules.write_text(yaml.safe_dump({"groups": [groups.pop(unit.name)]}), "utf-8")
        for every in {example.every for alert in unit.alerts for example in alert.examples}:
            found = examples(unit, rules.name, every)
            run += len(found["tests"])
            path = tmp_path / f"{unit.name}.{every}.yaml"
            path.write_text(yaml.safe_dump(found), "utf-8")
            tests.append(str(path))
    done = subprocess.run([program, "test", "rules", *tests], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (run, groups) == (len(EXAMPLES), {})


def values(text: str) -> list[float]:
    """Samples in the notation of promtool.

    >>> values("0 1+2x2 7x1")
    [0.0, 1.0, 3.0, 5.0, 7.0, 7.0]
    """
    found: list[float] = []
    for part in text.split():
        stepped = re.fullmatch(r"(\S+?)(?:\+(\d+))?x(\d+)", part)
        if stepped is None:
            found.append(float(part))
        else:
            first, step, times = float(stepped[1]), float(stepped[2] or 0), int(stepped[3])
            found += [first + step * number for number in range(times + 1)]
    return found


def series_at(example: Example, minute: int) -> Iterator[tuple[str, dict[str, str], float]]:
    for series, text in example.series:
        name, _, rest = series.partition("{")
        yield name, dict(re.findall(r'(\w+)="([^"]*)"', rest)), values(text)[max(0, minute) // example.every]


@pytest.mark.parametrize(("alert", "example"), EXAMPLES, ids=lambda one: getattr(one, "because", "") or one.name)
def test_the_city_judges_every_example_as_prometheus_does(
    alert: Alert, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of operations reads the same limits without Prometheus."""
    minute = 0

    def samples(self: Pick) -> Iterator[tuple[Mapping[str, str], float]]:
        for name, labels, value_now in series_at(example, minute):
            right = name == name_of(self.metric) + self.suffix
            wanted = right and all(labels.get(key) == value for key, value in self.where.items())
            if wanted and not any(re.fullmatch(but, labels.get(key, "")) for key, but in self.but.items()):
                yield labels, value_now

    monkeypatch.setattr(Pick, "samples", samples)
    condition, held = alert.condition, list[bool]()
    for minute_now in range(example.minutes - alert.lasting_s // 60, example.minutes + 1):
        minute = minute_now - condition.window_s // 60
        before = condition.reading() if condition.window_s else {}
        minute = minute_now
        held.append(holds(condition, condition.worst(condition.reading(), before, minute * 60.0)))
    assert all(held) == example.fires


def pages() -> dict[str, str]:
    """The pages that say how to mend something; other pages of the folder are about work that nobody is called for."""
    found = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    return {name: text for name, text in found.items() if SECTIONS[0] in text}


def test_every_alert_leads_to_its_page_and_every_page_belongs_to_an_alert() -> None:
    rules = [
        rule
        for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))["groups"]
        for rule in group["rules"]
    ]
    led = {rule["annotations"]["runbook"].removeprefix("docs/operate/"): rule["alert"] for rule in rules}
    assert {name: text.split(":", 1)[0].removeprefix("# ") for name, text in pages().items()} == led
    for rule in rules:
        assert rule["annotations"]["runbook_url"].endswith(f"/operate/{led_to(rule)}")


def led_to(rule: Mapping[str, Any]) -> str:
    found: str = rule["annotations"]["runbook"].removeprefix("docs/operate/").removesuffix(".md")
    return found


def test_every_page_of_an_alert_says_what_it_means_what_to_look_at_how_to_mend_it_and_what_never_to_do() -> None:
    for name, text in pages().items():
        assert [line for line in text.splitlines() if line.startswith("## ")] == SECTIONS, name
        for section in text.split("\n## ")[1:]:
            assert len(section.partition("\n")[2].split()) > 8, f"{name} says little under {section.splitlines()[0]}"


def test_every_command_of_a_page_is_one_of_the_house() -> None:
    for name, text in pages().items():
        for command in re.findall(r"(?:^|`)(onecity [a-z -]+?)(?= [A-Z/]| --|`|$)", text, flags=re.MULTILINE):
            node: Any = onecity
            for word in command.split()[1:]:
                node = getattr(node, "commands", {}).get(word)
                assert node is not None, f"{name}: {command}"
