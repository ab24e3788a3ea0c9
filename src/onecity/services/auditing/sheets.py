"""An audit laid out for people: sections of rows, every number with its list; the page and nothing else reads it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec

from onecity.services.auditing.flows import Flow
from onecity.services.auditing.model import Audit, Change, Counted, Decision, EventAudit, Fields, Figure, Proposal
from onecity.services.auditing.telling import NOTES, Say, sentence

_TOLD: Final = (
    "from_name", "from", "holder", "result_of", "waits_for_name", "class", "confidence", "guard", "unit", "promised",
    "because", "origin", "conditional", "fetched", "why", "items", "row", "first", "anew", "given_row", "only", "rows",
    "who", "payer", "price", "cases", "measured_median", "measured_p90", "took",
)  # fmt: skip
"""What a line tells beside its name, in this order; the rest is for machines."""
_IN_WORDS: Final = ("confidence", "guard", "unit", "origin", "anew", "payer", "price")
"""What a machine says in a word of its own."""


class Line(msgspec.Struct, frozen=True):
    """A line of an opened list."""

    where: str
    name: str
    counts: str
    more: str


class Cell(msgspec.Struct, frozen=True):
    """A number with its list and what it is of; or words alone, where nothing is counted. `href` leads to more."""

    text: str
    lines: tuple[Line, ...] | None = None
    of: str = ""
    href: str = ""


class Section(msgspec.Struct, frozen=True):
    """A heading, what is said below it, a table, and a list of sentences."""

    title: str
    said: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()


class Sheet(msgspec.Struct, frozen=True):
    """One language of a page."""

    lang: str
    title: str
    lead: str
    said: tuple[str, ...]
    sections: tuple[Section, ...]


class _Writing:
    """Says things in one language."""

    def __init__(self, say: Say, lang: str, names: Mapping[str, str]) -> None:
        self.lang = lang
        self.say = partial(say, lang)
        self.say_any = say
        self._names = names

    def say_law(self, citation: str) -> str:
        """A citation as readers of the language know it."""
        return self.word("law", law=citation)

    def word(self, key: str, **gaps: object) -> str:
        """A sentence of the audit."""
        return self.say(f"services.audit.{key}", **gaps)

    def cell(self, figure: Figure | None) -> Cell:
        """A figure as a number that opens."""
        if figure is None:
            return Cell("–")
        of = f"{_shown(figure.of)} {self.word(f'of.{figure.of_what}')}"
        plain = all(line.counts == 1 for line in figure.lines)
        return Cell(_shown(figure.number), tuple(self._line(line, plain=plain) for line in figure.lines), of)

    def called(self, id_: str) -> str:
        """What an item is called."""
        return self._names.get(id_, id_)

    def names(self, ids: Sequence[str]) -> Cell:
        """A number of items that opens."""
        lines = tuple(Line("", self.called(id_), "", id_) for id_ in ids)
        return Cell(str(len(ids)), lines, "")

    def rate(self, share: float | None) -> Cell:
        """A share as per cent."""
        return Cell("–" if share is None else f"{share:.1%}")

    def _line(self, line: Counted, *, plain: bool) -> Line:
        where = self.called(line.item) if line.item else ""
        name = line.name.said(self.lang)
        return Line("" if where == name else where, name, "" if plain else _shown(line.counts), self._more(line.more))

    def _more(self, more: Mapping[str, object]) -> str:
        """What else a line says, in words."""
        found = ((key, more.get(f"{key}_en" if self.lang == "en" and f"{key}_en" in more else key)) for key in _TOLD)
        return " · ".join(
            self.word(f"line.{key}", value=self._value(key, value))
            for key, value in found
            if value not in (None, "", False, [], ())
        )

    def _value(self, key: str, value: object) -> str:
        if key in _IN_WORDS:
            return self.word(f"{key}.{value}")
        if isinstance(value, list | tuple):
            return ", ".join(self.called(str(one)) for one in value)
        return self.say_law(str(value)) if key == "because" else str(value)


def sheet_of(found: Audit, say: Say, lang: str, *, apart: str = "") -> Sheet:
    """An audit of packs in one language. Life events stand in it, or in the folder `apart`, a page each."""
    write = _writing(found, say, lang)
    counts = {"same": len(found.same), "appeared": len(found.appeared), "vanished": len(found.vanished)}
    after = found.after.version[:12]
    said = (
        write.word("alone", after=after, same=len(found.same))
        if found.before is None
        else write.word("compared", before=found.before.version[:12], after=after, **counts)
    )
    return Sheet(
        lang,
        write.word("title_of", city=found.after.city.said(lang)),
        write.word("lead"),
        (said, *(write.word(f"note.{key}") for key in NOTES)),
        tuple(_sections(found, write, apart)),
    )


def event_sheets(found: Audit, say: Say, lang: str) -> dict[str, Sheet]:
    """Each life event of an audit on a sheet of its own, by its id."""
    write = _writing(found, say, lang)
    city = found.after.city.said(lang)
    return {
        event.id: Sheet(
            lang, f"{write.word('title_of', city=city)} · {event.name.said(lang)}", write.word("lead"),
            tuple(write.word(f"note.{key}") for key in NOTES), tuple(_event(event, write)),
        )
        for event in found.events
    }  # fmt: skip


def _writing(found: Audit, say: Say, lang: str) -> _Writing:
    return _Writing(say, lang, {name: text.said(lang) for name, text in found.names.items()})


def _sections(found: Audit, write: _Writing, apart: str) -> Iterator[Section]:
    yield _measures(write.word("measures"), found.changes, write, [
        (write.word(key), write.names(ids))
        for key, ids in (("same", found.same), ("appeared", found.appeared), ("vanished", found.vanished))
    ])  # fmt: skip
    yield _fields(write.word("fields"), found.fields, write)
    rows = tuple((Cell(write.word(key)), write.cell(figure)) for key, figure in (
        ("obtainable", found.obtainable), ("guarded", found.guarded)
    ))  # fmt: skip
    yield Section(write.word("obtainable"), (), (write.word("measure"), write.word("now")), rows)
    if apart:
        yield _events(found.events, write, apart)
    else:
        for event in found.events:
            yield from _event(event, write)
    yield _proposals(found, write)


def _events(events: Sequence[EventAudit], write: _Writing, apart: str) -> Section:
    """The life events in a row each: what their items ask one by one, and what the bundle asks."""
    measures = tuple(one.measure for one in events[0].changes) if events else ()
    head = (write.word("events"), *(write.word(f"measure.{one}") for one in measures))
    rows = tuple(
        (Cell(event.name.said(write.lang), href=f"{apart}/{event.id}.html"), *(_both(one) for one in event.changes))
        for event in events
    )
    return Section(write.word("events"), (write.word("events_apart"),), head, rows)


def _both(one: Change) -> Cell:
    before, after = ("–" if figure is None else _shown(figure.number) for figure in (one.before, one.after))
    return Cell(after if before == after else f"{before} → {after}")


def _measures(
    title: str, changes: Sequence[Change], write: _Writing, first: Sequence[tuple[str, Cell]] = ()
) -> Section:
    later = "after" if any(one.before for one in changes) else "now"
    head = tuple(write.word(key) for key in ("measure", "before", later, "reduction"))
    rows = [(Cell(label), Cell(""), cell, Cell("")) for label, cell in first]
    for one in changes:
        label = Cell(write.word(f"measure.{one.measure}"))
        if one.after is None:
            rows.append((label, Cell("–"), Cell(write.word(f"none.{one.measure}")), Cell("–")))
        else:
            rows.append((label, write.cell(one.before), write.cell(one.after), write.rate(one.reduction)))
    return Section(title, (), head, tuple(rows))


def _fields(title: str, fields: Fields, write: _Writing) -> Section:
    rows = tuple(
        (Cell(write.word(f"fields.{key}")), write.cell(figure))
        for key, figure in (
            ("asked", fields.asked), ("different", fields.different), ("repeated", fields.repeated),
            ("known", fields.known),
        )
    )  # fmt: skip
    rates = write.word(
        "fields.rates",
        repeated=write.rate(fields.repeated.share).text,
        typed=write.rate(fields.typed_share).text,
    )
    return Section(title, (rates,), (write.word("measure"), write.word("now")), rows)


def _event(event: EventAudit, write: _Writing) -> Iterator[Section]:
    title = f"{write.word('events')} · {event.name.said(write.lang)}"
    apart = [(write.word("appeared"), write.names(event.apart))] if event.apart else []
    section = _measures(title, event.changes, write, apart)
    path = " → ".join(write.called(name) for name in event.path)
    waits = Figure(event.waits, len(event.items), "items")
    rows = ((Cell(write.word("waits")), Cell(""), write.cell(waits), Cell("")),)
    said = (write.word("path", path=path),)
    yield msgspec.structs.replace(section, said=said, rows=(*section.rows, *rows))
    yield _fields(f"{title} · {write.word('fields')}", event.fields, write)


def _proposals(found: Audit, write: _Writing) -> Section:
    open_ = sum(one.decision is None and not one.declared for one in found.proposals)
    said = [write.word("proposals_open", number=len(found.proposals), open=open_)]
    if found.unused_decisions:
        told = "; ".join(f"{one.proposal} ({_decided(one, write)})" for one in found.unused_decisions)
        said.append(f"{write.word('unused')}: {told}")
    rows = tuple(_proposal(one, write) for one in found.proposals)
    head = tuple(write.word(key) for key in ("proposal", "confidence", "decision"))
    return Section(write.word("proposals"), tuple(said), head, rows)


def _proposal(one: Proposal, write: _Writing) -> tuple[Cell, ...]:
    if one.decision is not None:
        decision = _decided(one.decision, write)
    else:
        decision = write.word("decision.declared" if one.declared else "decision.none")
    text = f"{sentence(one, write.say_any, write.lang)} [{one.id}]"
    return Cell(text), Cell(write.word(f"confidence.{one.confidence}")), Cell(decision)


def _decided(one: Decision, write: _Writing) -> str:
    said = write.word("decision_by", by=one.by, day=one.day.isoformat(), reason=one.reason)
    return f"{write.word(f'decision.{one.decision}')} · {said}"


def flow_sheet(file: str, flows: Sequence[Flow], say: Say, lang: str) -> Sheet:
    """The flows of a file of materials in one language."""
    write = _Writing(say, lang, {})
    return Sheet(
        lang, f"{write.word('title')} · {file}", write.word("lead"), (write.word("note.conditional"),),
        tuple(section for flow in flows for section in _flow(flow, write)),
    )  # fmt: skip


FLOW_FIGURES = (
    "items", "materials", "different", "repeats", "reusable", "obtainable", "declarable", "vague", "open_ended"
)  # fmt: skip
"""What is counted of a flow, in the order in which it is told."""


def _flow(flow: Flow, write: _Writing) -> Iterator[Section]:
    figures = [(write.word(f"flow.{key}"), getattr(flow, key)) for key in FLOW_FIGURES]
    figures += [(group.name.said(write.lang), group.figure) for group in flow.groups]
    head = tuple(write.word(key) for key in ("measure", "now"))
    yield Section(flow.name, (), head, tuple((Cell(label), write.cell(figure)) for label, figure in figures))
    rows = tuple(
        (Cell(write.say(one.key, **one.gaps(write.lang))), Cell(write.word(f"confidence.{one.confidence}")))
        for one in flow.proposals
    )
    head = tuple(write.word(key) for key in ("proposal", "confidence"))
    yield Section(f"{flow.name} · {write.word('proposals')}", (), head, rows)


def _shown(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")
