"""What a stranger with sharp eyes finds on a page: whom it keeps out, what is cut off, what is too small or too heavy.

The rules are those of the house's interface, section 9.
"""

import gzip
from collections.abc import Sequence
from typing import Any, Final, Self
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, Response
from tests.architecture.test_words import BANNED_PATTERN

COLOURED: Final = ("color-contrast", "link-in-text-block")
"""What may differ when the same page is drawn in other colours. These rules look at every sign, and take longest."""
SIZED: Final = ("scrollable-region-focusable", "target-size")
"""What may differ when it is drawn in another size."""
_TAGS: Final = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")
KB: Final = 1000
BUDGET: Final = {"document": 15 * KB, "stylesheet": 20 * KB, "all": 150 * KB}
"""Bytes as they travel, compressed."""
_SIZES: Final[dict[str, int]] = {}
"""Of files that never change."""

_LOOK: Final = """
() => {
  const found = [], root = document.documentElement, wide = root.clientWidth;
  const hidden = node => { for (let at = node; at; at = at.parentElement) { const css = getComputedStyle(at);
    if (at.matches('.vh, .skip') || css.visibility === 'hidden' || css.display === 'none') return true; } return false; };
  const called = node => node.tagName.toLowerCase() + (node.className && node.className.baseVal === undefined ? '.' + node.className.trim().replace(/\\s+/g, '.') : '') + ' "' + node.textContent.trim().slice(0, 30) + '"';
  if (root.scrollWidth > wide) found.push(`scrolls sideways: ${root.scrollWidth} > ${wide}`);
  if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
  const primary = [...document.querySelectorAll('.button-primary')].filter(node => node.offsetParent || getComputedStyle(node).position === 'fixed');
  if (primary.length > 1) found.push('primary buttons: ' + primary.map(called).join(', '));
  const seen = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(node) || node.matches('option, optgroup, script, style, title') || hidden(node)) continue;
    seen.add(node);
    if (!node.checkVisibility({contentVisibilityAuto: true})) continue;
    const range = document.createRange(); range.selectNodeContents(walker.currentNode);
    const boxes = [...range.getClientRects()].filter(box => box.width);
    if (!boxes.length) continue;
    const scale = node instanceof SVGElement && node.getScreenCTM ? node.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(node).fontSize) * scale;
    if (size < 12.99) found.push(`letters of ${size.toFixed(1)} px: ${called(node)}`);
    if (boxes.some(box => box.right > wide + 1 || box.left < -1)) found.push('outside the page: ' + called(node));
    for (let at = node; at && at !== document.body; at = at.parentElement) {
      const css = getComputedStyle(at);
      if (css.overflowX === 'visible' && css.overflowY === 'visible') continue;
      const frame = at.getBoundingClientRect();
      if (boxes.some(box => box.right > frame.right + 1 || box.left < frame.left - 1 || box.bottom > frame.bottom + 2 || box.top < frame.top - 2))
        if (!['auto', 'scroll'].includes(css.overflowX)) { found.push(`cut off by ${called(at).split(' "')[0]}: ${called(node)}`); break; }
    }
    if (boxes.length > 1 && node.matches('time')) found.push('a day is broken: ' + called(node));
  }
  return found;
}
"""


# Only a rule that is not among these asks for the style sheets once more.
_AXE: Final = "how => axe.run(document, {...how, resultTypes: ['violations'], preload: {assets: ['media']}})"


class Eyes:
    """Looks at one page: what came over the wire, and what stands there at each size and theme."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._host = urlsplit(address).netloc
        self._came: list[Response] = []
        self._strangers: list[str] = []

    def __enter__(self) -> Self:
        self.page.on("request", self._ask)
        self.page.on("response", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        self.page.remove_listener("request", self._ask)
        self.page.remove_listener("response", self._hear)

    def _ask(self, request: Any) -> None:
        if not request.url.startswith("data:") and urlsplit(request.url).netloc != self._host:
            self._strangers.append(request.url)

    def _hear(self, answer: Response) -> None:
        self._came.append(answer)

    async def wire(self) -> list[str]:
        """Requests to others, and files over their budget."""
        sizes = {"document": _packed((await self.page.content()).encode()), "stylesheet": 0, "other": 0}
        for url in {one.url for one in self._came if one.request.resource_type != "document" and one.ok}:
            sizes["stylesheet" if url.endswith(".css") else "other"] += await self._size(url)
        sizes["all"] = sum(sizes.values())
        heavy = [f"{kind}: {sizes[kind]} bytes, at most {most}" for kind, most in BUDGET.items() if sizes[kind] > most]
        return [f"asks a stranger: {url}" for url in self._strangers] + heavy

    async def _size(self, url: str) -> int:
        """Bytes of a file; one that never changes is asked for once."""
        if url not in _SIZES:
            answer = await self.page.context.request.get(url)
            size = _packed(await answer.body())
            if "immutable" not in answer.headers.get("cache-control", ""):
                return size
            _SIZES[url] = size
        return _SIZES[url]

    async def words(self, lang: str, *, citizen: bool) -> list[str]:
        """The page says its language, and no word that nobody says at a counter."""
        said = await self.page.evaluate("document.documentElement.lang")
        wrong = [] if str(said).startswith(lang) else [f"says it speaks {said!r}"]
        text = await self.page.locator("body").inner_text()
        banned = BANNED_PATTERN.search(text) if citizen else None
        return [*wrong, f"banned word {banned[0]}"] if banned else wrong

    async def look(self) -> list[str]:
        """What is cut off, too small, doubled or broken, as the page is drawn now."""
        found: list[str] = await self.page.evaluate(_LOOK)
        return found

    async def axe(self, rules: Sequence[str] = (), *, without: Sequence[str] = ()) -> list[str]:
        """Whom the page keeps out, by the rules of WCAG 2.2 AA, by all but some of them, or by those that are named."""
        only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": list(_TAGS)}
        how = {"runOnly": only, "rules": {name: {"enabled": False} for name in without}}
        if not await self.page.evaluate("typeof axe === 'object'"):
            await self.page.evaluate(AXE_SCRIPT)
        answer = await self.page.evaluate(_AXE, how)
        return [_said(one) for one in answer["violations"]]


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def _said(violation: Any) -> str:
    places: Sequence[str] = [str(node["target"]) for node in violation["nodes"]]
    return f"axe {violation['id']}: {'; '.join(places[:3])} ({len(places)})"
