"""What of a person can still be read in what a city keeps."""

import subprocess
from collections.abc import Mapping

from onecity.drills.cities import RunningCity


class Traces:
    """What somebody leaves in a database who is going to open the account that a resident without one opens."""

    def __init__(self, city: RunningCity, phone: str) -> None:
        name, number = city.accounts().without
        self.secrets = {"name": name, "number": number, "phone": phone}
        # An example of the pack may bear the same name as somebody of the simulated city.
        self._before = times(self.secrets, _dumped(city))

    def in_database(self, city: RunningCity) -> list[str]:
        """Which of their secrets stand in a database oftener than before they came."""
        return [name for name, number in times(self.secrets, _dumped(city)).items() if number > self._before[name]]


def _dumped(city: RunningCity) -> bytes:
    """Everything that a backup of the database holds, as text."""
    cluster = city.cluster()
    command = [str(cluster.programs / "pg_dump"), "--dbname", str(cluster.address("onecity_owner"))]
    return subprocess.run(command, capture_output=True, check=True, cwd="/").stdout


def times(secrets: Mapping[str, str], content: bytes) -> dict[str, int]:
    """How often each secret stands in some bytes, as it is or as the database writes bytes."""
    return {name: content.count(one.encode()) + content.count(one.encode().hex().encode())
            for name, one in secrets.items()}  # fmt: skip
