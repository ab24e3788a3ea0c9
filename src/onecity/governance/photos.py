"""Photographs: what the device wrote into them is gone before they are kept, sealed under a person's key."""

import os
from asyncio import to_thread
from io import BytesIO
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from PIL import Image, ImageOps, UnidentifiedImageError

from onecity.kernel.refusal import Reason
from onecity.ledger import Ciphers
from onecity.machinery.blobs import Blobs

MOST_BYTES: Final = 15 * 1024 * 1024
_SIDE: Final = 1_600
"""Pixels of the longer side: enough to see a crack, and a tenth of what telephones send."""
_MOST_PIXELS: Final = 60_000_000
_QUALITY: Final = 82
_TAKEN: Final = ("JPEG", "PNG", "WEBP")
_BOUND: Final = b"governance.photo"


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
            if opened.width * opened.height > _MOST_PIXELS:
                return WrongPhoto.TOO_LARGE
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return WrongPhoto.NO_PHOTO
    upright.thumbnail((_SIDE, _SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    written = BytesIO()
    bare.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


class Photos:
    """Photographs by the hash of their sealed bytes."""

    def __init__(self, ciphers: Ciphers, blobs: Blobs) -> None:
        self._ciphers = ciphers
        self._blobs = blobs

    async def keep(self, subject: UUID, content: bytes) -> str | WrongPhoto:
        """Seal and keep a photograph under somebody's key; its name."""
        clean = await to_thread(cleaned, content)
        if isinstance(clean, WrongPhoto):
            return clean
        self._ciphers.ensure([subject])
        cipher = self._ciphers.cipher(subject)
        assert cipher is not None, "the key was made just now"
        nonce = os.urandom(12)
        return await to_thread(self._blobs.put, nonce + cipher.encrypt(nonce, clean, _BOUND))

    def remove(self, name: str) -> None:
        """Forget the bytes of a photograph."""
        self._blobs.remove(name)

    def open(self, subject: UUID, name: str) -> bytes | None:
        """The bytes of a photograph; None if its person was forgotten or it is damaged."""
        sealed, cipher = self._blobs.get(name), self._ciphers.cipher(subject)
        if sealed is None or cipher is None:
            return None
        try:
            return cipher.decrypt(sealed[:12], sealed[12:], _BOUND)
        except InvalidTag:
            return None
