"""What processes write to people: every letter has its sentences, and what an officer must write stands in it."""

from collections.abc import Iterator
from string import Formatter
from typing import Final

import pytest
from tests.packs.test_shipped_pack import HOUSE
from tests.shipped import shipped

from onecity.bootstrap.content import PACKAGES_WITH_WORDS
from onecity.casework import PROCESS, Outcome
from onecity.packs import Words, load_words

FACTS: Final = {
    "matter", "case", "number", "due", "before_day", "deliver_day", "post_day", "bring_day", "stop", "stop_days", "extension_days", "lacking",
}  # fmt: skip
"""What the house itself can tell in a letter about a step."""


@pytest.fixture(scope="module")
def words() -> Words:
    return load_words([HOUSE / package / "words" for package in PACKAGES_WITH_WORDS])


def outcomes() -> Iterator[tuple[str, Outcome]]:
    pack = shipped()
    for name, declared in pack.all(PROCESS).items():
        for step_id, step in declared.value.steps.items():
            for outcome_id, outcome in step.outcomes.items():
                if outcome.letter is not None:
                    yield f"{name}/{step_id}/{outcome_id}", outcome


def sentences(words: Words, lang: str, kind: str) -> list[str]:
    known = words.by_language[lang]
    numbered = [known[key] for n in range(1, 10) if (key := f"letter.{kind}.{n}") in known]
    return [known[f"letter.{kind}.short"], known[f"letter.{kind}.title"], *numbered]


def named(texts: list[str]) -> set[str]:
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


OUTCOMES: Final = dict(outcomes())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("where", OUTCOMES)
def test_every_letter_of_a_process_says_what_was_written_and_nothing_that_nobody_wrote(
    words: Words, where: str, lang: str
) -> None:
    outcome = OUTCOMES[where]
    assert outcome.letter is not None
    texts = sentences(words, lang, outcome.letter)
    assert len(texts) >= 3, "a letter says something below its title"
    when = {"meeting_at", "hall"} if outcome.meets else set[str]()
    if outcome.meets and outcome.meets.on_site:
        when = {"meeting_at"}
    told = FACTS | when
    assert set(outcome.write) <= named(texts) <= set(outcome.write) | told
    assert when <= named(texts), "whoever is called reads when and where"
    if outcome.lists:
        assert "lacking" in named(texts)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whoever_must_bring_something_is_told_the_last_day(words: Words, lang: str) -> None:
    assert "bring_day" in named(sentences(words, lang, "services.supplement"))
