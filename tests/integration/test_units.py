"""A machine runs the city by its units: the very lines and the very environment start it, back it up and stop it."""

import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from signal import SIGTERM
from typing import Final

import httpx
import pytest

from onecity.bootstrap.configuration import read_configuration, settle
from onecity.bootstrap.units import deployment_of, systemd_files
from onecity.machinery.postgres import find_binaries, start_cluster, stop_cluster

pytestmark = pytest.mark.slow

PROGRAM: Final = Path(sys.executable).with_name("onecity")
PATIENCE_S: Final = 300


class Systemd:
    """As much of systemd as the units ask for: it hands over secrets, starts, waits for the word, and stops."""

    def __init__(self, units: Mapping[str, str], folder: Path) -> None:
        self._units = units
        self._folder = folder
        self._heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._heard.bind(str(folder / "notify"))
        self._heard.settimeout(PATIENCE_S)

    def line(self, unit: str) -> list[str]:
        [found] = self._said(unit, "ExecStart")
        return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(found)]

    def environment(self, unit: str) -> dict[str, str]:
        """Nothing but what the unit says and what systemd gives to every service."""
        handed = self._folder / "credentials"
        handed.mkdir(mode=0o700, exist_ok=True)
        for secret in self._said(unit, "LoadCredential"):
            name, _, source = secret.partition(":")
            shutil.copy(source, handed / name)
        found = dict(word.split("=", 1) for value in self._said(unit, "Environment") for word in shlex.split(value))
        found |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "CREDENTIALS_DIRECTORY": str(handed)}
        if self._said(unit, "Type") == ["notify"]:
            found["NOTIFY_SOCKET"] = str(self._folder / "notify")
        # A checkout under test lies where no installed city does.
        return found | {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}

    def heard(self) -> str:
        return self._heard.recv(4096).decode()

    def close(self) -> None:
        self._heard.close()

    def _said(self, unit: str, name: str) -> list[str]:
        return [line.partition("=")[2] for line in self._units[unit].splitlines() if line.startswith(f"{name}=")]


@pytest.fixture
def machine(open_folder: Path) -> Iterator[tuple[Systemd, Path]]:
    folder = open_folder / "by units"
    folder.mkdir()
    secret, file = folder / "mail-password", folder / "one city.toml"
    secret.write_text("s3cret\n", "utf-8")
    secret.chmod(0o600)
    file.write_text(
        f'data = "{open_folder}/by_units"\nport = 0\nlog = "-"\n'
        f'[smtp]\nhost = "127.0.0.1"\nsender = "a@b.example"\nuser = "a"\npassword_file = "{secret}"\n'
        f'[backup]\nfolder = "{open_folder}/by_units_copies"\nkeys = "{open_folder}/by_units_vault"\n',
        "utf-8",
    )
    found, faults = read_configuration(file)
    assert faults == ()
    settings = settle(found, {}).settings
    systemd = Systemd(systemd_files(deployment_of(settings, file, program=PROGRAM)), folder)
    # What is handed to the service is all that it has of the secret.
    yield systemd, secret
    systemd.close()
    if (settings.data / "postgres" / "cluster").is_dir():
        stop_cluster(start_cluster(find_binaries(), settings.data, tell=lambda _: None))


def test_the_lines_of_the_units_start_back_up_and_stop_a_city(machine: tuple[Systemd, Path], tmp_path: Path) -> None:
    systemd, secret = machine
    environment, journal = systemd.environment("onecity.service"), tmp_path / "journal"
    secret.unlink()
    with journal.open("w") as log:
        city = subprocess.Popen(
            systemd.line("onecity.service"), env=environment, cwd="/", stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        assert systemd.heard() == "READY=1"
        assert city.stdout is not None
        address = next(line.split()[2] for line in city.stdout if line.startswith("OneCity"))
        assert httpx.get(f"{address}/health/ready", trust_env=False, timeout=30).text == "ready\n"
        backup = subprocess.run(
            systemd.line("onecity-backup.service"), env=systemd.environment("onecity-backup.service"), cwd="/",
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (backup.returncode, "facts and" in backup.stdout) == (0, True), backup.stderr
        city.send_signal(SIGTERM)
        assert systemd.heard() == "STOPPING=1"
        assert city.wait(timeout=PATIENCE_S) == 0
    finally:
        city.kill()
        city.communicate()
    # The log went where the configuration says: to stderr, which is the journal of a service.
    assert '"route": "/health/ready"' in journal.read_text("utf-8")
