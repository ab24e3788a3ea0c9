"""How the key hosts of a city do, asked from one of its machines and without the city."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec

from onecity.machinery.key_hosts.lines import Away, Line, Papers
from onecity.machinery.key_hosts.shared import HOSTS
from onecity.machinery.key_hosts.wire import State


class Seen(msgspec.Struct, frozen=True):
    """A key host: whether it answers, and whether it has heard since its start what the others have."""

    url: str
    answers: bool
    whole: bool


def hosts_seen(keys: Path) -> Sequence[Seen]:
    """The key hosts that a folder of keys names, all asked at once; none if the keys lie in it. Raises CannotStart."""
    named = keys / HOSTS
    urls = [line.strip() for line in named.read_text("utf-8").splitlines() if line.strip()] if named.is_file() else []
    if not urls:
        return ()
    lines = [Line(url, Papers(keys)) for url in urls]
    with ThreadPoolExecutor(len(lines)) as asking:
        return list(asking.map(_seen, lines))


def _seen(line: Line) -> Seen:
    with closing(line):
        try:
            return Seen(line.url, answers=True, whole=line.look("/state", State(0, whole=True), State).whole)
        except Away:
            return Seen(line.url, answers=False, whole=False)
