"""Who proposes masks: a named detector of faces and number plates. It misses some, so a person looks and decides."""

import asyncio
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
from PIL import Image

from onecity.governance.masking import MOST_BOXES, Mask, MaskKind
from onecity.governance.tokens import sealed, unsealed

if TYPE_CHECKING:
    import cv2
    import numpy as np

_LONGEST: Final = 960
"""Pixels of the longer side that are looked at: what is larger is made smaller first."""
_STEP: Final = 1.1
_NEIGHBOURS: Final = 3
"""How much the window grows from scale to scale, and how many windows must agree."""
_SMALLEST_FACE: Final = (20, 20)
_SMALLEST_PLATE: Final = (40, 12)
_WIDER: Final = 0.15
"""Of width and height, by which a proposal is larger than what was found: hair and ears are a face too."""
PATIENCE_S: Final = 20.0
"""Longer nobody waits for a proposal. A person then marks everything."""
_CASCADES: Final = (
    ("haarcascade_frontalface_alt2.xml", MaskKind.FACE),
    ("haarcascade_profileface.xml", MaskKind.FACE),
    ("haarcascade_russian_plate_number.xml", MaskKind.PLATE),
    ("haarcascade_license_plate_rus_16stages.xml", MaskKind.PLATE),
)


class Measured(msgspec.Struct, frozen=True):
    """How many of the faces and plates of our trials were found."""

    faces: int
    faces_found: int
    plates: int
    plates_found: int


MEASURED: Final = Measured(faces=288, faces_found=202, plates=48, plates_found=17)
"""Source: `make bench ARGS=masks`; `docs/models/masks.md` says of what, and a test compares both."""


class Found(msgspec.Struct, frozen=True):
    """A proposal: what seems to be where, and how sure the detector is; its scores compare with its own only."""

    mask: Mask
    score: float


class Proposal(msgspec.Struct, frozen=True):
    """What a detector in a version proposed for a photograph; `masks` is None if it gave no answer in time.

    It travels through the browser of whoever decides, as JSON under a seal of the city: nobody there can change it.
    """

    photo: str
    detector: str
    version: str
    masks: tuple[Mask, ...] | None


_PROPOSAL: Final = b"mask proposal"


def proposal_sealed(proposal: Proposal, secret: bytes) -> str:
    """A proposal as a form carries it from page to page.

    >>> one = Proposal("photo", "haar", "4", (Mask(1, 2, 3, 4),))
    >>> proposal_behind(proposal_sealed(one, b"s"), "photo", b"s") == one
    True
    """
    return sealed(msgspec.json.encode(proposal), secret, what=_PROPOSAL)


def proposal_behind(token: str, photo: str, secret: bytes) -> Proposal | None:
    """The proposal that a form brought back; None if the city made none like it, or made it for another photograph.

    >>> proposal_behind(proposal_sealed(Proposal("photo", "haar", "4", None), b"s"), "another", b"s") is None
    True
    """
    content = unsealed(token, secret, what=_PROPOSAL)
    try:
        found = msgspec.json.decode(content, type=Proposal) if content is not None else None
    except msgspec.DecodeError:
        # An older version of the house wrote it.
        return None
    return found if found is not None and found.photo == photo else None


class Detector(Protocol):
    """Looks at a picture and proposes boxes: the same bytes give the same boxes."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def find(self, content: bytes) -> tuple[Found, ...]: ...


class Cascades:
    """The cascades of boosted Haar features that come with OpenCV.

    Source: Viola and Jones 2001; `docs/models/masks.md` says how many it misses.
    """

    name = "opencv-haar"

    @property
    def version(self) -> str:
        """That of the library, with which the cascades come."""
        import cv2  # A tenth of a second and 60 MB of memory: only whoever looks at a photograph waits for it.

        return str(cv2.__version__)

    def find(self, content: bytes) -> tuple[Found, ...]:
        """Boxes in pixels of the picture, the surest first, at most as many as may be kept."""
        grey, scale, size = _grey(content)
        found = [one for name, kind in _CASCADES for one in _found(name, kind, grey, scale, size)]
        return _without_doubles(sorted(found, key=lambda one: -one.score))[:MOST_BOXES]


class Proposer:
    """Asks a detector beside the loop, one picture at a time, so that nobody else waits for it."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self._line = asyncio.Semaphore(1)

    async def propose(self, content: bytes) -> tuple[Found, ...] | None:
        """What the detector proposes; None if it takes too long, and a person marks everything."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._line.acquire()
                looks = asyncio.get_running_loop().run_in_executor(None, self.detector.find, content)
                # Nobody can stop a thread: the next picture waits until this one is done, also if nobody waits for it.
                looks.add_done_callback(lambda _: self._line.release())
                return await asyncio.shield(looks)
        except TimeoutError:
            return None


def _grey(content: bytes) -> tuple["np.ndarray", float, tuple[int, int]]:
    """A picture in grey with its contrast spread, by how much it was made smaller, and its own size."""
    import cv2
    import numpy as np

    with Image.open(BytesIO(content)) as opened:
        size, grey = opened.size, opened.convert("L")
    grey.thumbnail((_LONGEST, _LONGEST))
    return cv2.equalizeHist(np.asarray(grey)), size[0] / grey.width, size


def _found(name: str, kind: MaskKind, grey: "np.ndarray", scale: float, size: tuple[int, int]) -> list[Found]:
    smallest = _SMALLEST_FACE if kind is MaskKind.FACE else _SMALLEST_PLATE
    boxes, _, scores = _cascade(name).detectMultiScale3(
        grey, _STEP, _NEIGHBOURS, minSize=smallest, outputRejectLevels=True
    )
    return [
        Found(_wider([float(side) * scale for side in box], kind, size), float(score))
        for box, score in zip(boxes, scores, strict=True)
    ]


def _wider(box: Sequence[float], kind: MaskKind, size: tuple[int, int]) -> Mask:
    left, top, width, height = box
    more, taller = width * _WIDER, height * _WIDER
    return Mask(
        max(0, int(left - more)), max(0, int(top - taller)),
        min(size[0], int(left + width + more) + 1), min(size[1], int(top + height + taller) + 1), kind,
    )  # fmt: skip


@cache
def _cascade(name: str) -> "cv2.CascadeClassifier":
    import cv2

    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))


def _without_doubles(found: list[Found]) -> tuple[Found, ...]:
    """Of proposals of one kind of which each holds the other's middle, the surer one."""
    kept: list[Found] = []
    for one in found:
        if not any(one.mask.kind is other.mask.kind and _same(one.mask, other.mask) for other in kept):
            kept.append(one)
    return tuple(kept)


def _same(one: Mask, other: Mask) -> bool:
    def holds(box: Mask, of: Mask) -> bool:
        x, y = (of.left + of.right) / 2, (of.top + of.bottom) / 2
        return box.left <= x < box.right and box.top <= y < box.bottom

    return holds(one, other) and holds(other, one)
