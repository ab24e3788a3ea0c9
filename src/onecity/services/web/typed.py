"""What officers type into the forms of catalogue texts: a text in both languages, and search words line by line."""

import re
from typing import Final

from onecity.machinery.web import Visit
from onecity.packs import Text

_LINES: Final = re.compile(r"[\r\n]+")


def typed_text(visit: Visit, name: str) -> Text:
    """A text in both languages. It is one line: whatever breaks it, seen or not, is a blank."""
    return Text(*(" ".join(visit.form.text(f"{name}_{lang}").split()) for lang in ("zh", "en")))


def typed_lines(visit: Visit, name: str) -> tuple[str, ...]:
    """The lines of a field that say something."""
    return tuple(line.strip() for line in _LINES.split(visit.form.text(name)) if line.strip())
