"""A NATS server with JetStream for tests: on a port of its own, killed and started again at will."""

import contextlib
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
PATIENCE_S: Final = 60.0
PROGRAM: Final = shutil.which("nats-server") or "/usr/sbin/nats-server"


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        port: int = found.getsockname()[1]
        return port


class Broker:
    """A broker whose stream lies in a folder, which outlives its process; `more` stands in its configuration."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._configuration = folder / "nats.conf"
        self._configuration.write_text(
            f'listen: "{HOST}:{self.port}"\nlog_file: "{folder}/log"\njetstream {{ store_dir: "{folder}/store" }}\n{more}',
            "utf-8",
        )

    @property
    def address(self) -> str:
        return f"nats://{HOST}:{self.port}"

    def start(self) -> None:
        """Start and wait until it answers."""
        assert Path(PROGRAM).is_file(), "this test needs nats-server, for example: apt-get install nats-server"
        self._process = subprocess.Popen([PROGRAM, "--config", str(self._configuration)])
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            assert self._process.poll() is None, (self.folder / "log").read_text("utf-8")
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=1) as line:
                if line.recv(4) == b"INFO":
                    return
            time.sleep(0.02)
        raise AssertionError("the broker did not start")

    def kill(self) -> None:
        """Kill it as a power cut would, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
