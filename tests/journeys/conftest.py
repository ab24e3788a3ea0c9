"""A running city for the journeys of one process, and a browser for each journey.

With `--record-runs` a journey that went well to its very end records in the shipped pack which items two roles played.
"""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Geolocation, Page, ViewportSize, expect, sync_playwright
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.bootstrap.moment import now
from onecity.drills.cities import Pattern, RunningCity
from onecity.drills.rehearsing.recording import record, record_event
from onecity.kernel.instants import day_in
from onecity.packs import load_pack
from onecity.places import CITY
from onecity.services.runs import How

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

_PATIENCE_MS = 20_000
"""Two cities, two browsers and their databases share two cores."""
expect.set_options(timeout=_PATIENCE_MS)

ABORTED = "net::ERR_ABORTED"
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
"""What fails while a journey itself has taken the network away."""

Open = Callable[..., Page]
PLAYED: Final = pytest.StashKey[list[str]]()
"""The items that a journey saw granted."""
IN_PART: Final = pytest.StashKey[list[tuple[str, str]]]()
"""The life events that a journey saw granted but for one item, with that item."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-runs", action="store_true", help="Record in the shipped pack what journeys played.")
    parser.addoption("--replay-events", type=int, default=0, help="Play so many of the recorded life events again.")
    parser.addoption("--replay-seed", default="onecity", help="Which of them: another word draws others.")


@pytest.fixture
def played(request: pytest.FixtureRequest) -> list[str]:
    """Where a journey notes the items that it saw go from the application to the result, by applicant and officers."""
    journey: pytest.Item = request.node
    return journey.stash.setdefault(PLAYED, [])


@pytest.fixture
def granted_in_part(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """Where a journey notes the life events that it saw through, each with the item that was refused."""
    journey: pytest.Item = request.node
    return journey.stash.setdefault(IN_PART, [])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record what was played once everything went well, the look at the errors of all pages included."""
    report = yield
    items, events = item.stash.get(PLAYED, []), item.stash.get(IN_PART, [])
    if report.failed:
        items.clear()
        events.clear()
    elif report.when == "teardown" and items and item.config.getoption("--record-runs", default=False):
        folder, on = shipped_pack(), day_in(shipped().one(CITY).clock_zone(), now())
        # Another journey may have recorded since the pack was read.
        fresh, faults = load_pack(folder, KINDS)
        assert faults == ()
        record(folder, fresh, items, How.BROWSER, on=on)
        for event, refused in events:
            record_event(folder, fresh, event, refused, on=on)
    return report


@pytest.fixture(scope="session")
def city(shared_folder: Path, pattern: Pattern) -> Iterator[RunningCity]:
    found = RunningCity(pattern.copied(shared_folder / "city"))
    found.start()
    yield found
    found.clean()


@pytest.fixture
def browse(city: RunningCity) -> Iterator[Open]:
    """Opens a page of the city in a visitor's own browser; an error on the page fails the test."""
    program = next(found for name in _NAMES if (found := shutil.which(name)))
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)

        def opened(
            path: str, *, size: ViewportSize = PHONE, scripts: bool = False, place: Geolocation | None = None
        ) -> Page:
            context = browser.new_context(
                base_url=city.address,
                viewport=size,
                java_script_enabled=scripts,
                locale="zh-CN",
                reduced_motion="reduce",
                geolocation=place,
                permissions=["geolocation"] if place else [],
            )
            page = context.new_page()
            page.set_default_timeout(_PATIENCE_MS)
            page.on("pageerror", lambda error: errors.append(str(error)))
            # A page that is left before it is whole is aborted by the browser itself.
            page.on(
                "requestfailed",
                lambda request: errors.append(request.url) if request.failure not in (ABORTED, OFFLINE) else None,
            )
            page.goto(path)
            return page

        yield opened
        browser.close()
    assert errors == []
