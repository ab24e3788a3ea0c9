"""The world as an engineer may find it: full disks, strange users, servers of other times."""

import asyncio
import contextlib
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from onecity.machinery.postgres import Address

_STRANGER = """
import os, sys
import onecity.cli, onecity.bootstrap.serve, uvicorn.protocols.http.auto, uvicorn.lifespan.on, encodings.idna
os.setgroups([]); os.setgid({user}); os.setuid({user})
os.environ.pop("HOME", None)
sys.argv = ["onecity", *sys.argv[1:]]
onecity.cli.main()
"""


@contextmanager
def small_disk(folder: Path, *, megabytes: int, options: str = "mode=0755") -> Iterator[Path | None]:
    """A disk of its own of a size; None where this machine lets nobody mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,{options}", "onecity", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def as_user(user: int, *words: str) -> subprocess.CompletedProcess[str]:
    """`onecity` as another user of this machine, who need not be known to it. Only root can become somebody else."""
    line = [sys.executable, "-c", _STRANGER.format(user=user), *words]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)


def is_root() -> bool:
    return os.geteuid() == 0


@asynccontextmanager
async def old_server(version: str) -> AsyncIterator[Address]:
    """A server that speaks PostgreSQL's protocol as far as a greeting, and says that it is of a version.

    Source: PostgreSQL documentation, Frontend/Backend Protocol, Start-up and Message Formats.
    """

    def message(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("!i", len(body) + 4) + body

    async def greeted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                [length] = struct.unpack("!i", await reader.readexactly(4))
                asked = await reader.readexactly(length - 4)
                if struct.unpack("!i", asked[:4])[0] == 80877103:  # it is asked for TLS, which it does not speak
                    writer.write(b"N")
                    continue
                said = {"server_version": version, "server_encoding": "UTF8", "client_encoding": "UTF8"}
                writer.write(message(b"R", struct.pack("!i", 0)))
                for name, value in said.items():
                    writer.write(message(b"S", name.encode() + b"\0" + value.encode() + b"\0"))
                writer.write(message(b"K", struct.pack("!ii", 1, 1)) + message(b"Z", b"I"))
                await writer.drain()
                while await reader.read(1) not in (b"", b"X"):  # until it is told to go
                    pass
                break
        writer.close()

    server = await asyncio.start_server(greeted, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        yield Address(f"postgresql://city@127.0.0.1:{port}/city")
    finally:
        server.close()
