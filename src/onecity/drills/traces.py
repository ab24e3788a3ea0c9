"""What of a person can still be read in what a city keeps."""

import subprocess
from collections.abc import Mapping

from onecity.drills.cities import RunningCity


def dumped(city: RunningCity) -> bytes:
    """Everything that a backup of the database holds, as text."""
    cluster = city.cluster()
    command = [str(cluster.programs / "pg_dump"), "--dbname", str(cluster.address("onecity_owner"))]
    return subprocess.run(command, capture_output=True, check=True, cwd="/").stdout


def times(secrets: Mapping[str, str], content: bytes) -> dict[str, int]:
    """How often each secret stands in some bytes, as it is or as the database writes bytes."""
    return {name: content.count(one.encode()) + content.count(one.encode().hex().encode())
            for name, one in secrets.items()}  # fmt: skip


def more(before: Mapping[str, int], now: Mapping[str, int]) -> list[str]:
    """Which secrets stand there oftener than before."""
    return [name for name, number in now.items() if number > before[name]]
