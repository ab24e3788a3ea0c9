"""Small files that become large when they are read: they are refused, or read in little memory.

The files are read in a process of their own, so that what it needed at most can be told.
"""

import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from onecity.governance.photos import WrongPhoto, cleaned

ROOT: Final = Path(__file__).parents[2]
MOST_MB: Final = 300
"""What reading any photograph may add to a process: two are read at once."""
_READ: Final = """
import json, resource, sys
from pathlib import Path
from onecity.governance.photos import cleaned

def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

cleaned(Path(sys.argv[1]).read_bytes())
before, told = peak(), {}
for name in sys.argv[2:]:
    told[Path(name).name] = "kept" if isinstance(cleaned(Path(name).read_bytes()), bytes) else "refused"
print(json.dumps([peak() - before, told]))
"""


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, rows: int, more: bytes = b"") -> bytes:
    """A PNG that says a size, and holds so many rows of that width."""
    packer = zlib.compressobj(1)
    line = bytes(1 + width * 3)
    pixels = b"".join([packer.compress(line) for _ in range(rows)]) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def picture(size: tuple[int, int], form: str, **how: bool) -> bytes:
    written = BytesIO()
    Image.new("RGB", size).save(written, form, **how)
    return written.getvalue()


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Mapping[str, str]]:
    """By how many megabytes the process grew at most over all bombs, and what became of each."""
    folder = tmp_path_factory.mktemp("bombs")
    text = zlib.compress(bytes(32 * 2**20), 6)
    bombs = {
        "good": picture((40, 30), "JPEG"),
        "huge_in_passes": picture((7_700, 7_700), "JPEG", progressive=True),
        "too_large_png": png(7_700, 7_700, rows=7_700),
        "says_little_holds_much": png(200, 10, rows=100_000),
        "says_much_holds_nothing": png(60_000, 60_000, rows=1),
        "text_that_swells": png(9, 9, rows=9, more=chunk(b"zTXt", b"Comment\0\0" + text)),
        "profile_that_swells": png(9, 9, rows=9, more=chunk(b"iCCP", b"x\0\0" + text)),
        "too_large_webp": picture((8_000, 4_000), "WEBP"),
    }
    for name, content in bombs.items():
        assert len(content) < 2**20, f"{name} is no bomb: it is large already"
        (folder / name).write_bytes(content)
    line = [sys.executable, "-c", _READ, *(str(folder / name) for name in bombs)]
    done = subprocess.run(line, capture_output=True, check=True, env={"PYTHONPATH": str(ROOT / "src")})
    grown, told = json.loads(done.stdout)
    return grown, told


@pytest.mark.threat("T14")
def test_no_photograph_needs_much_memory(read: tuple[int, Mapping[str, str]]) -> None:
    grown, _ = read
    assert grown < MOST_MB


@pytest.mark.threat("T14")
def test_a_bomb_is_refused_or_read_small(read: tuple[int, Mapping[str, str]]) -> None:
    _, told = read
    kept = {name for name, became in told.items() if became == "kept"}
    assert {"huge_in_passes"} <= kept <= {"huge_in_passes", "says_little_holds_much"}


@pytest.mark.threat("T13")
@pytest.mark.parametrize(
    "content",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", b"<html><script>x()</script>", b"%PDF-1.7\n",
        b"GIF89a" + bytes(40), b"BM" + bytes(60), b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ",
        picture((9, 9), "GIF"), picture((9, 9), "TIFF"), picture((9, 9), "BMP"), picture((9, 9), "ICO"),
    ],
)  # fmt: skip
def test_only_what_is_a_photograph_is_kept_as_one(content: bytes) -> None:
    assert cleaned(content) is WrongPhoto.NO_PHOTO
