"""An audit as plain data: every number beside the list that it counts, every sentence in both languages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from onecity.services.auditing.flows import Flow
from onecity.services.auditing.model import Audit, Change, Decision, EventAudit, Fields, Figure, Proposal, Side
from onecity.services.cited import PROOFS

Say = Callable[..., str]
"""A sentence for a language and a key, its gaps filled."""

NOTES: Final = ("units", "measured", "conditional", "intermediaries", "visits", "bundle", "listed")
"""What a reader must know before believing a figure."""


def as_data(found: Audit, say: Say) -> dict[str, object]:
    """All of an audit."""
    open_ = [one for one in found.proposals if one.decision is None and not one.declared]
    return {
        "before": found.before and _side(found.before),
        "after": _side(found.after),
        "items": {
            key: _listed([{"id": name} | _name(found.names[name].zh, found.names[name].en) for name in names])
            for key, names in (("same", found.same), ("appeared", found.appeared), ("vanished", found.vanished))
        },
        "measures": {one.measure: _change(one, say) for one in found.changes},
        "fields": _fields(found.fields),
        "obtainable": _figure(found.obtainable),
        "guarded": _figure(found.guarded),
        "events": [_event(one, found, say) for one in found.events],
        "proposals": _listed([told(one, say) for one in found.proposals]) | {"open": len(open_)},
        "decisions_without_proposal": _listed([_decision(one) for one in found.unused_decisions]),
        "notes": [{lang: say(lang, f"services.audit.note.{key}") for lang in ("zh", "en")} for key in NOTES],
    }


def told(one: Proposal, say: Say) -> dict[str, object]:
    """A proposal, with its sentence and what was decided."""
    return {
        "id": one.id, "act": str(one.act), **_name(one.subject.zh, one.subject.en), "items": list(one.items),
        "confidence": str(one.confidence), "class": one.proof, "way": one.way, "source": one.source,
        "declared": one.declared,
        **{key: sentence(one, say, lang) for key, lang in (("proposal", "zh"), ("proposal_en", "en"))},
        "decision": one.decision and _decision(one.decision),
    }  # fmt: skip


def sentence(one: Proposal, say: Say, lang: str) -> str:
    """What a proposal says, and of a proof by which class of the law."""
    text = say(lang, one.key, **{key: gap.said(lang) for key, gap in one.gaps.items()})
    if one.way is None:
        return text
    way = say(lang, f"services.audit.way.{one.way}")
    return text + say(lang, "services.audit.basis", law=PROOFS.citation, way=way)


def _side(side: Side) -> dict[str, object]:
    return {"city": side.city.zh, "city_en": side.city.en, "version": side.version} | _listed(
        [{"id": name} for name in side.items]
    )


def _name(zh: str, en: str) -> dict[str, object]:
    return {"name": zh, "name_en": en}


def _listed(rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {"number": len(rows), "list": list(rows)}


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "number": figure.number, "of": figure.of, "of_what": figure.of_what, "share": figure.share,
        "list": [
            {"id": line.id, **_name(line.name.zh, line.name.en), "counts": line.counts, "item": line.item, **line.more}
            for line in figure.lines
        ],
    }  # fmt: skip


def _change(one: Change, say: Say) -> dict[str, object]:
    said = {"label": say("zh", f"services.audit.measure.{one.measure}")}
    said |= {"label_en": say("en", f"services.audit.measure.{one.measure}")}
    if one.after is None:
        return said | {
            "before": None, "after": None, "reduction": None,
            "why": say("zh", f"services.audit.none.{one.measure}"),
            "why_en": say("en", f"services.audit.none.{one.measure}"),
        }  # fmt: skip
    return said | {
        "before": one.before and _figure(one.before),
        "after": _figure(one.after),
        "reduction": one.reduction,
    }


def _fields(fields: Fields) -> dict[str, object]:
    return {
        "asked": _figure(fields.asked), "different": _figure(fields.different), "repeated": _figure(fields.repeated),
        "repetition_rate": fields.repeated.share, "known": _figure(fields.known), "typed_share": fields.typed_share,
    }  # fmt: skip


def _event(event: EventAudit, found: Audit, say: Say) -> dict[str, object]:
    return {
        "id": event.id, **_name(event.name.zh, event.name.en),
        "items": _listed([{"id": name} | _name(found.names[name].zh, found.names[name].en) for name in event.items]),
        "apart": _listed([{"id": name} for name in event.apart]),
        "measures": {one.measure: _change(one, say) for one in event.changes},
        "fields": _fields(event.fields),
        "waits": _listed([
            {"id": line.id, **_name(line.name.zh, line.name.en), "item": line.item, **line.more} for line in event.waits
        ]),
        "path": list(event.path),
    }  # fmt: skip


def _decision(one: Decision) -> dict[str, object]:
    return {
        "proposal": one.proposal, "decision": str(one.decision), "by": one.by, "day": one.day.isoformat(),
        "reason": one.reason,
    }  # fmt: skip


def flows_as_data(file: str, flows: Sequence[Flow], say: Say) -> dict[str, object]:
    """What was found in a file of materials, flow by flow."""
    # The name of a file may be no text at all.
    return {"file": file.encode("utf-8", "replace").decode(), "flows": [_flow(one, say) for one in flows]}


def _flow(flow: Flow, say: Say) -> dict[str, object]:
    return {
        "flow": flow.name,
        "items": _figure(flow.items), "materials": _figure(flow.materials), "different": _figure(flow.different),
        "repeats": _figure(flow.repeats), "reusable": _figure(flow.reusable),
        "obtainable": _figure(flow.obtainable), "declarable": _figure(flow.declarable),
        "vague": _figure(flow.vague), "open_ended": _figure(flow.open_ended),
        "same_under_other_names": [
            {"id": group.id, **_name(group.name.zh, group.name.en)} | _figure(group.figure) for group in flow.groups
        ],
        "proposals": _listed([
            one.as_row()
            | {key: say(lang, one.key, **one.gaps(lang)) for key, lang in (("proposal", "zh"), ("proposal_en", "en"))}
            for one in flow.proposals
        ]),
    }  # fmt: skip
