"""Photographs: what the device wrote into them is gone before they are kept, sealed under a person's key."""

from asyncio import Semaphore, to_thread
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from typing import Final
from uuid import UUID

from PIL import Image, ImageOps, UnidentifiedImageError

from onecity.kernel.refusal import Reason
from onecity.machinery.sealed import Sealed

MOST_BYTES: Final = 15 * 1024 * 1024
_SIDE: Final = 1_600
"""Pixels of the longer side: enough to see a crack, and a tenth of what telephones send."""
_MOST_PIXELS: Final = 60_000_000
"""Of a JPEG, which is read at the scale at which it is kept; a telephone's largest."""
_MOST_WHOLE: Final = 16_000_000
"""Of any other kind: it must be read as a whole, in up to twelve bytes of memory a pixel, however small the file is."""
_MOST_AT_ONCE: Final = 2
"""Photographs that one process reads at the same time: memory for two is there, and the others wait."""
_QUALITY: Final = 82
_TAKEN: Final = ("JPEG", "PNG", "WEBP")
_BOUND: Final = b"governance.photo"
_RELEASED: Final = b"governance.photo.released"


class WrongPhoto(Reason):
    """Why a file is not kept as a photograph; each is a sentence in the words of governance."""

    TOO_LARGE = "governance.photo.too_large"
    NO_PHOTO = "governance.photo.no_photo"


def cleaned(content: bytes) -> bytes | WrongPhoto:
    """A photograph as it is kept: upright, not larger than needed, without a word of where, when or by which device.

    Only the picture itself is written anew; whatever else the file held does not come along.
    """
    if len(content) > MOST_BYTES:
        return WrongPhoto.TOO_LARGE
    try:
        with Image.open(BytesIO(content), formats=_TAKEN) as opened:
            # Telephones also write several pictures into one JPEG, of which the first counts.
            is_jpeg = opened.format in ("JPEG", "MPO")
            if opened.width * opened.height > (_MOST_PIXELS if is_jpeg else _MOST_WHOLE):
                return WrongPhoto.TOO_LARGE
            opened.draft("RGB", (_SIDE, _SIDE))
            small = opened.convert("RGB")
        small.thumbnail((_SIDE, _SIDE))
        upright = ImageOps.exif_transpose(small)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return WrongPhoto.NO_PHOTO
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    written = BytesIO()
    bare.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


class Photos:
    """Photographs by the hash of their sealed bytes: originals, and the masked copies of those that were released."""

    def __init__(self, sealed: Sealed) -> None:
        self._sealed = sealed
        self._places = Semaphore(_MOST_AT_ONCE)

    async def keep(self, subject: UUID, content: bytes) -> str | WrongPhoto:
        """Seal and keep a photograph under somebody's key; its name."""
        # Whoever waits here holds no thread: passwords are looked at in the same ones.
        async with self._places:
            clean = await to_thread(cleaned, content)
        if isinstance(clean, WrongPhoto):
            return clean
        return await to_thread(self._sealed.keep, subject, clean, bound=_BOUND)

    def remove(self, name: str) -> None:
        """Forget the bytes of a photograph or of a masked copy."""
        self._sealed.remove(name)

    def open(self, subject: UUID, name: str) -> bytes | None:
        """The bytes of a photograph; None if its person was forgotten or it is damaged."""
        return self._sealed.open(subject, name, bound=_BOUND)

    async def all_open(self, subject: UUID, names: Sequence[str]) -> bool:
        """Whether all names are of photographs under somebody's key that can be opened."""
        return all([await to_thread(self.open, subject, name) is not None for name in dict.fromkeys(names)])

    async def looks(self, subject: UUID, names: Sequence[str]) -> list[bytes]:
        """What each photograph that can be opened looks like: the hash of its pixels as they are kept.

        The same file that is sent twice is sealed twice, under two names; it looks the same.
        """
        found = [await to_thread(self.open, subject, name) for name in dict.fromkeys(names)]
        return [sha256(content).digest() for content in found if content is not None]

    async def keep_copy(self, subject: UUID, content: bytes) -> str:
        """Seal and keep a masked copy, which may be shown to everybody once a fact says so; its name."""
        return await to_thread(self._sealed.keep, subject, content, bound=_RELEASED)

    def shows(self, subject: UUID, name: str) -> bool:
        """Whether a masked copy can be opened: its bytes lie here and its person was not forgotten."""
        return self._sealed.holds(subject, name)

    def open_copy(self, subject: UUID, name: str) -> bytes | None:
        """The bytes of a masked copy. An original is never opened by this, whatever its name."""
        return self._sealed.open(subject, name, bound=_RELEASED)
