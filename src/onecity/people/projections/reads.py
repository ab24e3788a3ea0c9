"""Questions about looks, for whoever asked and for whoever answers."""

from collections.abc import Iterator

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.people.facts import ReadAnswered, ReadQuestioned

_ASK = Statement(
    "read_questions",
    "insert into read_questions (question, read, person, reader, duty, department, area, asked) select * from"
    " unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])",
)
_ANSWER = Statement(
    "read_questions",
    "update read_questions q set answered = t.at from unnest($1::uuid[], $2::timestamptz[]) t(question, at)"
    " where q.question = t.question",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    question = recorded.stream
    match recorded.fact:
        case ReadQuestioned() as asked:
            where = (asked.duty, asked.agency, asked.area)
            yield Row(_ASK, (question,), (question, asked.read, asked.person, asked.reader, *where, recorded.at))
        case ReadAnswered():
            yield Row(_ANSWER, (question,), (question, recorded.at))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


READS = Projection(tables=(Table("read_questions"),), facts=(ReadQuestioned, ReadAnswered), apply=_apply)
