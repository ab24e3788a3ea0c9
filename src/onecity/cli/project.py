"""`onecity project`: construction projects of one's own: begun, shown with each of their days, applied for by stage."""

from datetime import datetime
from typing import IO
from uuid import UUID, uuid4

import click
import msgspec

from onecity.bootstrap.city import City
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.cli.acting import Credentials, as_somebody, signed_in
from onecity.cli.service import read_answers
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.instants import day_in
from onecity.kernel.refusal import Refused
from onecity.machinery.web import Visitor
from onecity.services.projects.rules import Begin
from onecity.services.projects.usecases import Begun, Led
from onecity.services.usecases.applying import Receipt
from onecity.services.web.projects_interface import (
    ProjectKinds,
    ProjectLine,
    ProjectState,
    apply_for_stage,
    own_projects,
    project_kinds,
    project_state,
)

_ANSWERS = click.option("--answers", type=click.File("rb"), help="YAML: a mapping of field to answer.")


class OwnProjects(msgspec.Struct, frozen=True):
    """All projects of a person."""

    projects: tuple[ProjectLine, ...]


@click.group()
def project() -> None:
    """Construction projects: one code, four stages, one form a stage, and each day explained."""


def _by(visitor: Visitor) -> Acting:
    return Acting(visitor.person, Channel.CLI)


@project.command("kinds")
@signed_in
def kinds(*, login: str, password: str, code: str, key: UUID | None, settings: Settings) -> None:
    """What a project begins with: its questions, its types, and the conditions that each may meet.

    Example: onecity project kinds --login 410199198806120029
    """
    del key

    async def told(city: City, _visitor: Visitor) -> ProjectKinds | Refused:
        return project_kinds(city.counter.projects, "zh")

    as_somebody(Credentials(login, password, code), settings, told)


@project.command("list")
@signed_in
def list_projects(*, login: str, password: str, code: str, key: UUID | None, settings: Settings) -> None:
    """One's own projects, the newest first.

    Example: onecity project list --login 410199198806120029
    """
    del key

    async def listed(city: City, visitor: Visitor) -> OwnProjects | Refused:
        projects, by = city.counter.projects, _by(visitor)
        return OwnProjects(tuple(await own_projects(projects, await projects.ids_of(visitor.person), by=by)))

    as_somebody(Credentials(login, password, code), settings, listed)


@project.command()
@_ANSWERS
@click.option("--meets", multiple=True, metavar="ROW", help="A condition that the project meets; `kinds` tells them.")
@signed_in
def begin(
    answers: IO[bytes] | None, meets: tuple[str, ...], *, login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Begin a project: its plan is what the city promises today.

    Example: onecity project begin --answers project.yaml --meets C04 --meets C24 --login 410199198806120029
    """
    typed = read_answers(answers.read()) if answers else {}

    async def begun(city: City, visitor: Visitor) -> Begun | Refused:
        command = Begin(typed, meets)
        return await city.counter.projects.begin(command, by=_by(visitor), key=key or uuid4(), now=now())

    as_somebody(Credentials(login, password, code), settings, begun)


@project.command()
@click.argument("id_", metavar="PROJECT", type=click.UUID)
@signed_in
def show(id_: UUID, *, login: str, password: str, code: str, key: UUID | None, settings: Settings) -> None:
    """PROJECT with what was promised, what is expected now, and each day so far.

    Example: onecity project show 0199c6a2-0000-7000-8000-000000000000 --login 410199198806120029
    """
    del key

    async def shown(city: City, visitor: Visitor) -> ProjectState | Refused:
        at: datetime = now()
        today = day_in(city.counter.office.zone, at)
        return await project_state(city.counter.projects, id_, by=_by(visitor), today=today)

    as_somebody(Credentials(login, password, code), settings, shown)


@project.command("apply")
@click.argument("id_", metavar="PROJECT", type=click.UUID)
@click.argument("stage", type=click.IntRange(1, 4))
@_ANSWERS
@signed_in
def apply_for(
    id_: UUID, stage: int, *, answers: IO[bytes] | None, login: str, password: str, code: str, key: UUID | None,
    settings: Settings,
) -> None:  # fmt: skip
    """Apply for all approvals of a STAGE of PROJECT at once; what was answered before need not be answered again.

    Example: onecity project apply 0199c6a2-… 1 --answers stage.yaml --login 410199198806120029
    """
    typed = read_answers(answers.read()) if answers else {}

    async def applied(city: City, visitor: Visitor) -> Receipt | Refused:
        by, projects = _by(visitor), city.counter.projects
        return await apply_for_stage(projects, id_, stage, typed, by=by, key=key or uuid4(), now=now())

    as_somebody(Credentials(login, password, code), settings, applied)


@project.command()
@click.argument("id_", metavar="PROJECT", type=click.UUID)
@signed_in
def drop(id_: UUID, *, login: str, password: str, code: str, key: UUID | None, settings: Settings) -> None:
    """Give PROJECT up before it applied for anything.

    Example: onecity project drop 0199c6a2-0000-7000-8000-000000000000 --login 410199198806120029
    """

    async def dropped(city: City, visitor: Visitor) -> Led | Refused:
        return await city.counter.projects.drop(id_, by=_by(visitor), key=key or uuid4(), now=now())

    as_somebody(Credentials(login, password, code), settings, dropped)
