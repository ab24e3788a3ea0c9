"""Two machines side by side, on which the commands of a page are typed as they stand there.

Each is a host of the drills with a network, processes and a disk of its own. On the disk lie its `/etc` (a copy of this
machine's, so that users and services are its own), `/root`, `/opt`, `/mnt`, `/var/lib` and `/var/tmp`; programs are those of this
machine. What stands for something else: `systemctl` is `systemctl.py` beside this file, which runs what the units say,
and `systemctl poweroff --force --force` cuts the power from outside.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from onecity.drills.machines.hosts import Host

ROOT: Final = Path(__file__).parents[2]
BUNDLE: Final = "/srv/bundle"
_PLACES: Final = ("etc", "root", "opt", "mnt", "var/lib", "var/tmp")
_NEEDED: Final = (Path(sys.base_prefix), Path(sys.prefix), ROOT)
"""What is run here may lie in a folder that a machine has for itself."""
_LONGEST_S: Final = 600.0
_POWER_OFF: Final = "systemctl poweroff --force --force"


def furnish(host: Host) -> None:
    """Put on the disk of a machine what Debian and the bundle put there, and let it start as Debian does."""
    for place in _PLACES[1:]:
        (host.folder / place).mkdir(parents=True)
        (host.folder / place).chmod(0o755)
    (host.folder / "var/tmp").chmod(0o1777)
    (host.folder / "enabled").mkdir()
    (host.folder / "enabled" / "ssh.service").touch()
    subprocess.run(["cp", "--archive", "/etc", host.folder / "etc"], check=True)
    for key in (host.folder / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    own = host.folder / "etc/ssh/ssh_host_ed25519_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", own], check=True)
    (host.folder / "bundle").symlink_to(ROOT)
    host.put("bin/systemctl", f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/docs/systemctl.py "$@"\n', mode=0o755)
    run = f'PYTHONPATH={ROOT}/src exec {sys.executable} -m onecity "$@"'
    host.put("opt/onecity/bin/onecity", f"#!/bin/sh\n{run}\n", mode=0o755)
    host.boots += [lambda: _furnished(host), lambda: _started(host)]


def _started(host: Host) -> None:
    typed(host, "systemctl boot")


def _furnished(host: Host) -> None:
    """Give a machine its own folders in the place of this machine's."""
    lines = ["set -eu", "mount -t tmpfs -o mode=755 tmpfs /run"]
    for place in _PLACES:
        for path in _NEEDED:
            if path.is_relative_to(f"/{place}"):
                first = path.relative_to(f"/{place}").parts[0]
                lines += [f"mkdir -p /srv/{place}/{first}", f"mount --bind /{place}/{first} /srv/{place}/{first}"]
        lines.append(f"mount --rbind /srv/{place} /{place}")
    host.run(["sh", "-c", "\n".join(lines)])


def typed(host: Host, block: str) -> str:
    """Type a block on a machine, as root; what is seen. It fails with the first command that does."""
    if block.strip() == _POWER_OFF:
        host.cut_power()
        return ""
    path = f"/srv/bin:{os.environ['PATH']}"
    return host.run(
        ["bash", "-euo", "pipefail", "-c", f"cd /root; exec 2>&1\n{block}"],
        environment={"PATH": path},
        patience_s=_LONGEST_S,
    )
