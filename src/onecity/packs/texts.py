"""A sentence in the languages of the city."""

import msgspec


class Text(msgspec.Struct, frozen=True):
    """The same thing said in Chinese, `zh`, and in English, `en`; each is written, none translated word by word."""

    zh: str
    en: str

    def said(self, lang: str) -> str:
        """The text in a language; Chinese is the default of the house."""
        return self.en if lang == "en" else self.zh

    @property
    def both(self) -> str:
        """All languages one after another, for a search."""
        return f"{self.zh} {self.en}"
