"""The detector proposes on pictures of any size, gives the same twice, and lets nobody wait for ever."""

import threading
from io import BytesIO

import pytest
from PIL import Image

from onecity.governance import detecting
from onecity.governance.detecting import Cascades, Found, Proposer
from onecity.governance.masking import Mask, MaskKind


def plain(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "grey").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (1600, 20), (1600, 1200)])
def test_a_plain_wall_has_neither_face_nor_plate_whatever_its_size(size: tuple[int, int]) -> None:
    assert Cascades().find(plain(*size)) == ()


def test_of_two_boxes_around_one_thing_the_surer_stays() -> None:
    surer, other = (
        Found(Mask(10, 10, 60, 60, MaskKind.FACE), 5.0),
        Found(Mask(14, 12, 66, 64, MaskKind.FACE), 2.0),
    )
    plate = Found(Mask(12, 12, 60, 60, MaskKind.PLATE), 1.0)
    assert detecting._without_doubles([surer, other, plate]) == (surer, plate)


class Slow:
    """A detector that answers only when it is let."""

    name, version = "slow", "1"

    def __init__(self) -> None:
        self.let = threading.Event()
        self.began = 0

    def find(self, content: bytes) -> tuple[Found, ...]:
        del content
        self.began += 1
        self.let.wait(5)
        return ()


async def test_who_waits_too_long_gets_no_proposal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detecting, "PATIENCE_S", 0.02)
    slow = Slow()
    try:
        assert await Proposer(slow).propose(b"") is None
    finally:
        slow.let.set()
    monkeypatch.setattr(detecting, "PATIENCE_S", 5.0)
    assert await Proposer(slow).propose(b"") == ()


async def test_a_picture_that_nobody_waits_for_any_more_keeps_its_place_until_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(detecting, "PATIENCE_S", 0.02)
    slow = Slow()
    proposer = Proposer(slow)
    try:
        assert [await proposer.propose(b"") for _ in range(3)] == [None] * 3
        assert slow.began == 1
    finally:
        slow.let.set()
    monkeypatch.setattr(detecting, "PATIENCE_S", 5.0)
    assert await proposer.propose(b"") == ()


def test_the_detector_says_its_name_and_version() -> None:
    detector = Cascades()
    assert detector.name == "opencv-haar" and detector.version.count(".") >= 2
