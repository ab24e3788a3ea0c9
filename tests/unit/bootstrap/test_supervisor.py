"""Whoever watches over the process hears how far it is, and whoever does not is no trouble."""

import os
import socket
from pathlib import Path

import pytest

from onecity.bootstrap.supervisor import READY, tell_supervisor


@pytest.mark.parametrize("abstract", [False, True])
def test_the_word_arrives(tmp_path: Path, abstract: bool) -> None:
    name = f"onecity-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(f"\0{name}" if abstract else name)
        tell_supervisor(READY, {"NOTIFY_SOCKET": f"@{name}" if abstract else name})
        heard.settimeout(10)
        assert heard.recv(64) == b"READY=1"


def test_nobody_who_listens_is_no_trouble(tmp_path: Path) -> None:
    tell_supervisor(READY, {})
    tell_supervisor(READY, {"NOTIFY_SOCKET": str(tmp_path / "nobody")})
