"""A file is what its bytes say, whatever its name says."""

import pytest

from onecity.packs import Text
from onecity.services.forms import FileType, Material
from onecity.services.uploads import WrongFile, looked_at

PLAN = Material(Text("平面图", "Plan"), Text("画清楚", "Clearly"), (FileType.PDF, FileType.JPEG), most_mb=1)
MB = 1024 * 1024


@pytest.mark.parametrize(
    ("content", "gives"),
    [
        (b"", WrongFile.EMPTY),
        (b"%PDF-1.7", FileType.PDF),
        (b"\xff\xd8\xff\xe0", FileType.JPEG),
        (b"\x89PNG\r\n\x1a\n", WrongFile.NOT_ACCEPTED),
        (b"<html>", WrongFile.NOT_ACCEPTED),
        (b" %PDF-1.7", WrongFile.NOT_ACCEPTED),
        (b"%PDF-".ljust(MB, b"x"), FileType.PDF),
        (b"%PDF-".ljust(MB + 1, b"x"), WrongFile.TOO_LARGE),
    ],
)
def test_a_file_is_known_by_its_first_bytes_and_its_size(content: bytes, gives: FileType | WrongFile) -> None:
    assert looked_at(PLAN, content) is gives
