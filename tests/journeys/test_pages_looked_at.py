"""Every page of the story, looked at in each size, theme and language: nobody is kept out, nothing is cut off."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Page, expect
from starlette.routing import Route
from tests.screens.looking import COLOURED, SIZED, Eyes
from tests.screens.scenes import SCENES, Scene
from tests.screens.stage import Stage, open_stage

from onecity.machinery.postgres import Cluster

PHONE, DESK = (390, 844), (1280, 800)
LOOKS = (("zh", False), ("zh", True), ("en", True))
"""Language and whether the type is large. English is looked at in large type alone: what fits there fits in small type, and
colours are those of Chinese, which is also looked at in the dark.
"""
AT_A_DESK = (("zh", False), ("en", True))
"""Large Chinese type is for the old people among the citizens; an officer's page in it is the English one made shorter."""


@pytest.fixture(scope="session")
async def stage(cluster: Cluster, shared_folder: Path) -> AsyncIterator[Stage]:
    async with open_stage(cluster, shared_folder / "stage", f"stage_{os.getpid()}") as found:
        yield found


@pytest.fixture(autouse=True)
def clock_of_the_story(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters name days as of the story's clock, for as long as a test of this file runs."""
    monkeypatch.setattr("onecity.bootstrap.city.now", stage.story.town.clock)


UNSEEN: Final = {
    "/account/export": "a file",
    "/street/{problem}/photos/{photo}": "a file",
    "/street/map/points": "data of a map",
    "/open/photos/{copy}": "a file",
    "/open/catalogue.csv": "a file",
    "/open/catalogue.jsonld": "a file",
    "/open/catalogue/exchange.csv": "a file",
    "/open/ratings.csv": "a file",
    "/street/live": "a stream for the page",
    "/follow/{token}/live": "a stream for the page",
    "/wallet/{licence}/paper": "a file",
    "/desk/cases/{case}/materials/{material}": "a file",
    "/materials/{material}": "a file",
    "/licences/status/{shard}": "a list for programs",
    "/proof/checkpoint": "a note for programs",
    "/api/docs": "a description for programs",
    "/projects/{project}/stages/{stage}/apply": "goes to the step where one stopped",
    "/projects/{project}/stages/{stage}/review": "drawn as that of an item",
    "/features/": "drawn as that without the stroke",
    "/features/conformance": "drawn as that of a feature",
    "/features/api": "drawn as that of a feature",
    "/features/collections": "drawn as that above it",
    "/features/collections/{collection}": "drawn as that of a feature",
    "/items/{item}/apply": "leads on",
    "/life-events/{event}/apply": "leads on",
    "/items/{item}/materials": "drawn as that of a life event",
    "/items/{item}/review": "drawn as that of a life event",
    "/payments/{payment}/back": "leads on",
    "/finance/{day}": "needs a balanced day",
    "/finance/{day}/lines.csv": "a file",
}
"""Pages that no scene shows, and why."""
_FOR_PROGRAMS: Final = ("/api/", "/open311/", "/health", "/metrics", "/static", "/look")


async def looked_at(page: Page, eyes: Eyes, *, lang: str, large: bool, desk: bool) -> list[str]:
    """What is wrong with a page at both sizes: whole at the one for which it is made, and in the dark once.

    Letters and words of another language change no colour; another size of the window changes neither.
    """
    found: list[str] = []
    for size in (PHONE, DESK):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        wrong = list(await eyes.look())
        if size == (DESK if desk else PHONE):
            wrong += await _axe(eyes, lang=lang, large=large)
        elif not large:
            wrong += await eyes.axe(SIZED)
        found += [f"{size[0]}: {one}" for one in wrong]
    if not large:
        await page.emulate_media(color_scheme="dark")
        found += [f"dark: {one}" for one in await eyes.axe(COLOURED)]
    return found


async def _axe(eyes: Eyes, *, lang: str, large: bool) -> list[str]:
    if not large:
        return await eyes.axe()
    # The same page in larger letters has a style of its own; in English it has other words in that style.
    return await (eyes.axe((*COLOURED, *SIZED)) if lang == "zh" else eyes.axe(without=COLOURED))


@pytest.mark.parametrize("scene", SCENES, ids=str)
async def test_a_page_keeps_nobody_out_and_cuts_nothing_off(stage: Stage, scene: Scene) -> None:
    wrong: list[str] = []
    for lang, large in AT_A_DESK if scene.desk else LOOKS:
        page = await stage.page(scene.who, lang=lang, large=large)
        with Eyes(page, stage.address) as eyes:
            await stage.show(page, scene)
            found = [
                *(() if large else await eyes.wire()),
                *await eyes.words(lang, citizen=not (scene.desk or scene.quotes)),
            ]
            found += await looked_at(page, eyes, lang=lang, large=large, desk=scene.desk)
        wrong += [f"{lang}{', large' if large else ''}, {one}" for one in found]
    assert wrong == []


def test_every_page_has_its_scene(stage: Stage) -> None:
    paths = [re.sub(r"{[^}]*}", "x", scene.path.partition("?")[0]) for scene in SCENES]
    pages = {
        route.path
        for route in stage.story.town.app.routes
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not route.path.startswith(_FOR_PROGRAMS)
    }
    shown = {page for page in pages for path in paths if re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", page), path)}
    # What a reception shows of somebody is drawn by the pages of that person.
    missing = {page for page in pages - shown - UNSEEN.keys() if not page.startswith("/window/{reception}/")}
    assert missing == set()
    assert not shown & UNSEEN.keys(), "shown by now"


async def test_eyes_find_what_is_wrong(stage: Stage) -> None:
    page = await stage.page("", lang="zh", large=False)
    eyes = Eyes(page, stage.address)
    await page.goto("/sign-in")
    await page.evaluate(
        """document.querySelector('main').insertAdjacentHTML('beforeend', `
        <p style="width: 900px">很宽的一段</p><p style="font-size: 11px">很小</p>
        <p style="width: 40px; overflow: hidden; white-space: nowrap">被切掉的一段话</p>
        <a class="button button-primary" href="/">又一个</a><p style="color: #bbb">看不清，暂无数据</p>`)"""
    )
    found = " ".join((*await eyes.look(), *await eyes.axe(), *await eyes.words("en", citizen=True)))
    for wrong in ("scrolls sideways", "letters of 11.0 px", "cut off by p", "primary buttons", "axe color-contrast"):
        assert wrong in found
    assert "暂无数据" in found
    assert "says it speaks 'zh-CN'" in found


async def test_a_page_of_one_look_is_no_other_look(stage: Stage) -> None:
    for who, lang, large in (("founder", "zh", True), ("", "zh", False), ("founder", "en", False), ("", "en", True)):
        page = await stage.page(who, lang=lang, large=large)
        await page.goto("/")
        kept = {one["name"]: one["value"] for one in await page.context.cookies()}
        assert ("session" in kept, kept["lang"], kept["mode"]) == (bool(who), lang, "elder" if large else "normal")
        assert await page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [390, False]


async def test_the_screen_in_a_hall_goes_on_asking_also_after_it_found_nobody(stage: Stage) -> None:
    clerk, page = stage.story.people["chuangkou"], await stage.page("", lang="zh", large=False)
    await page.clock.install()
    await page.goto("/halls/city_hall/board")
    first = page.locator("#now li").first
    before = await first.inner_text()
    await page.context.set_offline(True)
    called = await clerk.send("/api/halls/city_hall/call", {"window": 31})
    assert called.status_code == 200, called.text
    await page.clock.fast_forward(16_000)
    assert await first.inner_text() == before
    await page.context.set_offline(False)
    await page.clock.fast_forward(16_000)
    await expect(first).to_contain_text("31 号窗口")
    await page.close()
