"""Whoever looks after the machines sees what is late, the worst first, and how to mend it; and nobody's data."""

import re
from datetime import timedelta

from tests.http import stages, street
from tests.http.towns import Caller, Town

from onecity.bootstrap.content import runbooks
from onecity.bootstrap.watched import UNITS
from onecity.portal.runbooks import Runbooks, read


async def in_english(town: Town) -> Caller:
    """Somebody with the duty, who reads English."""
    found = await stages.officer_with(town, "portal.operate")
    await found.get("/look?lang=en&back=/")
    return found


def rows(page: str) -> list[str]:
    """The text of each work unit, in the order of the page."""
    parts = re.split(r'<li class="row[ "]', page)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in parts]


async def test_what_is_late_stands_first_with_its_figure_its_limit_and_the_way_to_mend_it(alone: Town) -> None:
    engineer = await in_english(alone)
    await street.report(alone, words="麤骉驫门前有个洞")
    with alone.clock.later(timedelta(seconds=90)):
        page = await engineer.get("/operate")
    found = rows(page.text)
    assert len(found) == len(UNITS)
    [sealing] = [one for one in found if "Sealing" in one]
    assert re.search(r"Sealing .*Longest wait for a seal: (9\d|10\d) s \(at most 30 s\)", sealing), sealing
    assert sealing.endswith("Now")
    late = [one.endswith(("Now", "Not known")) for one in found]
    assert late == sorted(late, reverse=True)
    assert 'href="/operate/sealing-late"' in page.text
    assert "麤骉驫" not in page.text
    await alone.seal()
    calm = rows((await engineer.get("/operate")).text)
    assert [one for one in calm if "Sealing" in one and one.endswith("Well")] != []


async def test_the_page_speaks_chinese_and_says_what_was_never_done(town: Town) -> None:
    engineer = await stages.officer_with(town, "portal.operate")
    page = (await engineer.get("/operate")).text
    assert "城市运行" in page
    assert "最近一次备份过去了：从来没有" in re.sub(r"<[^>]+>", "", page)


async def test_every_page_is_read_from_its_file_and_nothing_else_is(town: Town) -> None:
    engineer = await stages.officer_with(town, "portal.operate")
    for alert in (alert for unit in UNITS for alert in unit.alerts):
        page = await engineer.get(f"/operate/{alert.runbook}")
        assert page.status_code == 200
        assert page.text.count("<h2>") >= 4, alert.name
        assert "How to mend it" in page.text
        assert "`" not in page.text.partition("<main")[2]
    for name in ("nothing", "..%2f..%2fREADME", "backup.md", "Sealing-late", "sealing_late"):
        assert (await engineer.get(f"/operate/{name}")).status_code == 404, name
    pages = Runbooks(runbooks())
    assert pages.page("../../README") is None
    assert pages.page("sealing-late") is not None


def test_a_page_keeps_its_commands_as_they_are_typed() -> None:
    page = read("# A: b\n\n## C\n\nSee [d](e.md).\n\n```\nonecity x  --y\nonecity z\n```\n\n- f\n- `g`\n")
    assert [(part.kind, part.lines) for part in page.parts] == [
        ("heading", ("C",)),
        ("text", ("See d.",)),
        ("commands", ("onecity x  --y", "onecity z")),
        ("list", ("f", "g")),
    ]
