"""In which of the city's languages somebody is answered: the one that they chose or asked for, else Chinese."""

from typing import TYPE_CHECKING, Final

from onecity.machinery.web.pages import LANGUAGES

if TYPE_CHECKING:
    from starlette.requests import Request

_DEFAULT: Final = LANGUAGES[0]


def language_of(request: "Request") -> str:
    """The language of an answer. On pages it is chosen by a link; a program, which has none, asks in a header."""
    chosen = request.cookies.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    if is_api(request):
        return preferred(request.headers.get("accept-language", ""))
    return _DEFAULT


def is_api(request: "Request") -> bool:
    """Whether a program asks, and not a browser that shows pages."""
    return request.url.path.startswith("/api/")


def preferred(header: str) -> str:
    """The city's language that an `Accept-Language` likes best; the default if it names none. Source: RFC 9110 §12.5.4.

    >>> preferred("en-GB,en;q=0.9,zh;q=0.1"), preferred("en;q=0.2, zh-CN"), preferred("de, *"), preferred("en;q=0")
    ('en', 'zh', 'zh', 'zh')
    """
    likes: dict[str, float] = {}
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        lang, q = tag.strip().lower().partition("-")[0], _weight(weight)
        if lang in LANGUAGES and q > likes.get(lang, 0):
            likes[lang] = q
    # Of two that are liked the same, the first that was named.
    return max(likes, key=lambda lang: likes[lang], default=_DEFAULT)


def _weight(text: str) -> float:
    """How much a language is liked, from 0 to 1; not at all if that cannot be read."""
    name, _, value = text.partition("=")
    if not name.strip():
        return 1
    try:
        found = float(value)
    except ValueError:
        return 0
    return found if name.strip().lower() == "q" and 0 <= found <= 1 else 0
