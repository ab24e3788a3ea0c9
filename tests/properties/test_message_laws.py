"""What a stranger can learn from a locked screen, for all letters."""

from typing import Final
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped import shipped

from onecity.bootstrap.content import words_of
from onecity.notices import LetterSent
from onecity.notices.messages import message
from onecity.notices.model import Wish
from onecity.notices.writing import Scribe
from onecity.packs import Text

PACK: Final = shipped()
SCRIBE: Final = Scribe(
    words_of(PACK),
    lambda _, name: f"item-{name}",
    lambda _, name: name,
    lambda _, name: name,
    lambda _, day: str(day),
    lambda _, at: str(at),
    lambda _, name: name,
)
CITY: Final = Text("郑州", "Zhengzhou")
LINK: Final = "https://city.example/letters/1"

# The time of an example says more about the neighbours on the machine than about the message.
unhurried = settings(deadline=None)
kinds = st.sampled_from(["services.received", "services.accepted", "services.granted", "services.refused"])
# What people write holds signs that our own sentences never do, so that a leak is seen.
written = st.dictionaries(
    st.sampled_from(["facts", "rule", "remedy"]), st.text(min_size=1).map(lambda text: f"\u2e80{text}\u2e80")
)
facts = st.dictionaries(
    st.sampled_from(["number", "case"]), st.text(min_size=1).map(lambda text: f"\u2e81{text}\u2e81")
)
matters = st.lists(st.sampled_from(["food", "seal", "sign"]), max_size=3).map(" ".join)
langs = st.sampled_from(["zh", "en"])


def told(kind: str, matter: str, words: dict[str, str], facts: dict[str, str], wish: Wish) -> str:
    sent = LetterSent(UUID(int=1), kind, UUID(int=2), "market", facts | {"matter": matter}, words)
    return message(sent, wish=wish, scribe=SCRIBE, city=CITY, link=LINK)


@unhurried
@given(kinds, matters, written, facts, langs, st.booleans())
def test_no_message_holds_what_somebody_wrote_or_a_number(
    kind: str, matter: str, words: dict[str, str], more: dict[str, str], lang: str, tells: bool
) -> None:
    said = told(kind, matter, words, more, Wish((), {}, tells, lang))
    assert "\u2e80" not in said
    assert "\u2e81" not in said
    assert said.splitlines()[1].endswith(LINK)
    assert len(said.splitlines()) == 2


@unhurried
@given(kinds, kinds, matters, matters, langs)
def test_who_does_not_want_the_matter_told_gets_one_sentence_for_all_letters(
    kind: str, other: str, matter: str, another: str, lang: str
) -> None:
    wish = Wish((), {}, tells_matter=False, lang=lang)
    assert told(kind, matter, {}, {}, wish) == told(other, another, {}, {}, wish)


@unhurried
@given(kinds, matters.filter(bool), langs)
def test_who_wants_the_matter_told_reads_what_became_of_it(kind: str, matter: str, lang: str) -> None:
    said = told(kind, matter, {}, {}, Wish((), {}, tells_matter=True, lang=lang))
    assert f"item-{matter.split()[0]}" in said
    assert SCRIBE.title(kind, lang) in said
