"""The knowledge base: what people ask, answered once, found by the words that they use for it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from onecity.governance.dangers import places, plain
from onecity.governance.filing import Answer, StreetRules
from onecity.kernel.search import Findable, Index

MOST_MATCHING: Final = 3
"""Answers that somebody is asked about who wanted to say something else: more would be a list to read."""


class Known(msgspec.Struct, frozen=True):
    """An answer with its id."""

    id: str
    answer: Answer


class Knowledge:
    """All answers of a pack; it never changes."""

    def __init__(self, rules: StreetRules) -> None:
        self._answers: Mapping[str, Answer] = rules.answers
        self._index = Index(_findable(name, one) for name, one in rules.answers.items())

    def of(self, name: str, day: date) -> Known | None:
        """An answer by its id, if it holds on a day."""
        answer = self._answers.get(name)
        return Known(name, answer) if answer is not None and answer.since <= day else None

    def all(self, day: date) -> Sequence[Known]:
        """Every answer that holds on a day, in the order of the pack."""
        return [known for name in self._answers if (known := self.of(name, day))]

    def meant(self, text: str, day: date) -> Sequence[Known]:
        """The answers of which one word at least stands whole in a text, that of the longest word first.

        A whole sentence of somebody who reports shares few of its pairs of signs with a question, so these are not
        searched for: the pack says by which words its answers are meant.
        """
        said, found = plain(text), list[tuple[int, Known]]()
        for known in self.all(day):
            spans = [len(place) for word in known.answer.words for place in places(word, said)]
            if spans:
                found.append((max(spans), known))
        return [known for _, known in sorted(found, key=lambda one: -one[0])[:MOST_MATCHING]]

    def find(self, question: str, day: date) -> Sequence[Known]:
        """What fits a search: the answers that its words mean first, then those that share its pairs or words."""
        fits = (self.of(one.path, day) for one in self._index.find(question))
        found = {known.id: known for known in (*self.meant(question, day), *fits) if known is not None}
        return list(found.values())


def _findable(name: str, answer: Answer) -> Findable:
    """What an answer is found by: its question, the words that mean it, and then what it says."""
    texts = (f"{answer.answer.zh} {answer.answer.en}",)
    return Findable(name, texts, (answer.question.zh, answer.question.en), tuple(answer.words))
