"""The same cover breaks again three weeks after it was mended: the figures say so, whatever the closing rate says.

A town of its own, whose clock the test holds. What `test_street.py` does at desks is done here by programs.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Geolocation, Page, expect
from tests.http.street import MENDERS, PLACE, Crew, closed, crew, filed, moved
from tests.http.towns import Town, open_town
from tests.journeys.conftest import PHONE
from tests.screens.stage import open_browser, open_doors
from tests.screens.story import FOUNDED

from onecity.machinery.postgres import Cluster

Open = Callable[..., Awaitable[Page]]
HERE: Geolocation = {"longitude": PLACE["longitude"], "latitude": PLACE["latitude"], "accuracy": 8}
THREE_WEEKS = timedelta(days=21)


@pytest.fixture
async def town(cluster: Cluster, open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with open_town(cluster, open_folder / "again", "again", at=FOUNDED) as found:
        monkeypatch.setattr("onecity.bootstrap.city.now", found.clock)
        yield found


@pytest.fixture
async def browse(town: Town) -> AsyncIterator[Open]:
    """Opens a phone that knows where it is, of nobody or of whoever has a session; an error on a page fails the test."""
    errors: list[str] = []
    async with open_doors(town.app) as address, open_browser() as browser:

        async def opened(session: str = "") -> Page:
            context = await browser.new_context(
                base_url=address, viewport=PHONE, locale="zh-CN", reduced_motion="reduce",
                geolocation=HERE, permissions=["geolocation"],
            )  # fmt: skip
            if session:
                await context.add_cookies([{"name": "session", "value": session, "url": address}])
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            return page

        yield opened
    assert errors == []


async def reported(phone: Page) -> tuple[str, str]:
    """The cover on which somebody stands is reported; its number and its link."""
    await phone.goto("/report")
    await phone.get_by_role("button", name="我就在这里").click()
    await expect(phone.locator(".map-found")).to_contain_text("误差约 8 米")
    await phone.get_by_label("是什么事").fill("井盖碎了，骑车会摔")
    await phone.locator('[name="matter"]').select_option("01002")
    await phone.get_by_role("button", name="报给城市").click()
    await expect(phone.locator("main")).to_contain_text("等受理")
    found = re.search(r"W\d{8}-\w{7}", await phone.locator("main").inner_text())
    assert found
    return found[0], phone.url


async def sent_out(town: Town, team: Crew, number: str) -> UUID:
    """It is filed under its condition and sent to the unit that mends covers; its case."""
    [row] = await town.rows("select report::text from reports where number = $1", number)
    case = await filed(dict(row), town, team, "sewer_cover_missing")
    await moved(team.dispatcher, case, "dispatch", "send", to={"handle": MENDERS})
    return case


async def put_right(phone: Page, follow: str, case: UUID, town: Town, team: Crew) -> None:
    """It is mended, looked at and closed, as whoever reported reads."""
    await phone.goto(follow)
    await expect(phone.locator("main")).to_contain_text("处置中")
    await closed(case, town, team)
    await phone.reload()
    await expect(phone.locator("main")).to_contain_text("盖好了，别的人去看过。")


async def shares(phone: Page) -> tuple[str, str]:
    """What everybody reads of closing, and of what came back, in the row below it."""
    await phone.goto("/open/street")
    rows = await phone.locator("main tbody tr").all_inner_texts()
    closing, back = (row.split(maxsplit=1) for row in rows[:2])
    assert (closing[0], back[0]) == ("结案率", "同一处又坏")
    return " ".join(closing[1].split()), " ".join(back[1].split())


async def test_the_same_cover_three_weeks_later_raises_recurrence_beside_the_closing_rate(
    town: Town, browse: Open
) -> None:
    team, phone = await crew(town), await browse()
    number, follow = await reported(phone)
    first = await sent_out(town, team, number)
    await put_right(phone, follow, first, town, team)
    assert await shares(phone) == ("100.0 % 1 / 1", "– 0 / 0")
    town.clock.at += THREE_WEEKS
    await town.stay(team.operator, team.dispatcher, team.mender)
    other, follow = await reported(phone)
    assert other != number
    second = await sent_out(town, team, other)
    desk = await browse(team.operator.token)
    await desk.goto(f"/street/{second}")
    came_back = desk.locator(".fact", has_text="同一处又坏").get_by_role("link")
    await expect(came_back).to_contain_text(number)
    await came_back.click()
    assert desk.url.endswith(f"/street/{first}")
    await put_right(phone, follow, second, town, team)
    # Everything is closed, and half of it was closed in vain.
    assert await shares(phone) == ("100.0 % 2 / 2", "100.0 % 1 / 1")
