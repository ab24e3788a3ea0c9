"""Projects as lists show them: whose, of which type, where, and whether they were given up."""

from collections.abc import Iterator

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.services.projects.facts import ProjectDropped, ProjectFreed, ProjectOpened

_OPEN = Statement(
    "projects",
    "insert into projects (project, subject, code, type, area, opened, dropped) select *, false"
    " from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[])",
)
_DROP = Statement("projects", "update projects set dropped = true where project = any($1::uuid[])")


def _apply(recorded: Recorded) -> Iterator[Row]:
    project = recorded.stream
    match recorded.fact:
        case ProjectOpened() as one:
            yield Row(_OPEN, (project,), (project, one.subject, one.code, one.type, one.area, one.opened))
        case ProjectDropped() | ProjectFreed():
            yield Row(_DROP, (project,), (project,))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


PROJECTS = Projection(tables=(Table("projects"),), facts=(ProjectOpened, ProjectDropped, ProjectFreed), apply=_apply)
