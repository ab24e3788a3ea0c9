"""A model in a file is whole and ours, or it is refused; nothing in it is ever run."""

import hashlib
import pickle
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.messages import MESSAGES, model

from onecity.governance.routing import Model, NotRouted, decided, kept, model_of
from onecity.kernel.refusal import Refused

WHOLE = kept(model())
HEAD = WHOLE.index(b"\n") + 1
DAMAGED, FOREIGN = Refused(NotRouted.DAMAGED), Refused(NotRouted.FOREIGN)


def changed(place: int, value: object) -> bytes:
    """The file with something else in it, and the sum that belongs to that."""
    body: list[Any] = msgspec.msgpack.decode(WHOLE[HEAD + 32 :])
    body[place] = value
    written = msgspec.msgpack.encode(body)
    return WHOLE[:HEAD] + hashlib.sha256(written).digest() + written


def test_what_was_kept_decides_as_before() -> None:
    again = model_of(WHOLE)
    assert isinstance(again, Model)
    assert kept(again) == WHOLE
    for one in MESSAGES:
        assert decided(again, one.title) == decided(model(), one.title)


@pytest.mark.parametrize("place", [HEAD, HEAD + 40, len(WHOLE) // 2, len(WHOLE) - 1])
def test_one_flipped_bit_is_a_damage(place: int) -> None:
    spoilt = bytearray(WHOLE)
    spoilt[place] ^= 1
    assert model_of(bytes(spoilt)) == DAMAGED


@pytest.mark.parametrize("length", [HEAD, HEAD + 31, HEAD + 32, len(WHOLE) - 1])
def test_a_file_that_was_cut_off_is_damaged(length: int) -> None:
    assert model_of(WHOLE[:length]) == DAMAGED


@pytest.mark.parametrize("content", [b"", b"label\ttitle\n", b"PK\x03\x04", pickle.dumps(print), WHOLE[: HEAD - 1]])
def test_a_file_from_elsewhere_is_not_read(content: bytes) -> None:
    assert model_of(content) == FOREIGN


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, ["照明"]),  # one label
        (0, ["照明"] * 4),  # the same four times
        (1, ["路灯"]),  # other words than weights
        (2, b"123"),  # no whole number
        (3, np.full(4 * len(model().words), np.nan, dtype="<f4").tobytes()),
        (5, 0.0),  # a spread that divides by nothing
        (5, float("nan")),
        (6, 1.0),  # nothing but doubt
        (7, "many"),
    ],
)
def test_numbers_that_decide_nothing_are_a_damage_though_the_sum_is_right(place: int, value: object) -> None:
    assert isinstance(model_of(changed(7, 24)), Model)
    assert model_of(changed(place, value)) == DAMAGED
