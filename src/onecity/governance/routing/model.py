"""What routing speaks of: a model, what it decides of a text, the words that decided, and when a person does."""

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from onecity.kernel.refusal import Reason

Floats = npt.NDArray[np.float64]
Kept = npt.NDArray[np.float32]

MOST_SHOWN: Final = 3
"""So many labels a person chooses from where the model is not sure enough."""


class NotRouted(Reason):
    """Why nothing was learnt, or nothing decided."""

    NOT_UTF8 = "governance.routing.not_utf8"
    EMPTY = "governance.routing.empty"
    NO_TITLE = "governance.routing.no_title"
    NO_LABEL = "governance.routing.no_label"
    COLUMN_TWICE = "governance.routing.column_twice"
    LINE_EMPTY = "governance.routing.line_empty"
    FIELDS = "governance.routing.fields"
    QUOTES = "governance.routing.quotes"
    FIELD_TOO_LONG = "governance.routing.field_too_long"
    LABEL_EMPTY = "governance.routing.label_empty"
    LABEL_UNPRINTABLE = "governance.routing.label_unprintable"
    NO_EXAMPLES = "governance.routing.no_examples"
    ONE_LABEL = "governance.routing.one_label"
    NO_WORDS = "governance.routing.no_words"
    NO_PHRASES = "governance.routing.no_phrases"
    NO_MATTERS = "governance.routing.no_matters"
    FOREIGN = "governance.routing.foreign"
    DAMAGED = "governance.routing.damaged"


class Example(msgspec.Struct, frozen=True):
    """A message with the label that a person gave it; empty where nobody did. `line` is where it begins in its file."""

    line: int
    title: str
    body: str = ""
    label: str = ""


class Model(msgspec.Struct, frozen=True, eq=False, dict=True, kw_only=True):
    """What was learnt from examples, and all that is needed to decide.

    `weights[word, label]` says how much a word speaks for a label, `starts[label]` what the label has without any
    word, `rarity[word]` how much a word counts where it stands. `spread` and `doubt` turn scores into probabilities:
    the larger the spread, the nearer the labels; `doubt` is the share of texts of which nothing is known at all.
    `right` is the share of the `examples` whose label others than themselves would have told rightly.
    """

    labels: tuple[str, ...]
    words: tuple[str, ...]
    rarity: Kept
    weights: Kept
    starts: Kept
    spread: float
    doubt: float
    examples: int
    right: float

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each word stands."""
        return {word: place for place, word in enumerate(self.words)}


class Ranked(msgspec.Struct, frozen=True):
    """A label, and how probable it is that a person would give it."""

    label: str
    probability: float


class Weight(msgspec.Struct, frozen=True):
    """A word of the text, and how much it spoke for the label; below nought, against it."""

    word: str
    weight: float


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What a model makes of a text: the most probable label, and why.

    `score` is the sum of `start`, which the label has without any word, and of the weights of `words`; those that
    spoke most for the label come first. `ranked` are all labels, the most probable first.
    """

    label: str
    probability: float
    words: tuple[Weight, ...]
    ranked: tuple[Ranked, ...]
    start: float
    score: float


class Unsure(msgspec.Struct, frozen=True):
    """The model is not sure enough: a person decides, and is shown the most probable labels."""

    best: tuple[Ranked, ...]


class Threshold(msgspec.Struct, frozen=True):
    """How probable the label must be that is given without a person."""

    least: float

    def __post_init__(self) -> None:
        assert 0 <= self.least <= 1, "a probability"
