"""Every type of fact: one name, registered, and with personal fields that can be forgotten."""

import types
import typing
from collections import Counter
from typing import Final
from uuid import UUID

from tests.architecture.house import imported

from onecity.bootstrap.rooms import FACT_TYPES, PROJECTIONS
from onecity.ledger import Fact, Projections


def heirs(kind: type) -> set[type]:
    """Everything that is declared by being a kind of this."""
    found: set[type] = set(kind.__subclasses__())
    return found.union(*(heirs(one) for one in found))


def allowed(hint: object) -> set[object]:
    """The types that a field allows."""
    if typing.get_origin(hint) is typing.Annotated:
        return allowed(typing.get_args(hint)[0])
    if isinstance(hint, typing.NewType):
        return allowed(hint.__supertype__)
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return {one for part in typing.get_args(hint) for one in allowed(part)}
    return {hint}


def test_every_fact_of_the_house_is_registered_once_under_a_name_of_its_package() -> None:
    imported()
    facts = {kind for kind in heirs(Fact) if kind.__module__.startswith("onecity.")}
    assert facts == {kind.type for kind in FACT_TYPES}
    assert [name for name, times in Counter(kind.name for kind in FACT_TYPES).items() if times > 1] == []
    assert [times for times in Counter(kind.type for kind in FACT_TYPES).values() if times > 1] == []
    for kind in FACT_TYPES:
        assert kind.name.partition(".")[0] == kind.type.__module__.split(".")[1]


def test_a_personal_field_can_be_forgotten_and_names_whose_it_is() -> None:
    personal = 0
    for kind in FACT_TYPES:
        hints = typing.get_type_hints(kind.type, include_extras=True)
        for field, mark in kind.personal().items():
            personal += 1
            assert type(None) in allowed(hints[field]), f"{kind.name}.{field} has no place for what is forgotten"
            assert mark.subject in hints, f"{kind.name}.{field} is of {mark.subject}, whom the fact does not name"
            assert allowed(hints[mark.subject]) <= {UUID, type(None)}, f"{kind.name}.{mark.subject} is no id"
            assert mark.subject not in kind.personal(), f"{kind.name}.{mark.subject} would be locked under itself"
            assert mark.kept, f"{kind.name}.{field} does not say how long it is kept"
    assert personal > 0


IDS_AND_NAMES_OF_THE_PACK: Final = frozenset(
    {
        "agency", "apart_from", "answer_by", "area", "branch", "branches", "cell", "check", "condition",
        "condition_version", "counted", "differences", "duty", "event", "event_version", "facts", "fee", "hands",
        "issuer", "kind", "kind_version", "known", "lacking", "lang", "law", "lead", "licences", "materials",
        "matter", "matter_version", "matters", "meeting", "moved", "number", "opens", "origin", "outcome", "photos", "port", "process",
        "process_version", "purpose", "readers", "receipt", "reference", "refund", "register", "register_row",
        "removes", "result", "root", "rule", "scope", "sender", "source", "spares", "stated", "step", "taken", "trigger", "type",
        "type_code", "type_version", "version", "zone", "copy", "hall", "detector", "photo", "sha256", "part", "answer",
        "answer_version", "code", "added", "plan", "pack",
    }
)  # fmt: skip
"""Fields of text in clear that the city fills, by their names: ids, hashes, days, names that stand in the pack."""

WRITTEN_BY_SOMEBODY: Final = {
    (
        "casework.overrun_explained",
        "reason",
    ): "published by law (优化营商环境条例 article 36); the page says so beforehand",
    ("governance.part_recorded", "entry"): "a thing of the street; its `owner` is a body, as the register names it",
    ("governance.part_changed", "entry"): "the same",
    ("notices.published", "facts"): "the same reason, as it hangs on the board",
    ("services.amendment_proposed", "typed"): "what everybody is to read of an item; it names nobody",
    (
        "services.amendment_proposed",
        "reason",
    ): "why an item reads otherwise; the page says beforehand to name nobody",
    ("services.event_composed", "typed"): "what everybody is to read of a life event; it names nobody",
    ("services.event_composed", "reason"): "why it is composed; the page says beforehand to name nobody",
    ("services.event_amended", "typed"): "what everybody is to read of a life event; it names nobody",
    ("services.event_amended", "reason"): "why it is to be otherwise; the page says beforehand to name nobody",
    ("services.item_prepared", "typed"): "what everybody is to read and to be asked of an item; it names nobody",
    ("services.item_prepared", "reason"): "why it is prepared; the page says beforehand to name nobody",
    ("services.amendment_dropped", "reason"): "the same",
    ("people.duty_given", "reason"): "a constant of the house: the words stand locked in the proposal",
    ("people.duty_ended", "reason"): "the same",
}
"""All else that a fact says in clear text, and why it may."""


def says_text(hint: object) -> bool:
    """Whether a field can hold text, at any depth."""
    if isinstance(hint, typing.NewType):
        return says_text(hint.__supertype__)
    if typing.get_origin(hint) is not None:
        return any(says_text(part) for part in typing.get_args(hint))
    if hasattr(hint, "__struct_fields__") and isinstance(hint, type):
        return any(says_text(part) for part in typing.get_type_hints(hint, include_extras=True).values())
    return hint is str


def test_whatever_somebody_writes_is_locked_but_what_the_law_has_published() -> None:
    """A new field of text in a fact is personal, or it is named here with its reason."""
    clear = {
        (kind.name, field)
        for kind in FACT_TYPES
        for field, hint in typing.get_type_hints(kind.type, include_extras=True).items()
        if field not in kind.personal() and says_text(hint)
    }
    assert {one for one in clear if one[1] not in IDS_AND_NAMES_OF_THE_PACK} | {("notices.published", "facts")} == set(
        WRITTEN_BY_SOMEBODY
    )


def test_every_older_version_of_a_fact_has_a_way_to_the_newest() -> None:
    for kind in FACT_TYPES:
        assert set(kind.upcasts) == set(range(1, kind.version)), kind.name


def test_projections_fold_registered_facts_into_tables_of_their_own() -> None:
    known = {kind.type for kind in FACT_TYPES}
    for projection in PROJECTIONS:
        assert set(projection.facts) <= known
    tables = [table.name for table in Projections(PROJECTIONS).tables]
    assert len(set(tables)) == len(tables)


def test_whatever_quotes_a_file_is_known_to_the_purge_of_files() -> None:
    quoting = {kind.type for kind in FACT_TYPES if "materials" in kind.type.__struct_fields__}
    [knows] = [one for one in PROJECTIONS if "brought" in {table.name for table in one.tables}]
    assert quoting
    assert quoting <= set(knows.facts)
