"""QR codes as bars to be drawn: on a page as one path, on paper as rectangles.

Source: ISO/IEC 18004, with its quiet zone of four modules.
See `docs/adr/0016-draw-qr-codes-and-papers-on-the-server.md`.
"""

import re
from typing import Final

import msgspec
import zxingcpp

_CORRECTION: Final = "M"
"""Fifteen of a hundred parts may be scratched off paper and it still reads."""

_SIZE: Final = re.compile(r'<svg width="(\d+)"')
_BAR: Final = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+Z")


class Bar(msgspec.Struct, frozen=True):
    """A dark rectangle, in modules."""

    x: int
    y: int
    width: int
    height: int


class QrCode(msgspec.Struct, frozen=True):
    """A code with its quiet zone: modules on each side, and the dark bars."""

    size: int
    bars: tuple[Bar, ...]

    @property
    def path(self) -> str:
        """The bars as one path of SVG."""
        return "".join(f"M{one.x} {one.y}h{one.width}v{one.height}h-{one.width}z" for one in self.bars)


def drawn(text: str) -> QrCode:
    """The code that says a text."""
    svg = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=_CORRECTION).to_svg()
    size = _SIZE.search(svg)
    bars = tuple(Bar(*(int(number) for number in found)) for found in _BAR.findall(svg))
    assert size is not None and bars, "the library draws a code as bars"
    return QrCode(int(size[1]), bars)
