"""`systemctl` on a machine without systemd: it does what the unit itself says, and nothing that the unit does not.

A service's commands run one after the other as its user, with its environment, if its condition holds; one that
notifies has started when it says so. A timer is only noted down: whoever drills says when its minute has come.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

UNITS: Final = (Path("/etc/systemd/system"), Path("/lib/systemd/system"))
ENABLED: Final = Path("/srv/enabled")
RUNNING: Final = Path("/run/units")
PATIENCE_S: Final = 120.0

Unit = dict[str, list[str]]


def read(name: str) -> Unit:
    """A unit's settings, each with its values in their order."""
    file = next(one / name for one in UNITS if (one / name).is_file())
    found: Unit = {}
    for line in file.read_text("utf-8").splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def words(line: str) -> list[str]:
    """A command: `%` and `$` stand for themselves when doubled, and a variable that nobody set for nothing."""
    return [word.replace("$$", "$").replace("%%", "%") for word in shlex.split(line) if not word.startswith("$S")]


def environment(unit: Unit) -> dict[str, str]:
    named = dict(word.split("=", 1) for line in unit.get("Environment", []) for word in shlex.split(line))
    return {"PATH": os.environ["PATH"], "HOME": "/", **named}


def as_user(unit: Unit, command: list[str]) -> list[str]:
    user = unit.get("User", [""])[0]
    return ["setpriv", "--reuid", user, "--regid", user, "--init-groups", *command] if user else command


def holds(unit: Unit) -> bool:
    """Whether there is no path that must not be there."""
    denied = [value[1:] for value in unit.get("ConditionPathExists", []) if value.startswith("!")]
    return not any(Path(path).exists() for path in denied)


def start(name: str) -> int:
    unit = read(name)
    if name.endswith(".timer") or not holds(unit) or alive(name):
        return 0
    for folder in unit.get("RuntimeDirectory", []):
        (Path("/run") / folder).mkdir(mode=0o755, exist_ok=True)
    for line in unit["ExecStart"][:-1] if unit["Type"] == ["oneshot"] else []:
        if code := subprocess.run(as_user(unit, words(line)), env=environment(unit), check=False).returncode:
            return code
    last = as_user(unit, words(unit["ExecStart"][-1]))
    if unit["Type"] == ["oneshot"]:
        return subprocess.run(last, env=environment(unit), check=False).returncode
    return until_ready(name, last, environment(unit))


def until_ready(name: str, command: list[str], env: dict[str, str]) -> int:
    """Start what goes on, and wait for its word that it is ready."""
    RUNNING.mkdir(exist_ok=True)
    told = RUNNING / f"{name}.notify"
    told.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear, Path(f"/srv/{name}.log").open("ab") as log:
        ear.bind(str(told))
        told.chmod(0o777)
        ear.settimeout(1)
        found = subprocess.Popen(
            command, env={**env, "NOTIFY_SOCKET": str(told)}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        (RUNNING / name).write_text(str(found.pid), "ascii")
        ends = time.monotonic() + PATIENCE_S
        while found.poll() is None and time.monotonic() < ends:
            try:
                if b"READY=1" in ear.recv(4096):
                    return 0
            except TimeoutError:
                continue
    return 1


def pid_of(name: str) -> int:
    file = RUNNING / name
    return int(file.read_text("ascii")) if file.is_file() else 0


def alive(name: str) -> bool:
    pid = pid_of(name)
    return bool(pid) and Path(f"/proc/{pid}").exists()


def stop(name: str) -> int:
    if not alive(name):
        return 0
    pid, ends = pid_of(name), time.monotonic() + PATIENCE_S
    os.kill(pid, signal.SIGTERM)
    while alive(name) and time.monotonic() < ends:
        time.sleep(0.05)
    (RUNNING / name).unlink()
    return 0


def reload(name: str) -> int:
    for line in read(name)["ExecReload"]:
        if code := subprocess.run(words(line.replace("$MAINPID", str(pid_of(name)))), check=False).returncode:
            return code
    return 0


def boot() -> int:
    """What systemd does when the machine is switched on: start whatever is enabled."""
    return max([start(one.name) for one in sorted(ENABLED.iterdir())], default=0)


def main(said: list[str]) -> int:
    verb, *names = [word for word in said if not word.startswith("-")]
    now, codes = "--now" in said, [0]
    for name in names:
        read(name)
        if verb in ("enable", "disable"):
            (ENABLED / name).touch() if verb == "enable" else (ENABLED / name).unlink(missing_ok=True)
        if verb in ("stop", "restart") or (verb == "disable" and now):
            codes.append(stop(name))
        if verb in ("start", "restart") or (verb == "enable" and now):
            codes.append(start(name))
        if verb == "reload":
            codes.append(reload(name))
        if verb == "is-active":
            sys.stdout.write("active\n" if alive(name) else "inactive\n")
            codes.append(0 if alive(name) else 3)
    if verb == "boot":
        return boot()
    assert verb in ("daemon-reload", "enable", "disable", "start", "restart", "stop", "reload", "is-active"), verb
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
