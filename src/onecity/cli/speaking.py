"""How a command speaks that needs no city: in which language, and with the words of services."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Final

import click

from onecity.casework import Laws
from onecity.packs import Words, load_words

Say = Callable[..., str]
"""A sentence for a language and a key, its gaps filled."""

spoken: Final = click.option(
    "--language", "lang", type=click.Choice(("zh", "en")), default="zh", show_default=True,
    help="The language of what is told to people; what is written to files has both.",
)  # fmt: skip
"""Adds --language."""


@cache
def _words() -> Words:
    return load_words([files("onecity") / "services" / "words"])


def saying(laws: Laws) -> Say:
    """Sentences whose citations English readers understand."""

    def say(lang: str, key: str, **gaps: object) -> str:
        return laws.cited(_words().say(lang, key, **gaps), lang)

    return say
