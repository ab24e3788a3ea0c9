"""What leaves the house: that there is a letter, and where to read it."""

from onecity.notices.facts import LetterSent
from onecity.notices.model import Wish
from onecity.notices.writing import Scribe
from onecity.packs import Text


def message(letter: LetterSent, *, wish: Wish, scribe: Scribe, city: Text, link: str) -> str:
    """The message about a letter, in the language of its reader.

    Anybody may read it on a locked screen, so it names the matter and what became of it only if its reader wished
    that, and it never holds a word that somebody wrote to them. Who opens the link must sign in.
    """
    lang = wish.lang
    about = scribe.about(lang, letter.facts.get("matter", ""))
    told = "told" if wish.tells_matter and about else "untold"
    first = scribe.words.say(
        lang, f"notices.message.{told}", city=city.said(lang), about=about, short=scribe.title(letter.kind, lang)
    )
    return first + "\n" + scribe.words.say(lang, "notices.message.link", link=link)
