"""Fifty thousand problems on the map, in a real browser: how long a frame takes while somebody moves and zooms."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from playwright.async_api import Page, async_playwright

from bench.figures import ROOT
from onecity.bootstrap.content import KINDS, shipped_pack
from onecity.drills.figures import Figure
from onecity.machinery.postgres import Cluster
from onecity.packs import load_pack
from onecity.places import outlined, places_of

_POINTS: Final = 50_000
_SEED: Final = 20_000
_FRAMES: Final = 180
"""Three seconds at sixty frames a second."""
_CENTRES: Final = ((113.665, 34.747, 0.05), (113.60, 34.75, 0.08), (113.72, 34.77, 0.06), (113.4, 34.6, 0.25))
"""Where many live: longitude, latitude and spread in degrees, invented."""
_MARKS: Final = ("waiting", "handling", "verify", "verified", "late")
_WEIGHTS: Final = (25, 40, 15, 17, 3)
_STATIC: Final = ROOT / "src/onecity/governance/web/static"
_STYLES: Final = ROOT / "src/onecity/machinery/web"
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")

_PAGE: Final = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="tokens.css"><style>
body { margin: 0 } .map { position: relative; width: 900px; height: 760px }
canvas { position: absolute; inset: 0; width: 100%; height: 100% }</style><div class="map" data-label="map"></div>
<script type="module">
import { CityMap } from './map.js';
import { Points } from './points.js';
const asked = async (name) => (await fetch(name)).json();
const [ground, rows] = await Promise.all(['ground.json', 'points.json'].map(asked));
const map = new CityMap(document.querySelector('.map'), ground), began = performance.now();
const points = new Points(rows, '迟');
map.layers.push(points);
const MIDDLE = [113.665, 34.747];
const frames = (count, step) => new Promise((done) => {
  const between = [], drawn = [];
  let last = null, number = 0;
  const frame = (now) => {
    if (last !== null) { between.push(now - last); drawn.push(map.lastDrawMs); }
    last = now;
    if (number === count) return done({ between, drawn });
    step(number);
    number += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});
window.measure = {
  pan: (zoom, count) => {
    map.moveTo(...MIDDLE, zoom);
    return frames(count, (n) => map.panBy(n % 120 < 60 ? 9 : -9, n % 80 < 40 ? 5 : -5));
  },
  zoom: (count) => { map.moveTo(...MIDDLE, 10.5); return frames(count, (n) => map.zoomBy(n % 120 < 60 ? 0.1 : -0.1)); },
};
map.draw();
const first = performance.now() - began;
await points.prepare(map.farthest);
window.ready = first;
</script>"""


async def measure_map(_cluster: Cluster) -> list[Figure]:
    """Frames while the map is moved at three scales and while it is zoomed in and out, without a graphics card."""
    with TemporaryDirectory(prefix="bench") as folder, _served(Path(folder)) as address:
        async with async_playwright() as playwright:
            program = next(found for name in _BROWSERS if (found := shutil.which(name)))
            browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            page = await browser.new_page(viewport={"width": 1280, "height": 800})
            await page.goto(f"{address}/index.html")
            await page.wait_for_function("window.ready !== undefined")
            figures = [_plain("map: the first drawing of 50,000 points", await page.evaluate("window.ready"))]
            for zoom in (10, 13, 16):
                figures += _frames(f"moved at scale {zoom}", await _measured(page, f"measure.pan({zoom}, {_FRAMES})"))
            figures += _frames("zoomed in and out", await _measured(page, f"measure.zoom({_FRAMES})"))
            await browser.close()
    return figures


async def _measured(page: Page, what: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = await page.evaluate(f"window.{what}")
    return found


def _frames(what: str, found: dict[str, list[float]]) -> list[Figure]:
    """Against a frame of sixty a second, and against what still feels as if it followed the finger."""
    between, drawn = found["between"], found["drawn"]
    note = f"{len(between)} frames; drawing alone {median(drawn):.1f} ms, p95 {_p95(drawn):.1f} ms; no graphics card"
    return [
        _plain(f"map with 50,000 points {what}: frame, median", median(between), against=16.7, note=note),
        _plain(f"map with 50,000 points {what}: frame, p95", _p95(between), against=50, note=note),
    ]


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[18]


def _plain(name: str, value: float, *, against: float | None = None, note: str = "") -> Figure:
    """A figure of which nothing was promised, beside what eyes notice."""
    ratio = value / against if against else None
    return Figure(name=name, value=value, unit="ms", goal="", met=None, against=against, ratio=ratio, note=note)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The modules of the map as they are, with a ground and points, on a port of this machine."""
    for name in ("map.js", "points.js"):
        shutil.copy(_STATIC / name, folder / name)
    shutil.copy(_STYLES / "static" / "tokens.css", folder / "tokens.css")
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert not faults, "the shipped pack has none"
    (folder / "ground.json").write_bytes(msgspec.json.encode(outlined(pack, places_of(pack))))
    (folder / "points.json").write_bytes(msgspec.json.encode(_points()))
    (folder / "index.html").write_text(_PAGE, "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is that of the library
        """Say nothing of each request."""


def _points() -> list[tuple[float, float, str, int]]:
    dice = Random(_SEED)
    found = []
    for mark in dice.choices(_MARKS, _WEIGHTS, k=_POINTS):
        east, north, spread = dice.choice(_CENTRES)
        found.append((dice.gauss(east, spread), dice.gauss(north, spread), mark, 0))
    return found
