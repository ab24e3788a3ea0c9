"""What somebody asks of a collection: a query becomes a question, or the reason why it does not.

Source: OGC 17-069r4 §7.8 and §7.15; RFC 3339 §5.6 for instants.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from onecity.kernel.refusal import Reason, Refused
from onecity.machinery.features.model import Asked, Box, Span

Form: TypeAlias = Literal["json", "html"]
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
A_PAGE: Final = 10
"""Features of a page for whoever names no limit."""
OF_ITEMS: Final = frozenset({"f", "limit", "bbox", "bbox-crs", "datetime", "after"})
"""The parameters of a page of features."""
_LONGEST: Final = 100
"""Characters of an id."""
_NUMBER: Final = re.compile(r"[+-]?([0-9]{1,9}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,2})?")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_OPEN: Final = ("", "..")


class Why(Reason):
    """Why a question has no answer."""

    UNKNOWN = "features.unknown"
    NO_FORM = "features.no_form"
    NO_LIMIT = "features.no_limit"
    NO_BOX = "features.no_box"
    OVER_THE_LINE = "features.over_the_line"
    NO_CRS = "features.no_crs"
    NO_TIME = "features.no_time"
    BACKWARDS = "features.backwards"


def no_stranger(sent: Mapping[str, str], known: AbstractSet[str]) -> Refused | None:
    """A refusal if a parameter is not known: the standard wants no parameter to be passed over in silence."""
    unknown = sorted(sent.keys() - known)
    return Refused(Why.UNKNOWN, {"field": unknown[0][:_LONGEST]}) if unknown else None


def read_form(sent: Mapping[str, str], accept: str) -> Form | Refused:
    """In which form the answer is written: as `f` says, else as the header `Accept` likes it."""
    match sent.get("f", ""):
        case "json":
            return "json"
        case "html":
            return "html"
        case "":
            return _liked(accept)
        case _:
            return Refused(Why.NO_FORM)


def read_items(sent: Mapping[str, str], *, most: int) -> Asked | Refused:
    """The question of a query. A limit beyond `most` is no fault: the page holds as many as it can."""
    typed = sent.get("limit", str(A_PAGE)).strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 12 and int(typed)):
        return Refused(Why.NO_LIMIT, {"most": most})
    box, span = read_box(sent["bbox"]) if "bbox" in sent else None, read_span(sent.get("datetime"))
    if isinstance(box, Refused):
        return box
    if isinstance(span, Refused):
        return span
    if sent.get("bbox-crs", CRS84) != CRS84:
        return Refused(Why.NO_CRS, {"crs": CRS84})
    return Asked(min(int(typed), most), box, span, sent.get("after", "").replace("\0", "")[:_LONGEST])


def read_box(typed: str) -> Box | Refused:
    """The box of four numbers, or of six, whose heights are let pass: nothing here has a height.

    A box over the line of date is refused: no city of this house lies there, and who swaps west and east is told.
    """
    parts = [part.strip() for part in typed.split(",")]
    if len(parts) not in (4, 6) or not all(_NUMBER.fullmatch(part) for part in parts):
        return Refused(Why.NO_BOX)
    numbers = [float(part) for part in parts]
    (west, south), (east, north) = numbers[:2], numbers[len(numbers) // 2 :][:2]
    if not (-90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        return Refused(Why.NO_BOX)
    return Refused(Why.OVER_THE_LINE) if west > east else Box(west, south, east, north)


def read_span(typed: str | None) -> Span | Refused:
    """The time of an instant, or of two with a slash between; `..` or nothing is an open end, but not on both sides."""
    if typed is None:
        return None, None
    ends = typed.strip().split("/")
    if len(ends) > 2 or all(end in _OPEN for end in ends):
        return Refused(Why.NO_TIME)
    since, until = (_instant(end) if end not in _OPEN or len(ends) == 1 else None for end in (ends[0], ends[-1]))
    if isinstance(since, Refused) or isinstance(until, Refused):
        return Refused(Why.NO_TIME)
    return Refused(Why.BACKWARDS) if since and until and since > until else (since, until)


def _instant(typed: str) -> datetime | Refused:
    # In an address a plus sign that nobody wrote as %2B is a space.
    typed = typed.replace(" ", "+")
    if not _INSTANT.fullmatch(typed):
        return Refused(Why.NO_TIME)
    try:
        return datetime.fromisoformat(typed.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return Refused(Why.NO_TIME)


def _liked(accept: str) -> Form:
    """HTML for whoever likes it better than JSON, as browsers do. Source: RFC 9110 §12.5.1.

    >>> _liked("text/html,application/xhtml+xml,*/*;q=0.8"), _liked("*/*"), _liked("")
    ('html', 'json', 'json')
    """
    likes: dict[str, float] = {}
    for part in accept.split(","):
        kind, _, said = part.partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", said)
        likes[kind.strip().lower()] = float(weight[1]) if weight else 1.0
    others = likes.get("*/*", 0)
    json = max(likes.get(kind, others) for kind in ("application/json", "application/geo+json"))
    return "html" if likes.get("text/html", others) > json else "json"
