"""A running city for the journeys of one process, and a browser for each journey."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Geolocation, Page, ViewportSize, expect, sync_playwright

from onecity.drills.cities import Pattern, RunningCity

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
