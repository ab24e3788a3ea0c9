"""Turns templates into pages: one environment per language, with the city's words, dates and numbers.

See `docs/adr/0010-draw-each-component-once.md`.
"""

import gzip
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from onecity.kernel.lists import listed

LANGUAGES: Final = ("zh", "en")
_ROOT: Final = Path(str(files("onecity")))
_WEB: Final = _ROOT / "machinery" / "web"
_TODAY: Final[ContextVar[date]] = ContextVar("today")
"""The city's day while a page is rendered: macros of components see no variables of the page."""


_WHOLE: Final = re.compile(
    r"(?:\d{4} ?年 ?)?\d{1,2}月\d{1,2}日|星期[一二三四五六日]"
    r"|\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{4})?"
    r"|(?<![\w-])[A-Z0-9]{1,8}(?:-[A-Z0-9]{2,8}){1,2}(?![\w-])"
    r"|第 ?\d{1,4}(?:-\d{1,2})? ?[条款项]"
)
"""Days, numbers of cases and payments, and places in a law as Chinese says them, within a text."""


class Speech(Protocol):
    """Says a sentence of the house in a language."""

    def say(self, lang: str, key: str, **params: object) -> str: ...


_CHINESE: Final = re.compile(r"[《（「]?[\u4e00-\u9fff](?:[ 0-9.,·()*-]*[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e])*")
"""Chinese within a text, with the numbers inside it and the full-width signs around it."""

Cited = Callable[[str, str], str]
"""A text with its citations of laws in a language: (text, language) → text. The city's pack names the laws."""


class Formats:
    """How days, instants and numbers are written for people. Source: the house's interface rules, section 6."""

    def __init__(self, lang: str, words: Speech, zone: ZoneInfo) -> None:
        self._lang, self._words, self._zone = lang, words, zone

    def day(self, day: date, *, today: date, weekday: bool = True) -> str:
        """A day with its weekday, and with its year unless that is this year: 4月8日 星期三; Wednesday 8 April 2020."""
        name = self._words.say(self._lang, f"date.weekday.{day.isoweekday()}")
        month = self._words.say(self._lang, f"date.month.{day.month}")
        year = self.other_year(day, today=today)
        if self._lang == "en":
            return (f"{name} " if weekday else "") + f"{day.day} {month}" + (f" {year}" if year else "")
        return f"{year}{month}{day.day}日" + (f" {name}" if weekday else "")

    def other_year(self, day: date, *, today: date) -> str:
        """The year of a day, unless it is this one."""
        if day.year == today.year:
            return ""
        return f"{day.year}年" if self._lang == "zh" else str(day.year)

    def full_day(self, day: date, *, weekday: bool = True) -> str:
        """A day with its year, even if it is this one: on what people keep."""
        return self.day(day, today=date.min, weekday=weekday)

    def full_instant(self, at: datetime, *, weekday: bool = False) -> str:
        """An hour of a day with its year, on what people keep."""
        local = at.astimezone(self._zone)
        return f"{self.full_day(local.date(), weekday=weekday)} {local:%H:%M}"

    def instant(self, at: datetime, *, today: date) -> str:
        """An hour of a day in the city's zone: 今天 16:21, 9月22日 15:40."""
        local = at.astimezone(self._zone)
        same = self._words.say(self._lang, "date.today") if local.date() == today else None
        return f"{same or self.day(local.date(), today=today, weekday=False)} {local:%H:%M}"

    def marked_day(self, day: date, weekday: bool = True) -> Markup:  # noqa: FBT001, FBT002 - called from templates
        """A day that no line break splits."""
        return _marked(day.isoformat()[:10], self.day(day, today=_TODAY.get(), weekday=weekday))

    def marked_full_day(self, day: date, weekday: bool = True) -> Markup:  # noqa: FBT001, FBT002 - called from templates
        """A day with its year that no line break splits."""
        return _marked(day.isoformat()[:10], self.full_day(day, weekday=weekday))

    def marked_instant(self, at: datetime) -> Markup:
        """An instant that no line break splits."""
        return _marked(at.isoformat(), self.instant(at, today=_TODAY.get()))

    def marked_full_instant(self, at: datetime) -> Markup:
        """An instant with its year that no line break splits."""
        return _marked(at.isoformat(), self.full_instant(at))


def _marked(when: str, text: str) -> Markup:
    return Markup('<time datetime="{}" class="nowrap">{}</time>').format(when, text)


