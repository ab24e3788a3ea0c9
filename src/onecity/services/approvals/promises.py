"""What a city promises for the approvals of a project, shorter than the law: data of its pack, and an example there."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

import msgspec

from onecity.kernel.refusal import Refused
from onecity.packs import Kind, Pack, Table
from onecity.services.approvals.model import TYPES, Approval, Plan
from onecity.services.approvals.paths import NotSwitched


class ProjectPromise(msgspec.Struct, frozen=True):
    """In how many working `days` the city decides an item for projects of a `type`; `item` is its id in the file."""

    type: Annotated[str, msgspec.Meta(pattern=f"[{''.join(TYPES)}]", description="Write one of G L S I D M.")]
    item: str
    days: Annotated[int, msgspec.Meta(ge=0, le=400)]


class ProjectPromises(Table[ProjectPromise], frozen=True):
    """The promises of a city for construction projects: no law gives them, so each is an example."""

    named_by: ClassVar[int] = 2


PROJECT_PROMISE: Final[Kind[ProjectPromises]] = Kind(
    "project_promise", "services/project_promises.csv", ProjectPromises, single=True, optional=True
)


def promises_of(pack: Pack, of_type: str) -> dict[str, int]:
    """The promised working days of a type of project, by item."""
    rows = pack.one(PROJECT_PROMISE).rows if pack.all(PROJECT_PROMISE) else ()
    return {row.item: row.days for row in rows if row.type == of_type}


def broken_promises(plan: Plan, approvals: Mapping[str, Approval], days: Mapping[str, int]) -> tuple[Refused, ...]:
    """Every promise that is longer than what the law gives, or that names an item that does not count."""
    law = {item.id: item.days for item in plan.items}
    return tuple(
        Refused(NotSwitched.NOT_IN_PLAN if name not in law else NotSwitched.LONGER_THAN_LAW, {
            "id": name, "name": approvals[name].name if name in approvals else name,
            "days": number, "law": law.get(name, 0),
        })
        for name, number in sorted(days.items())
        if number > law.get(name, -1)
    )  # fmt: skip
