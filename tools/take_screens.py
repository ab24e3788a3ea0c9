"""Take the pictures of docs/screens: every page of the story, narrow and wide, light, dark and large, in two languages.

The city is simulated and its clock is the story's, so the same code gives the same pictures but for what is drawn by
lot: numbers of applications, and the keys in a QR code.
"""

import argparse
import asyncio
import io
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Page
from pytest import MonkeyPatch
from tests.screens.scenes import SCENES, Scene
from tests.screens.stage import Stage, open_stage

from onecity.machinery.postgres import find_binaries, start_cluster, stop_cluster

FOLDER: Final = Path("docs/screens")
WIDTHS: Final = {390: 844, 1280: 800}
THEMES: Final = ("light", "dark", "large")
LANGUAGES: Final = ("zh", "en")
LOOKS: Final = [(lang, theme) for lang in LANGUAGES for theme in THEMES]
"""Language and theme of each picture of a scene."""
_TOKENS: Final = Path("src/onecity/machinery/web/static/tokens.css")


def palette(dark: bool) -> Image.Image:  # noqa: FBT001 - one of two themes
    """The colours of the house, of which every page of a theme is made: a picture in these is small and true."""
    text = _TOKENS.read_text("utf-8")
    begin = text.index('[data-theme="dark"] {') if dark else 0
    end = text.index("}", begin) if dark else text.index("@media")
    found = list(dict.fromkeys(re.findall(r"#([0-9A-F]{6})\b", text[begin:end])))
    values = [int(colour[at : at + 2], 16) for colour in found for at in (0, 2, 4)]
    made = Image.new("P", (1, 1))
    made.putpalette(values + values[:3] * (256 - len(found)))
    return made


def packed(png: bytes, *, dark: bool) -> bytes:
    """A screenshot as a small WebP without loss of shape."""
    with Image.open(io.BytesIO(png)) as found:
        few = found.convert("RGB").quantize(palette=palette(dark), dither=Image.Dither.NONE).convert("RGB")
    out = io.BytesIO()
    few.save(out, "WEBP", lossless=True, quality=60, method=4)
    return out.getvalue()


async def picture(page: Page, width: int) -> bytes:
    """The whole page at a width, as tall as it is: bars stand at the bottom, not in the middle."""
    await page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    tall = await page.evaluate("Math.max(document.documentElement.scrollHeight, innerHeight)")
    await page.set_viewport_size({"width": width, "height": tall})
    return await page.screenshot()


def named(scene: Scene, width: int, theme: str, lang: str) -> str:
    """The file of a picture."""
    return f"{scene.id}-{width}-{theme}-{lang}.webp"


async def take(stage: Stage, scene: Scene, folder: Path) -> None:
    """All pictures of a scene."""
    for lang, theme in LOOKS:
        page = await stage.page(scene.who, lang=lang, large=theme == "large")
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await stage.show(page, scene)
        for width in WIDTHS:
            path = folder / named(scene, width, theme, lang)
            path.write_bytes(packed(await picture(page, width), dark=theme == "dark"))


def index(scenes: Sequence[Scene]) -> str:
    """The page of the folder: each scene with its pictures."""
    rows = [f"| {scene.shows} | {_cell(scene, 390)} | {_cell(scene, 1280)} | {_others(scene)} |" for scene in scenes]
    return "\n".join(
        (
            "# Every page, as people see it",
            "",
            "Made by `make screens` from a simulated city; all people and cases in it are nobody's. Do not edit: the",
            "next run writes this folder anew. What a browser says itself (“Choose File”) it says in its own language.",
            "`tests/journeys/test_pages_looked_at.py` tests what pages must keep.",
            "",
            "| page | 390 px | 1280 px | dark, large type, English |",
            "|---|---|---|---|",
            *rows,
            "",
        )
    )


def _cell(scene: Scene, width: int) -> str:
    name = named(scene, width, "light", "zh")
    return f'<a href="{name}"><img src="{name}" width="{180 if width == 390 else 420}" alt="{scene.shows}"></a>'


def _others(scene: Scene) -> str:
    return "<br>".join(
        f"[{width} {theme} {lang}]({named(scene, width, theme, lang)})" for lang, theme in LOOKS[1:] for width in WIDTHS
    )


async def take_all(scenes: Sequence[Scene], folder: Path) -> None:
    """Found a city in a temporary folder, play the story and take the pictures."""
    with tempfile.TemporaryDirectory(prefix="oc") as found, MonkeyPatch.context() as patch:
        place = Path(found)
        place.chmod(0o755)
        cluster = start_cluster(find_binaries(), place / "data", tell=print)
        try:
            async with open_stage(cluster, place / "city", "screens") as stage:
                patch.setattr("onecity.bootstrap.city.now", stage.story.town.clock)
                for number, scene in enumerate(scenes, 1):
                    print(f"{number:3} of {len(scenes)}  {scene.id}", flush=True)
                    await take(stage, scene, folder)
        finally:
            stop_cluster(cluster)


def main() -> None:
    """Take all pictures, or those of the scenes that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", nargs="*", help="only these scenes; without one, all of them")
    parser.add_argument("--into", type=Path, default=FOLDER)
    asked = parser.parse_args()
    unknown = set(asked.scene) - {scene.id for scene in SCENES}
    if unknown:
        parser.error(f"no such scene: {', '.join(sorted(unknown))}")
    scenes = [scene for scene in SCENES if not asked.scene or scene.id in asked.scene]
    asked.into.mkdir(parents=True, exist_ok=True)
    if not asked.scene:
        for old in asked.into.glob("*.webp"):
            old.unlink()
    asyncio.run(take_all(scenes, asked.into))
    (asked.into / "README.md").write_text(index(SCENES), "utf-8")
    weight = sum(path.stat().st_size for path in asked.into.glob("*.webp"))
    print(f"{len(list(asked.into.glob('*.webp')))} pictures, {weight / 1_000_000:.1f} MB in {asked.into}")


if __name__ == "__main__":
    main()
