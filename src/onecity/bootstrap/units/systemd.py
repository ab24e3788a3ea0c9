"""A deployment as units of systemd: a service for each task, a timer for what has its hour, the user and its folders.

Source: systemd.service(5), systemd.exec(5), systemd.timer(5), sysusers.d(5), tmpfiles.d(5).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from onecity.bootstrap.units.description import START_S, STOP_S, Deployment, Task

_HEAD: Final = "# Written by `onecity config units`. Write it again when the configuration changed.\n"

_CLOSED: Final = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectProc=invisible",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
    "UMask=0077",
)
"""What no task of a city needs is closed to it."""

_HOMES: Final = (Path("/home"), Path("/root"), Path("/run/user"))
_LOW_PORT: Final = 1024


def systemd_files(deployment: Deployment) -> Mapping[str, str]:
    """Every file by its name: units for /etc/systemd/system, the others for the folders that they name."""
    found: dict[str, str] = {}
    for task in deployment.tasks:
        found[f"{task.name}.service"] = _text(_service(deployment, task))
        if task.at:
            found[f"{task.name}.timer"] = _text(_timer(task))
    found["sysusers.d/onecity.conf"] = _text(_user(deployment))
    found["tmpfiles.d/onecity.conf"] = _text(_folders(deployment))
    return found


def _text(lines: Iterator[str]) -> str:
    return _HEAD + "\n".join(lines) + "\n"


def _service(deployment: Deployment, task: Task) -> Iterator[str]:
    yield "[Unit]"
    yield f"Description={task.about}"
    yield "Wants=network-online.target"
    yield f"After=network-online.target{' onecity.service' if task.at else ''}"
    yield ""
    yield "[Service]"
    yield from _manner(task)
    yield f"User={deployment.user}"
    yield f"Group={deployment.user}"
    yield f"Environment={_quoted(f'ONECITY_CONFIG={deployment.configuration}')}"
    # Only in this line a dollar begins a variable.
    words = [_quoted(word.replace("$", "$$")) for word in (str(deployment.program), *task.words)]
    yield f"ExecStart={' '.join(words)}"
    # What runs at its hour copies files, and needs nobody's password.
    secrets = {} if task.at else deployment.secrets
    for name, file in secrets.items():
        yield f"LoadCredential={_escaped(f'{name}:{file}')}"
    yield f"ReadWritePaths={' '.join(_quoted(str(path)) for path in task.writes)}"
    yield from _CLOSED
    yield f"ProtectHome={'no' if _at_home(deployment) else 'yes'}"
    yield from _capabilities(deployment, task)
    if not task.at:
        yield from ("", "[Install]", "WantedBy=multi-user.target")


def _manner(task: Task) -> Iterator[str]:
    """How a task begins and ends."""
    if task.at:
        yield from ("Type=oneshot", "Nice=10", "IOSchedulingClass=idle")
        return
    yield "Type=notify"
    yield f"TimeoutStartSec={START_S}"
    # Only the city is told to stop: it seals what was done last, and stops its database itself.
    yield "KillMode=mixed"
    yield f"TimeoutStopSec={STOP_S}"
    yield from ("Restart=on-failure", "RestartSec=2", "LimitNOFILE=65536")


def _capabilities(deployment: Deployment, task: Task) -> Iterator[str]:
    low = not task.at and 0 < deployment.settings.port < _LOW_PORT
    held = "CAP_NET_BIND_SERVICE" if low else ""
    yield f"CapabilityBoundingSet={held}"
    yield f"AmbientCapabilities={held}"


def _timer(task: Task) -> Iterator[str]:
    yield "[Unit]"
    yield f"Description={task.about}"
    yield ""
    yield "[Timer]"
    yield f"OnCalendar={task.at}"
    # A machine that was off at that hour does it when it is back.
    yield "Persistent=true"
    yield ""
    yield "[Install]"
    yield "WantedBy=timers.target"


def _user(deployment: Deployment) -> Iterator[str]:
    yield f'u {deployment.user} - "OneCity" {_quoted(str(deployment.settings.data))}'


def _folders(deployment: Deployment) -> Iterator[str]:
    for path in deployment.city.writes:
        yield f"d {_quoted(str(path))} 0711 {deployment.user} {deployment.user}"
    for folder in sorted({file.parent for file in deployment.secrets.values()}):
        yield f"d {_quoted(str(folder))} 0750 root {deployment.user}"
    for file in deployment.secrets.values():
        yield f"z {_quoted(str(file))} 0640 root {deployment.user}"


def _at_home(deployment: Deployment) -> bool:
    paths = (deployment.program, deployment.configuration, *deployment.city.writes, *deployment.reads)
    return any(path.is_relative_to(home) for path in paths for home in _HOMES)


def _escaped(text: str) -> str:
    """A text in which systemd finds no specifier; a line cannot hold the end of another."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """A word of a line, as systemd takes lines apart. Source: systemd.syntax(7), "Quoting"."""
    found = _escaped(text)
    if not any(sign in found for sign in " \t\"'\\;"):
        return found
    inner = found.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
