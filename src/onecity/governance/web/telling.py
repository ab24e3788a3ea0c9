"""What is shown to whoever is about to report, and to whoever writes it down for them: dangers, answers, open cases."""

from typing import Any

from onecity.governance.filing import Danger
from onecity.governance.knowledge import Known
from onecity.governance.usecases.nearby import Like
from onecity.governance.web.centre import Centre
from onecity.machinery.web import Visit


def danger_card(visit: Visit, danger: Danger) -> dict[str, Any]:
    """A danger with the numbers to call."""
    return {
        "says": danger.says.said(visit.lang),
        "calls": [{"number": call.number, "name": call.name.said(visit.lang)} for call in danger.calls],
    }


def answer_card(visit: Visit, known: Known, centre: Centre) -> dict[str, Any]:
    """An answer with who keeps it right, and since when."""
    answer = known.answer
    return {
        "id": known.id,
        "href": f"/answers/{known.id}",
        "question": answer.question.said(visit.lang),
        "answer": answer.answer.said(visit.lang),
        "agency": centre.scribe.agency(visit.lang, answer.agency),
        "since": answer.since,
    }


def like_card(visit: Visit, like: Like, centre: Centre) -> dict[str, Any]:
    """An open case as somebody may see it who reports: what, in which cell or street, by when; nobody's words, no
    photograph, and no place closer than the cell.
    """
    row, places = like.row, centre.street.ground.places
    how = "hours" if like.hours else "just_now"
    where = "far" if like.metres is not None else "street"
    return {
        "number": row.number,
        "title": centre.scribe.matter(visit.lang, row.matter),
        "stage": visit.say(f"governance.stage.{row.stage}"),
        "place": " ".join(places.chain(row.area)),
        "cell": row.cell,
        "how_near": visit.say(f"governance.same.{where}.{how}", metres=like.metres or 0, hours=like.hours),
        "due_at": row.due_at,
        "due": row.due,
        "answer_by": row.answer_by,
        "urgent": row.urgent,
    }
