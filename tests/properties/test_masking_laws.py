"""What holds for every photograph that becomes public: nothing under a mask is left of it, and nothing beside its pixels."""

from io import BytesIO
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from onecity.governance.masking import Mask, MaskKind, between, masked, read, written
from onecity.governance.photos import WrongPhoto, cleaned

_SECRET = b"SECRET-DEVICE"
_CLOSE = 6
"""JPEG may change a plain grey by so much, of 255."""


def picture(width: int, height: int, seed: int) -> bytes:
    """A picture of noise in which no two pixels tell of each other."""
    noise = Image.frombytes(
        "RGB", (width, height), bytes((seed * 31 + at * at * 7) % 256 for at in range(width * height * 3))
    )
    out = BytesIO()
    noise.save(out, "JPEG", quality=90)
    return out.getvalue()


def white_and_black(width: int, height: int, mask: Mask, inside: int) -> bytes:
    """A grey picture without loss, of one colour below the mask."""
    plain = Image.new("RGB", (width, height), (128, 128, 128))
    plain.paste((inside, inside, inside), (mask.left, mask.top, mask.right, mask.bottom))
    out = BytesIO()
    plain.save(out, "PNG")
    return out.getvalue()


corners = st.tuples(st.integers(0, 69), st.integers(0, 49))
masks = st.builds(between, corners, corners)


@settings(deadline=None)
@given(masks)
def test_a_masked_copy_is_the_same_whatever_was_under_the_mask(mask: Mask) -> None:
    white, black = (masked(white_and_black(70, 50, mask, inside), [mask]) for inside in (255, 0))
    assert white == black


@settings(deadline=None)
@given(st.lists(masks, min_size=1, max_size=5), st.integers(0, 9))
def test_every_pixel_under_a_mask_is_of_its_colour(some: list[Mask], seed: int) -> None:
    with Image.open(BytesIO(masked(picture(70, 50, seed), some))) as shown:
        for one in some:
            for place in product(range(one.left, min(one.right, 70)), range(one.top, min(one.bottom, 50))):
                pixel = shown.getpixel(place)
                assert isinstance(pixel, tuple)
                assert all(abs(part - 40) <= _CLOSE for part in pixel), (place, pixel)


@given(
    st.lists(
        st.builds(
            lambda one, kind: Mask(one.left, one.top, one.right, one.bottom, kind), masks, st.sampled_from(MaskKind)
        ),
        max_size=60,
    )
)
def test_masks_come_back_from_a_form_as_they_were_drawn(some: list[Mask]) -> None:
    assert read(written(some)) == tuple(some)


@given(st.text(max_size=40))
def test_a_form_that_anybody_wrote_gives_masks_or_nothing(text: str) -> None:
    found = read(text)
    assert found is None or all(one.left < one.right and one.top < one.bottom for one in found)


def with_everything(form: str) -> bytes:
    """A photograph with EXIF, a thumbnail in it, XMP, a comment and a profile, as far as its form has them."""
    small = BytesIO()
    Image.new("RGB", (8, 8), "red").save(small, "JPEG", comment=_SECRET)
    exif = Image.Exif()
    exif[0x010F] = _SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8769)[0x927C] = _SECRET + small.getvalue()
    more = {"comment": _SECRET} if form == "JPEG" else {}
    if form in ("JPEG", "WEBP"):
        more["xmp"] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + _SECRET + b"</x:xmpmeta>"
    out = BytesIO()
    Image.new("RGB", (40, 30), "grey").save(out, form, exif=exif, icc_profile=_SECRET, **more)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_a_device_wrote_is_left_in_what_is_kept_or_shown(form: str) -> None:
    content = with_everything(form)
    assert _SECRET in content
    kept = cleaned(content)
    assert not isinstance(kept, WrongPhoto)
    for one in (kept, masked(kept, []), masked(content, [])):
        assert _SECRET not in one and b"Exif" not in one and b"xmpmeta" not in one and b"ICC_PROFILE" not in one
        assert one.count(b"\xff\xd8\xff") == 1, "a second picture lies inside"
        with Image.open(BytesIO(one)) as opened:
            assert opened.format == "JPEG" and not opened.getexif()
            assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
