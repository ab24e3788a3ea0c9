"""Writes what Prometheus and Grafana read of the city, from the work units as their packages declare them.

`python tools/write_watch.py` writes `alerts.yaml`, `dashboard.json` and `metrics.md` into docs/operate; `--check` only
tells, with exit code 1, which of them is stale.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from onecity.bootstrap.watched import UNITS
from onecity.machinery.watch import Alert, Example, Measured, Panel, WorkUnit, expression, name_of

FOLDER: Final = Path(__file__).parents[1] / "docs" / "operate"
_WRITTEN: Final = "Written by tools/write_watch.py from the work units of the code; a test fails when it is stale."
_WIDE, _HIGH, _ABREAST = 8, 7, 3
_COLOURS: Final = {"wake": "red", "morning": "orange"}
_KINDS: Final = {
    "counter": "only rises",
    "gauge": "a figure of the moment",
    "histogram": "durations or sizes, in buckets",
}


def rule(alert: Alert) -> dict[str, Any]:
    """An alert as Prometheus reads it; its page lies in the city itself, at the address of the external label."""
    found: dict[str, Any] = {"alert": alert.name, "expr": expression(alert.condition)}
    if alert.lasting_s:
        found["for"] = f"{alert.lasting_s}s"
    found["labels"] = {"severity": alert.severity.value}
    found["annotations"] = {
        "summary": alert.summary,
        "runbook": f"docs/operate/{alert.runbook}.md",
        "runbook_url": "{{ $externalLabels.city }}/operate/" + alert.runbook,
    }
    return found


def rules() -> dict[str, Any]:
    """All alerts, a group for each work unit."""
    groups = [{"name": unit.name, "rules": [rule(alert) for alert in unit.alerts]} for unit in UNITS if unit.alerts]
    return {"groups": groups}


def examples(unit: WorkUnit, rules_file: str, every: int) -> dict[str, Any]:
    """The examples of a unit's alerts with a sample every so many minutes, as `promtool test rules` runs them."""
    tests = [_test(alert, example) for alert in unit.alerts for example in alert.examples if example.every == every]
    return {"rule_files": [rules_file], "evaluation_interval": f"{every}m", "tests": tests}


def _test(alert: Alert, example: Example) -> dict[str, Any]:
    city = "https://city.example"
    # What differs from alert to alert is which series it is about; that it fires, and leads to its page, is the claim.
    at: dict[str, Any] = {"eval_time": f"{example.minutes}m", "alertname": alert.name, "exp_alerts": []}
    if example.fires:
        annotations = dict(rule(alert)["annotations"]) | {"runbook_url": f"{city}/operate/{alert.runbook}"}
        at["exp_alerts"] = [{"exp_labels": _labels(alert, example.series), "exp_annotations": annotations}]
    return {
        "name": f"{alert.name}: {example.because}",
        "interval": f"{example.every}m",
        "external_labels": {"city": city},
        "input_series": [{"series": series, "values": values} for series, values in example.series],
        "alert_rule_test": [at],
    }


def _labels(alert: Alert, series: tuple[tuple[str, str], ...]) -> dict[str, str]:
    by = getattr(alert.condition, "by", "")
    where = {by: series[0][0].partition(f'{by}="')[2].partition('"')[0]} if by else {}
    return {"severity": alert.severity.value, **where}


def _panels(unit: WorkUnit) -> Iterator[tuple[Panel, Mapping[str, Any] | None]]:
    """The graphs of a unit: what its alerts look at, with their limits, and what else it declares."""
    for alert in unit.alerts:
        condition = alert.condition
        by = getattr(condition, "by", "")
        title = f"{alert.summary} ({alert.name})"
        beyond, within = _COLOURS[alert.severity], "green"
        steps = [
            {"color": beyond if condition.low else within, "value": None},
            {"color": within if condition.low else beyond, "value": condition.limit},
        ]
        yield Panel(title, condition.figure(), alert.measured, by), {"mode": "absolute", "steps": steps}
    for panel in unit.panels:
        yield panel, None


