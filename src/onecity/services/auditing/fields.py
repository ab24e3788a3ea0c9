"""What forms ask: every field of some items, those that are asked again, and those that a register knows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from onecity.packs import Pack, Text
from onecity.registers import REGISTER
from onecity.services.answers import Field
from onecity.services.auditing.model import Act, Confidence, Counted, Fields, Proposal, figure
from onecity.services.auditing.naming import plainly
from onecity.services.checking import FIELD, ITEM


def fields_of(pack: Pack, names: Sequence[str]) -> Fields:
    """The fields of some items; two that are the same fact of the same register are one."""
    items, declared = pack.all(ITEM), pack.all(FIELD)
    places = [(asked.field, name) for name in names for asked in items[name].value.asks if asked.field in declared]
    facts = {field: _fact(field, declared[field].value) for field, _ in places}
    asking: defaultdict[str, list[str]] = defaultdict(list)
    first: dict[str, str] = {}
    for field, item in places:
        first.setdefault(facts[field], field)
        asking[facts[field]].append(item)
    said = {field: declared[field].value.ask for field, _ in places}
    times = Counter(facts[field] for field, _ in places)
    different = [Counted(field, said[field], more={"items": asking[fact]}) for fact, field in first.items()]
    again = [
        Counted(first[fact], said[first[fact]], number - 1, more={"items": asking[fact]})
        for fact, number in times.items()
        if number > 1
    ]
    known = [
        Counted(field, said[field], more=_where(pack, declared[field].value))
        for field in first.values()
        if declared[field].value.known is not None
    ]
    asked = [Counted(f"{item}/{field}", said[field], item=item) for field, item in places]
    return Fields(
        figure(asked, len(names), "items"),
        figure(different, len(asked), "fields"),
        figure(again, len(asked), "fields"),
        figure(known, len(different), "different_fields"),
    )


def _fact(name: str, field: Field) -> str:
    return f"{field.known.register}.{field.known.fact}" if field.known else name


def _where(pack: Pack, field: Field) -> Mapping[str, object]:
    """Which register knows a field."""
    assert field.known is not None, "only what a register knows is told"
    register = pack.all(REGISTER).get(field.known.register)
    name = register.value.name if register else Text(field.known.register, field.known.register)
    return {"register": field.known.register, "fact": field.known.fact, "from": name.zh, "from_en": name.en}


def one_fact(pack: Pack) -> Iterator[Proposal]:
    """Two fields with the same question are one fact."""
    asking: defaultdict[str, list[str]] = defaultdict(list)
    for name, declared in sorted(pack.all(ITEM).items()):
        for asked in declared.value.asks:
            asking[asked.field].append(name)
    same: defaultdict[str, list[str]] = defaultdict(list)
    for name, field in sorted(pack.all(FIELD).items()):
        same[plainly(field.value.ask.zh).rstrip("?？")].append(name)
    for names in same.values():
        for other in names[1:]:
            first = names[0]
            said = pack.all(FIELD)[first].value.ask
            items = tuple(sorted({*asking[first], *asking[other]}))
            gaps = {"one": Text(first, first), "other": Text(other, other), "subject": said}
            yield Proposal(
                f"{Act.ONE_FACT}:{first}:{other}", Act.ONE_FACT, items, said, Confidence.EXACT,
                "services.audit.proposal.one_fact", gaps,
            )  # fmt: skip
