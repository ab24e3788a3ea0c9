"""The pack and the words that the running city speaks from."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec

from onecity.bootstrap.rooms import CITED
from onecity.casework import LAW, PROCESS, unnamed
from onecity.casework.ordering import ORDER
from onecity.governance import (
    CATALOGUE,
    CONDITION,
    MATTER,
    OWNERS,
    PART,
    PHRASE,
    STREET_RULES,
    StreetRules,
    said_of_the_street,
)
from onecity.governance.replay import CROSSWALK
from onecity.licences import LICENCE_TYPE, LicenceType
from onecity.packs import Declared, Fault, Kind, Pack, Words, load_words
from onecity.people import AGENCY, DUTY
from onecity.places import CALENDAR, CITY, COUNTY, GRID, HALL, NOTICE, OUTLINE, SOCIAL_GRID, STREET, VILLAGE, City
from onecity.registers import REGISTER
from onecity.services.approvals import PROJECT_PROMISE
from onecity.services.auditing import AUDIT_DECISION
from onecity.services.checking import FIELD, ITEM
from onecity.services.declared import Item
from onecity.services.elsewhere import ELSEWHERE
from onecity.services.everyday import EVENTS, NOTHING_SAID, Sayings
from onecity.services.feedback import FEEDBACK_RULE
from onecity.services.forms import MATERIAL, SECTION
from onecity.services.idioms import FILLER, SYNONYM
from onecity.services.intermediaries import INTERMEDIARY
from onecity.services.item_names import NOT_THE_SAME, listed_name_faults, name_faults
from onecity.services.life_events import LIFE_EVENT
from onecity.services.listing import LISTED_DEMAND, LISTED_ITEM, LISTED_QUESTION, every_event
from onecity.services.listing.declared import ListedItems
from onecity.services.offering import LISTED_EVENT, OFFERED_ITEM, SHORT_FIELD, TEMPLATE
from onecity.services.pledging import PLEDGE
from onecity.services.projects import PROJECT_APPROVAL, PROJECT_FORM
from onecity.services.runs import EVENT_RUN, RUN
from onecity.services.same_questions import SAME_QUESTION


def _check_city(pack: Pack, declared: Declared[City]) -> Iterator[Fault]:
    yield from CITY.check(pack, declared)
    # Every pack has one city, but maybe no law at all.
    yield from unnamed(pack, declared, CITED)


def _check_item(pack: Pack, declared: Declared[Item]) -> Iterator[Fault]:
    yield from ITEM.check(pack, declared)
    yield from name_faults(pack, declared)
    # Items know no pledges: that one is declared is seen from here.
    if declared.value.promise_after_check and declared.id not in pack.all(PLEDGE):
        what = "Nothing says what is pledged and when it is checked."
        mend = f"Write `services/pledges/{declared.id}.yaml`, or remove this."
        yield declared.fault("promise_after_check", what, mend)


def _check_listed_items(pack: Pack, declared: Declared[ListedItems]) -> Iterator[Fault]:
    yield from LISTED_ITEM.check(pack, declared)
    yield from listed_name_faults(pack, declared)


def _check_licence_type(pack: Pack, declared: Declared[LicenceType]) -> Iterator[Fault]:
    yield from LICENCE_TYPE.check(pack, declared)
    # Licences know no items: that a matter is one is seen from here.
    for key, matters in (("changed_by", declared.value.changed_by), ("ended_by", declared.value.ended_by)):
        for index, name in enumerate(matters):
            yield from pack.unknown(declared, f"{key}.{index}", ITEM, name)


def _check_street_rules(pack: Pack, declared: Declared[StreetRules]) -> Iterator[Fault]:
    yield from STREET_RULES.check(pack, declared)
    # The street knows no life events: that one is declared is seen from here.
    if declared.value.found_as is not None:
        yield from pack.unknown(declared, "found_as", LIFE_EVENT, declared.value.found_as, among=every_event(pack))


KINDS: Final[Sequence[Kind[Any]]] = (
    msgspec.structs.replace(CITY, check=_check_city),
    NOTICE,
    CALENDAR,
    COUNTY,
    STREET,
    VILLAGE,
    HALL,
    GRID,
    OUTLINE,
    SOCIAL_GRID,
    CATALOGUE,
    PART,
    MATTER,
    PHRASE,
    AGENCY,
    DUTY,
    REGISTER,
    LAW,
    PROCESS,
    ORDER,
    CONDITION,
    OWNERS,
    msgspec.structs.replace(STREET_RULES, check=_check_street_rules),
    CROSSWALK,
    msgspec.structs.replace(LICENCE_TYPE, check=_check_licence_type),
    SECTION,
    MATERIAL,
    FIELD,
    msgspec.structs.replace(ITEM, check=_check_item),
    LIFE_EVENT,
    msgspec.structs.replace(LISTED_ITEM, check=_check_listed_items),
    LISTED_DEMAND,
    LISTED_QUESTION,
    TEMPLATE,
    SHORT_FIELD,
    OFFERED_ITEM,
    LISTED_EVENT,
    FILLER,
    SYNONYM,
    ELSEWHERE,
    NOT_THE_SAME,
    SAME_QUESTION,
    INTERMEDIARY,
    AUDIT_DECISION,
    PROJECT_PROMISE,
    PROJECT_APPROVAL,
    PROJECT_FORM,
    RUN,
    EVENT_RUN,
    FEEDBACK_RULE,
    PLEDGE,
)
"""Every kind of declaration of the house, lowest package first."""

PACKAGES_WITH_WORDS: Final = (
    "kernel",
    "machinery",
    "machinery/web",
    "ledger",
    "places",
    "people",
    "registers",
    "notices",
    "payments",
    "casework",
    "licences",
    "services",
    "governance",
    "portal",
    "drills",
)


def shipped_pack() -> Path:
    """The folder of the pack that comes with OneCity: in the wheel, else in the checkout."""
    house = Path(__file__).resolve().parents[1]
    in_wheel = house / "shipped_packs" / "zhengzhou"
    return in_wheel if in_wheel.is_dir() else house.parents[1] / "packs" / "zhengzhou"


def runbooks() -> Path:
    """The folder of the pages that say how to mend what an alert tells: in the wheel, else in the checkout."""
    house = Path(__file__).resolve().parents[1]
    in_wheel = house / "runbooks"
    return in_wheel if in_wheel.is_dir() else house.parents[1] / "docs" / "operate"


def verifier() -> Path:
    """The program with which outsiders check a ledger without any of ours: in the wheel, else in the checkout."""
    house = Path(__file__).resolve().parents[1]
    in_wheel = house / "verifier" / "verify_ledger.py"
    return in_wheel if in_wheel.is_file() else house.parents[1] / "tools" / "verify_ledger.py"


def words_of(pack: Pack) -> Words:
    """The words of all packages, overridden by the pack's own."""
    house = files("onecity")
    return load_words([house / package / "words" for package in PACKAGES_WITH_WORDS]).overridden(pack.words)


def sayings_of(pack: Pack) -> Sayings:
    """What a search for services knows beyond them: by what people say of the street they look for how to report it."""
    found_as = pack.one(STREET_RULES).found_as if pack.all(STREET_RULES) else None
    return {f"{EVENTS}{found_as}": said_of_the_street(pack)} if found_as else NOTHING_SAID
