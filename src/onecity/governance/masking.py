"""Masks over what nobody else may see in a photograph: boxes, and the copy in which their pixels are gone."""

from collections.abc import Sequence
from enum import StrEnum
from io import BytesIO
from typing import Annotated, Final

import msgspec
from PIL import Image, ImageDraw

MOST_BOXES: Final = 60
"""Of one photograph."""
_MOST_SIDE: Final = 20_000
_FILL: Final = (40, 40, 40)
"""Dark grey: no blur, of which something could be computed back."""
_QUALITY: Final = 82
_BLOCK: Final = 16
"""Pixels of a block of the kept JPEG, whose colours are halved: what is under a mask has left traces in all of it."""

_Pixel = Annotated[int, msgspec.Meta(ge=0, le=_MOST_SIDE)]


class MaskKind(StrEnum):
    """What a mask covers: a face, a number plate, or what a person marked."""

    FACE = "face"
    PLATE = "plate"
    OTHER = "other"


class Mask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box of a photograph as it is kept. Units: pixels from the upper left corner, right and bottom not in it."""

    left: _Pixel
    top: _Pixel
    right: _Pixel
    bottom: _Pixel
    kind: MaskKind = MaskKind.OTHER


def between(one: tuple[int, int], other: tuple[int, int]) -> Mask:
    """The box that two corners span, whichever was named first.

    >>> between((9, 2), (4, 7))
    Mask(left=4, top=2, right=10, bottom=8, kind=<MaskKind.OTHER: 'other'>)
    """
    (a, b), (c, d) = one, other
    return Mask(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1)


def written(masks: Sequence[Mask]) -> str:
    """Masks as a form carries them from page to page.

    >>> written([Mask(1, 2, 3, 4, MaskKind.FACE)])
    '1,2,3,4,face'
    """
    return ";".join(f"{one.left},{one.top},{one.right},{one.bottom},{one.kind}" for one in masks)


def read(text: str) -> tuple[Mask, ...] | None:
    """What `written` wrote; None if it is anything else, for a form can be sent by anybody.

    >>> read("1,2,3,4,face") == (Mask(1, 2, 3, 4, MaskKind.FACE),), read(""), read("1,2"), read("4,0,3,1,face")
    (True, (), None, None)
    """
    parts = [part.split(",") for part in text.split(";")] if text else []
    if len(parts) > MOST_BOXES or any(len(part) != 5 for part in parts):
        return None
    try:
        found = tuple(
            msgspec.convert(
                dict(zip(("left", "top", "right", "bottom", "kind"), part, strict=True)), Mask, strict=False
            )
            for part in parts
        )
    except msgspec.ValidationError:
        return None
    return found if all(one.left < one.right and one.top < one.bottom for one in found) else None


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height of a photograph as it is kept. Units: pixels."""
    with Image.open(BytesIO(content)) as opened:
        return opened.size


def masked(content: bytes, masks: Sequence[Mask]) -> bytes:
    """A photograph as everybody may see it, as JPEG: pixels under masks are gone, and nothing else comes along.

    Masks grow to whole blocks of the picture. Only pixels are written anew: no words of a device, no thumbnail.
    """
    with Image.open(BytesIO(content)) as opened:
        bare = Image.new("RGB", opened.size)
        bare.paste(opened.convert("RGB"))
    draw = ImageDraw.Draw(bare)
    for one in masks:
        left, top = one.left // _BLOCK * _BLOCK, one.top // _BLOCK * _BLOCK
        right, bottom = -(-one.right // _BLOCK) * _BLOCK, -(-one.bottom // _BLOCK) * _BLOCK
        draw.rectangle((left, top, right - 1, bottom - 1), fill=_FILL)
    out = BytesIO()
    # With colours at full size no block reads from its neighbours.
    bare.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()
