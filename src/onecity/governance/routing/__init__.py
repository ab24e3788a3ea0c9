"""From a message to its label – a kind of matter, a department – with the words that decided and an honest probability.

What is learnt are the words of messages and the labels that people gave them, never who wrote: see
docs/models/routing.md.
"""

from onecity.governance.routing.bags import Bag, bag_of
from onecity.governance.routing.deciding import answers, decided, decided_of, settled
from onecity.governance.routing.examples import begins_with_mark, examples_of
from onecity.governance.routing.keeping import KEPT_AT, kept, model_of
from onecity.governance.routing.learning import (
    LEAST_OF_LABEL,
    LEAST_TOLD,
    are_enough,
    learned,
    learned_from,
)
from onecity.governance.routing.model import (
    Decided,
    Example,
    Model,
    NotRouted,
    Ranked,
    Threshold,
    Unsure,
    Weight,
)

__all__ = [
    "KEPT_AT",
    "LEAST_OF_LABEL",
    "LEAST_TOLD",
    "Bag",
    "Decided",
    "Example",
    "Model",
    "NotRouted",
    "Ranked",
    "Threshold",
    "Unsure",
    "Weight",
    "answers",
    "are_enough",
    "bag_of",
    "begins_with_mark",
    "decided",
    "decided_of",
    "examples_of",
    "kept",
    "learned",
    "learned_from",
    "model_of",
    "settled",
]
