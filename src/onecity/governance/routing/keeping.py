"""A model as the bytes of a file, and back: whatever is not whole, or comes from elsewhere, is refused."""

import hashlib
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from onecity.governance.routing.model import Kept, Model, NotRouted
from onecity.kernel.refusal import Refused

KEPT_AT: Final = Path("routing") / "model"
"""Where the last trained model lies in the data folder."""

_MARK: Final = b"OneCity routing model 1\n"
"""How a file begins that this version reads. The SHA-256 of all that follows it comes next, then the model."""
_DIGEST: Final = hashlib.sha256().digest_size


class _Written(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What stands in the file: MessagePack, numbers of arrays in IEEE 754 single precision, little-endian."""

    labels: tuple[str, ...]
    words: tuple[str, ...]
    rarity: bytes
    weights: bytes
    starts: bytes
    spread: float
    doubt: float
    examples: int
    right: float


def kept(model: Model) -> bytes:
    """The bytes of a model: the same for the same model."""
    body = msgspec.msgpack.encode(
        _Written(
            model.labels, model.words, _bytes(model.rarity), _bytes(model.weights), _bytes(model.starts),
            model.spread, model.doubt, model.examples, model.right,
        )
    )  # fmt: skip
    return _MARK + hashlib.sha256(body).digest() + body


def model_of(content: bytes) -> Model | Refused:
    """The model that these bytes are. Nothing in them is run, whoever wrote them."""
    if not content.startswith(_MARK):
        return Refused(NotRouted.FOREIGN)
    digest, body = content[len(_MARK) :][:_DIGEST], content[len(_MARK) + _DIGEST :]
    if hashlib.sha256(body).digest() != digest:
        return Refused(NotRouted.DAMAGED)
    try:
        found = msgspec.msgpack.decode(body, type=_Written)
        shape = (len(found.words), len(found.labels))
        model = Model(
            labels=found.labels, words=found.words, rarity=_array(found.rarity, shape[:1]),
            weights=_array(found.weights, shape), starts=_array(found.starts, shape[1:]), spread=found.spread,
            doubt=found.doubt, examples=found.examples, right=found.right,
        )  # fmt: skip
    except (msgspec.DecodeError, ValueError):
        return Refused(NotRouted.DAMAGED)
    return model if _holds(model) else Refused(NotRouted.DAMAGED)


def _holds(model: Model) -> bool:
    """Whether numbers can come out of it: a sum alone proves only that nobody changed the file by accident."""
    numbers = (model.rarity, model.weights, model.starts)
    return (
        len(set(model.labels)) == len(model.labels) > 1
        and len(set(model.words)) == len(model.words)
        and all(bool(np.isfinite(one).all()) for one in numbers)
        and 0 < model.spread < np.inf
        and 0 < model.doubt < 1
    )


def _bytes(numbers: Kept) -> bytes:
    return numbers.astype("<f4").tobytes()


def _array(content: bytes, shape: tuple[int, ...]) -> Kept:
    return np.frombuffer(content, dtype="<f4").astype(np.float32).reshape(shape)
