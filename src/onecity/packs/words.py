"""Every sentence that a person reads, in two languages: each package ships its own, a pack may override them."""

from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import Final

import msgspec
import yaml

LANGUAGES: Final = ("zh", "en")
_COUNTS: Final = ("number", "n", "days")
"""What a sentence calls the number of things of which it tells one or several."""


class Words(msgspec.Struct, frozen=True):
    """The sentences of the house by language and key."""

    by_language: Mapping[str, Mapping[str, str]]

    def say(self, lang: str, key: str, **params: object) -> str:
        """The sentence for a key, its placeholders filled. A missing key is a bug of ours: KeyError.

        A language that tells one from several keeps the sentence for one under `.one`: English does, Chinese does not.

        >>> english = {"days": "{number} days", "days.one": "{number} day"}
        >>> [Words({"en": english}).say("en", "days", number=number) for number in (1, 2)]
        ['1 day', '2 days']
        """
        sentences = self.by_language[lang]
        single = any(params.get(name) == 1 for name in _COUNTS) and f"{key}.one" in sentences
        return sentences[f"{key}.one" if single else key].format_map(params)

    def knows(self, key: str) -> bool:
        """Whether every language has this key."""
        return all(key in self.by_language[lang] for lang in LANGUAGES)

    def overridden(self, by: Mapping[str, Mapping[str, str]]) -> "Words":
        """The same words, with a city's own in place of those of the house.

        >>> Words({"zh": {"a": "好"}, "en": {"a": "good"}}).overridden({"en": {"a": "fine"}}).say("en", "a")
        'fine'
        """
        return Words({lang: {**known, **by.get(lang, {})} for lang, known in self.by_language.items()})


def load_words(folders: Sequence[Traversable]) -> Words:
    """The words in the given folders (`zh.yaml`, `en.yaml` each); later folders override earlier ones."""
    found: dict[str, dict[str, str]] = {lang: {} for lang in LANGUAGES}
    for folder in folders:
        for lang in LANGUAGES:
            source = folder / f"{lang}.yaml"
            if source.is_file():
                found[lang].update(yaml.load(source.read_text("utf-8"), Loader=yaml.CSafeLoader) or {})
    return Words(found)