def whole(text: object, lang: str = "zh") -> Markup:
    """A text in which a line break splits a day or a number only where no line holds it.

    >>> str(whole("P-3WGZR-RRKNE <1>"))
    '<span class="whole">P-3WGZR-RRKNE</span> &lt;1&gt;'
    >>> str(whole("《森林法》第 56 条"))
    '《森林法》<span class="whole">第 56 条</span>'
    """
    if isinstance(text, Markup):
        return text
    # What is found holds no sign of HTML, so the text can be escaped first.
    return Markup(_WHOLE.sub(r'<span class="whole">\g<0></span>', str(escape(spoken(str(text), lang)))))  # noqa: S704


def spoken(text: str, lang: str) -> str:
    """A text on a page of a language; on an English one a screen reader is told what to read as Chinese.

    >>> str(spoken("Operator <林晓梅>, 纬二路 58 号", "en"))
    'Operator &lt;<span lang="zh-CN">林晓梅</span>&gt;, <span lang="zh-CN">纬二路 58 号</span>'
    >>> spoken("林晓梅", "zh")
    '林晓梅'
    """
    if lang == "zh" or isinstance(text, Markup):
        return text
    # Nothing that is found is a sign of HTML, so the text can be escaped first.
    return Markup(_CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', str(escape(text))))  # noqa: S704


class Scripts:
    """The modules of all packages that add something to a page which works without them; nothing builds them.

    All addresses change when one of them does: a module names its neighbours by their plain names.
    """

    def __init__(self, root: Path) -> None:
        self._content = {one.stem: one.read_bytes() for one in sorted(root.glob("*/web/static/*.js"))}
        self._small = {name: gzip.compress(content, mtime=0) for name, content in self._content.items()}
        self.version = sha256(b"\n".join(self._content.values())).hexdigest()[:16]

    def url(self, name: str) -> str:
        """The address of a module."""
        assert name in self._content, f"there is no {name}.js"
        return f"/static/{self.version}/{name}.js"

    def read(self, name: str, *, small: bool) -> bytes | None:
        """A module, as it is or packed; None if there is none of that name."""
        return (self._small if small else self._content).get(name)


class Pages:
    """The templates of all packages, and the one style sheet."""

    def __init__(self, words: Speech, zone: ZoneInfo, cited: Cited) -> None:
        self.formats = {lang: Formats(lang, words, zone) for lang in LANGUAGES}
        self.cited = cited
        self._environments = {lang: _environment(lang, words, self.formats[lang], cited) for lang in LANGUAGES}
        self.css = _style_sheet()
        # It says nothing of anybody and may travel small; pages do not, because their size would tell of words.
        self.small_css = gzip.compress(self.css, mtime=0)
        self.css_url = f"/static/{sha256(self.css).hexdigest()[:16]}.css"
        self.scripts = Scripts(_ROOT)
        for environment in self._environments.values():
            environment.globals["script_url"] = self.scripts.url

    def render(self, lang: str, template: str, values: Mapping[str, Any], *, today: date) -> str:
        """A page as HTML. A name that the template asks for and nobody gave is a bug of ours."""
        _TODAY.set(today)
        return self._environments[lang].get_template(template).render(values)


def _environment(lang: str, words: Speech, formats: Formats, cited: Cited) -> Environment:
    def t(key: str, **params: object) -> str:
        if not any(isinstance(param, Markup) for param in params.values()):
            return words.say(lang, key, **params)
        # A day that must not break stays one; everything else that fills the sentence is escaped, but for its numbers,
        # which tell one from several.
        safe = {name: param if isinstance(param, int) else escape(param) for name, param in params.items()}
        return Markup(words.say(lang, key, **safe))  # noqa: S704

    environment = Environment(
        # Components and shells are called by their short names, pages of a package by their path in the house.
        loader=FileSystemLoader([_WEB, _ROOT]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # What is marked already is said already: a law would be named within its own name.
    environment.filters["spoken"] = lambda text: text if isinstance(text, Markup) else spoken(cited(text, lang), lang)
    environment.globals.update(
        t=t,
        lang=lang,
        fmt_day=formats.marked_day,
        fmt_full_day=formats.marked_full_day,
        fmt_other_year=lambda day: formats.other_year(day, today=_TODAY.get()),
        fmt_instant=formats.marked_instant,
        fmt_full_instant=formats.marked_full_instant,
        fmt_whole=lambda text: whole(text, lang),
        fmt_list=lambda names: listed(names, lang),
        fmt_number=lambda number: f"{number:,}",
    )
    return environment


def _style_sheet() -> bytes:
    """Tokens, base, then each component by name: later rules never depend on earlier components."""
    components = sorted((_WEB / "components").glob("*/style.css"))
    parts: Sequence[Path] = [_WEB / "static" / "tokens.css", _WEB / "static" / "base.css", *components]
    return b"\n".join(part.read_bytes() for part in parts)
