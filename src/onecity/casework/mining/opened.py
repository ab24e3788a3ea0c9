"""The bytes of a file, packed or not, in pieces and within bounds: a small file must not become a large one."""

import gzip
import zlib
from collections.abc import Iterator
from typing import IO, Final

from onecity.casework.mining.model import Unreadable
from onecity.kernel.refusal import Detail, Refused

MOST_MB: Final = 1024
"""What a log may hold when it is unpacked. Unit: MiB."""
MOST_RATIO: Final = 400
"""How many times its packed size a log may become; a real one becomes some fifty times as large, a bomb a thousand."""
_UNSUSPECTED: Final = 16 * 1024 * 1024
"""A log of so many bytes may be packed as tightly as it likes."""
_PIECE: Final = 256 * 1024
LONGEST_LINE: Final = 1024 * 1024
"""Bytes of one line of a table."""
_MAGIC: Final = b"\x1f\x8b"


class Stop(Exception):
    """A file cannot be read further; the readers' own, it never leaves this package."""

    def __init__(self, why: Unreadable, **details: Detail) -> None:
        super().__init__(why)
        self.refused = Refused(why, details)


def pieces(file: IO[bytes], *, packed: bool) -> Iterator[bytes]:
    """A file piece by piece, unpacked if it is packed. `packed`: its name says that it is."""
    is_gzip = file.read(len(_MAGIC)) == _MAGIC
    file.seek(0)
    if packed and not is_gzip:
        raise Stop(Unreadable.NOT_GZIP)
    source: IO[bytes] = gzip.GzipFile(fileobj=file) if is_gzip else file  # type: ignore[assignment]
    size = 0
    try:
        while piece := source.read(_PIECE):
            size += len(piece)
            if size > MOST_MB * 1024 * 1024:
                raise Stop(Unreadable.TOO_LARGE, most=MOST_MB)
            if is_gzip and size > _UNSUSPECTED and size > MOST_RATIO * file.tell():
                raise Stop(Unreadable.BOMB, most=MOST_RATIO)
            yield piece
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Stop(Unreadable.DAMAGED) from None


def lines(file: IO[bytes], *, packed: bool) -> Iterator[str]:
    """The lines of a file of UTF-8, each with its end. A mark that spreadsheets put before the first one is no sign."""
    rest, number = b"", 0
    for piece in pieces(file, packed=packed):
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            yield _text(line + b"\n", number)
        if len(rest) > LONGEST_LINE:
            raise Stop(Unreadable.NOT_CSV, line=number + 1)
    if rest:
        yield _text(rest, number + 1)


def _text(line: bytes, number: int) -> str:
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise Stop(Unreadable.NOT_TEXT, line=number) from None
