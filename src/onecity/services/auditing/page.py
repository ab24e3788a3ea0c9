"""The report of an audit: one file in both languages, without script, picture or style from elsewhere."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from onecity import __version__
from onecity.services.auditing.sheets import Sheet
from onecity.services.auditing.telling import Say


def page(sheets: Sequence[Sheet], say: Say) -> str:
    """The whole page; `sheets` are the same in two languages."""
    tokens = (files("onecity") / "machinery" / "web" / "static" / "tokens.css").read_text("utf-8")
    return _template().render(
        sheets=sheets,
        say=say,
        tokens=Markup(tokens),  # noqa: S704 - of ours
        version=__version__,
    )


@cache
def _template() -> Template:
    """The page, read once: an audit of a whole pack writes hundreds."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files("onecity") / "services" / "auditing" / "audit.html").read_text("utf-8"))
