"""Which program speaks to a database: programs of two versions may do so at once, while one follows the other."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from onecity import __version__

if TYPE_CHECKING:
    from asyncpg import Connection


@cache
def level() -> int:
    """How many steps of the schema the installed program knows: a newer one knows more, none is ever removed."""
    packages = (one / "schema" for one in files("onecity").iterdir() if one.is_dir())
    return sum(step.name.endswith(".sql") for folder in packages if folder.is_dir() for step in folder.iterdir())


def called() -> str:
    """The name under which the program is seen in the database: what it knows of the schema, and its version."""
    return f"onecity {level()} {__version__}"


async def older_connections(connection: "Connection") -> int:
    """Connections of programs that know less of the schema than this one, or as much and are of another version: they
    may fold facts otherwise. One without a name, or without a version in it, is of the first.
    """
    found: int = await connection.fetchval(
        "select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend'"
        " and pid <> pg_backend_pid() and case when application_name ~ '^onecity [0-9]{1,9}( [^ ]+)?$'"
        " then split_part(application_name, ' ', 2)::int < $1 or (split_part(application_name, ' ', 2)::int = $1"
        " and split_part(application_name, ' ', 3) <> $2) else application_name = '' end",
        level(), __version__,
    )  # fmt: skip
    return found