def dashboard() -> dict[str, Any]:
    """The dashboard: a row for each work unit, its alerts first."""
    panels: list[dict[str, Any]] = []
    top = 0
    for unit in UNITS:
        panels.append({"type": "row", "title": unit.name, "gridPos": {"x": 0, "y": top, "w": 24, "h": 1}, "panels": []})
        top += 1
        found = list(_panels(unit))
        for number, (panel, thresholds) in enumerate(found):
            place = {"x": number % _ABREAST * _WIDE, "y": top + number // _ABREAST * _HIGH, "w": _WIDE, "h": _HIGH}
            panels.append(_drawn(panel, thresholds, place))
        top += -(-len(found) // _ABREAST) * _HIGH
    for number, drawn in enumerate(panels, 1):
        drawn["id"] = number
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    return {
        "title": "OneCity", "uid": "onecity", "description": _WRITTEN, "schemaVersion": 39, "editable": True,
        "time": {"from": "now-6h", "to": "now"}, "refresh": "30s", "templating": {"list": [source]}, "panels": panels,
    }  # fmt: skip


def _drawn(panel: Panel, thresholds: Mapping[str, Any] | None, place: Mapping[str, int]) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "${source}"}
    defaults: dict[str, Any] = {"unit": panel.measured.value, "custom": {"fillOpacity": 10}}
    if panel.measured is not Measured.SECONDS or "time()" not in panel.expr:
        defaults["min"] = 0
    if thresholds is not None:
        defaults |= {"thresholds": thresholds, "custom": {"fillOpacity": 10, "thresholdsStyle": {"mode": "line"}}}
    legend = f"{{{{{panel.by}}}}}" if panel.by else "city"
    return {
        "type": "timeseries", "title": panel.title, "datasource": source, "gridPos": dict(place),
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "targets": [{"refId": "A", "datasource": source, "expr": panel.expr, "legendFormat": legend}],
    }  # fmt: skip


def expressions() -> list[str]:
    """Everything that is asked of Prometheus."""
    asked = [one["expr"] for group in rules()["groups"] for one in group["rules"]]
    drawn = dashboard()["panels"]
    return [*asked, *(target["expr"] for panel in drawn for target in panel.get("targets", ()))]


def metrics() -> str:
    """The page that names every metric."""
    lines = [
        "# Metrics", "", f"*{_WRITTEN}*", "",
        "`/metrics` tells them in the text form of Prometheus, to programs on the city's own machine. Durations are in",
        "seconds, instants in seconds since 1970. No label holds a name, an address or a number of anybody.", "",
    ]  # fmt: skip
    for unit in UNITS:
        alerts = ", ".join(f"[{alert.name}]({alert.runbook}.md)" for alert in unit.alerts)
        lines += [
            f"## {unit.name}",
            "",
            f"Alerts: {alerts}",
            "",
            "| metric | labels | kind | what it counts |",
            "|---|---|---|---|",
        ]
        for metric in unit.metrics:
            [described] = metric.describe()
            labels = ", ".join(f"`{label}`" for label in metric._labelnames) or "–"  # noqa: SLF001 - nothing public tells them
            lines.append(f"| `{name_of(metric)}` | {labels} | {_KINDS[described.type]} | {described.documentation}. |")
        lines.append("")
    return "\n".join(lines)


def files() -> dict[str, str]:
    """Every file by its name, as it should be."""
    text = yaml.safe_dump(rules(), sort_keys=False, allow_unicode=True, width=120)
    return {
        "alerts.yaml": f"# {_WRITTEN}\n{text}",
        "dashboard.json": json.dumps(dashboard(), indent=1, ensure_ascii=False) + "\n",
        "metrics.md": metrics(),
    }


def main() -> int:
    """Write the files, or tell which is stale."""
    stale = [
        name
        for name, text in files().items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != text
    ]
    if "--check" not in sys.argv[1:]:
        for name, text in files().items():
            (FOLDER / name).write_text(text, "utf-8")
        return 0
    if stale:
        print(f"{', '.join(stale)} is stale. Write it again: python tools/write_watch.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
