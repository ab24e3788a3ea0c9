"""How the result is to come, as a form asks it: the ways that there are, and the address if it goes by post."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from onecity.casework import Address, Delivery
from onecity.casework import Why as CaseWhy
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visit
from onecity.services.catalogue import Catalogue

WAY: Final = "paper-way"
NAME, PHONE, LINE = "paper-name", "paper-phone", "paper-line"
"""Names that no question of a pack can have: those have no hyphen."""
BLAMED: Final = {
    CaseWhy.NOT_BY_POST: WAY,
    CaseWhy.NO_RECIPIENT: NAME,
    CaseWhy.NO_PHONE: PHONE,
    CaseWhy.NO_ADDRESS: LINE,
}
"""What somebody can mend in the form itself, and where."""


def ways_of(items: Iterable[str], catalogue: Catalogue, *, first: Delivery) -> tuple[Delivery, ...]:
    """Every way that one of some items offers, the `first` one before the others."""
    offered = {way for item in items for way in catalogue.ways(item)}
    return tuple(way for way in dict.fromkeys((first, *Delivery)) if way in offered)


def way_in(visit: Visit, name: str, otherwise: Delivery) -> Delivery:
    """The way that a form chose."""
    text = visit.form.text(name)
    return Delivery(text) if text in set(Delivery) else otherwise


def address_in(typed: Mapping[str, str]) -> Address:
    """The address as it was typed."""
    return Address(*(typed.get(name, "") for name in (NAME, PHONE, LINE)))


def typed_in(visit: Visit) -> dict[str, str]:
    """What was typed of an address, right or wrong."""
    return {name: visit.form.text(name) for name in (NAME, PHONE, LINE)}


def wrong_in(visit: Visit, refused: Refused | None) -> dict[str, str]:
    """What is wrong, by the field of the form."""
    if refused is None or refused.reason not in BLAMED:
        return {}
    return {BLAMED[CaseWhy(refused.reason)]: visit.say(refused.reason, **refused.details)}


def shown(
    visit: Visit, ways: Sequence[Delivery], way: Delivery, typed: Mapping[str, str], errors: Mapping[str, str],
    name: str = WAY,
) -> Mapping[str, Any]:  # fmt: skip
    """What the template of these fields needs."""
    options = [{"value": one, "label": visit.say(f"services.delivery.{one}")} for one in ways]
    return {"field": name, "options": options, "way": way, "typed": typed, "errors": errors,
            "posts": Delivery.POST in ways}  # fmt: skip
