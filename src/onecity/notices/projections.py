"""The inbox."""

from collections.abc import Iterator

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.notices.facts import LetterOpened, LetterSent

_SEND = Statement(
    "letters",
    "insert into letters (letter, person, kind, about, sender, sent) select * from"
    " unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[])",
)
_OPEN = Statement(
    "letters",
    "update letters l set opened = coalesce(l.opened, t.at) from unnest($1::uuid[], $2::timestamptz[]) t(letter, at)"
    " where l.letter = t.letter",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    letter = recorded.stream
    match recorded.fact:
        case LetterSent() as sent:
            params = (letter, sent.to, sent.kind, sent.about, sent.sender, recorded.at)
            yield Row(_SEND, (letter,), params)
        case LetterOpened():
            yield Row(_OPEN, (letter,), (letter, recorded.at))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


LETTERS = Projection(tables=(Table("letters"),), facts=(LetterSent, LetterOpened), apply=_apply)
