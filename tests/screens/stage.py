"""The played city behind a real address, and a browser in front of it: what pictures and looks at pages share."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright
from starlette.applications import Starlette
from tests.http.towns import open_town
from tests.screens.scenes import Scene
from tests.screens.story import FOUNDED, Story, play

from onecity.machinery.postgres import Cluster

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                 "--font-render-hinting=none", "--force-color-profile=srgb")  # fmt: skip
_PATIENCE_MS: Final = 15_000
_PHONE: Final[ViewportSize] = {"width": 390, "height": 844}


class Stage:
    """The story, its address and the browser.

    There is one page for each language, whoever looks: a page that has run before is twice as quick as a new one, and no
    page of the house is kept by a browser.
    """

    def __init__(self, story: Story, address: str, browser: Browser) -> None:
        self.story = story
        self.address = address
        self._browser = browser
        self._pages: dict[str, Page] = {}

    async def page(self, who: str, *, lang: str, large: bool) -> Page:
        """An empty page of somebody on a phone, in a language and a size of type; nobody else's word is left in it."""
        page = self._pages.get(lang)
        if page is None or page.is_closed():
            page = self._pages[lang] = await (await self._context(lang)).new_page()
            page.set_default_timeout(_PATIENCE_MS)
        await page.goto("about:blank")
        await page.set_viewport_size(_PHONE)
        await page.emulate_media(color_scheme="light")
        await self._known(page.context, who, lang=lang, large=large)
        return page

    async def show(self, page: Page, scene: Scene) -> None:
        """Go to a scene and do what is done there first."""
        answer = await page.goto(scene.address(self.story.names))
        assert answer is not None
        assert answer.status == scene.status, (scene.id, answer.status, page.url)
        if scene.act is not None:
            await scene.act(page)

    async def _context(self, lang: str) -> BrowserContext:
        # The checks come from outside the page, as the person's own tools would.
        return await self._browser.new_context(
            base_url=self.address, locale="zh-CN" if lang == "zh" else "en-GB", reduced_motion="reduce", bypass_csp=True
        )

    async def _known(self, context: BrowserContext, who: str, *, lang: str, large: bool) -> None:
        kept = {"lang": lang, "mode": "elder" if large else "normal"}
        if who:
            kept["session"] = self.story.people[who].token
        await context.clear_cookies()
        await context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in kept.items()])


@asynccontextmanager
async def open_doors(app: Starlette) -> AsyncIterator[str]:
    """A city of this process behind a real address, for as long as somebody needs it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        # A browser may come back after long work on a busy machine; a line closed meanwhile would be a failure of ours.
        patient = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=600)
        server = _Quiet(patient)
        serving = asyncio.create_task(server.serve([found]))
        yield f"http://127.0.0.1:{found.getsockname()[1]}"
        server.should_exit = True
        await serving


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """The browser of this machine."""
    program = next(path for one in _NAMES if (path := shutil.which(one)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def open_stage(cluster: Cluster, folder: Path, name: str) -> AsyncIterator[Stage]:
    """Found the city, play the story, open the doors and a browser."""
    async with open_town(cluster, folder, name, at=FOUNDED) as town:
        story = await play(town)
        async with open_doors(town.app) as address, open_browser() as browser:
            yield Stage(story, address, browser)


class _Quiet(uvicorn.Server):
    """A server that leaves the signals of the process to whoever started it."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)
