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
    return _template().render(sheets=sheets, say=say, version=__version__)


@cache
def _template() -> Template:
    """The page with its style, read once: an audit of a whole pack writes hundreds."""
    house = files("onecity")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = (house / "services" / "auditing" / "audit.html").read_text("utf-8")
    tokens = (house / "machinery" / "web" / "static" / "tokens.css").read_text("utf-8")
    return environment.from_string(template, globals={"tokens": Markup(tokens)})  # noqa: S704 - of ours
