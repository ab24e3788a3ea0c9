"""A deployment as a compose file: the same city in one container, with its secrets, folders and the look at its health.

Source: the Compose Specification, https://github.com/compose-spec/compose-spec.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from onecity import __version__
from onecity.bootstrap.settings import HERE, Settings
from onecity.bootstrap.units.description import START_S, STOP_S, Deployment

HEALTHY: Final = "import sys, urllib.request as web; web.urlopen(sys.argv[1], timeout=4)"
"""A program of one line, for images without any other: it fails unless the address answers well."""

_NETWORK: Final = "10.201.77.0/24"
GATEWAY: Final = "10.201.77.1"
"""From where this machine itself comes into the container."""

_SECRETS: Final = "/run/secrets"
_DATA: Final = "city-data"

_HEAD: Final = """# Written by `onecity config units`. Write it again when the configuration changed.
# The image is built from the bundle, without a network; see docs/operate/install.md.
"""
_NIGHTLY: Final = """# A nightly backup runs in the container of the city, beside its database. For cron:
#   {minute} {hour} * * *  docker compose --file COMPOSE.YAML exec -T city {program} backup
"""


def compose_files(deployment: Deployment) -> Mapping[str, str]:
    """The compose file by its name."""
    body = yaml.safe_dump(_tree(deployment), sort_keys=False, allow_unicode=True, width=120)
    return {"compose.yaml": f"{_HEAD}{_nightly(deployment)}{body}"}


def _nightly(deployment: Deployment) -> str:
    if not any(task.words == ("backup",) for task in deployment.tasks):
        return ""
    hour, minute = deployment.settings.backup.at.split(":")
    return _NIGHTLY.format(minute=int(minute), hour=int(hour), program=deployment.program)


def _tree(deployment: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": "onecity",
        "services": {"city": _service(deployment)},
        "configs": {"onecity": {"file": _path(deployment.configuration)}},
    }
    if deployment.secrets:
        found["secrets"] = {name: {"file": _path(file)} for name, file in deployment.secrets.items()}
    # Named here, so that nobody has to ask from where the machine's own programs come.
    network = {"ipam": {"config": [{"subnet": _NETWORK, "gateway": GATEWAY}]}}
    return found | {"networks": {"default": network}, "volumes": {_DATA: {}}}


def _service(deployment: Deployment) -> dict[str, Any]:
    settings = deployment.settings
    health = f"http://127.0.0.1:{settings.port}/health/ready"
    found: dict[str, Any] = {
        "image": f"onecity:{__version__}",
        # The image is made on this machine, from the bundle.
        "pull_policy": "never",
        # Within the container it listens everywhere; the machine says who comes in.
        "command": [*deployment.city.words, "--host", "0.0.0.0", *_watchers(settings)],  # noqa: S104
        "environment": {"ONECITY_CONFIG": _path(deployment.configuration), "CREDENTIALS_DIRECTORY": _SECRETS},
        "ports": [f"{_bracketed(settings.host)}:{settings.port}:{settings.port}"],
        "volumes": list(_volumes(deployment)),
        "configs": [{"source": "onecity", "target": _path(deployment.configuration)}],
    }
    if deployment.secrets:
        found["secrets"] = list(deployment.secrets)
    python = str(deployment.program.with_name("python"))
    return found | {
        "healthcheck": {
            "test": ["CMD", python, "-c", HEALTHY, health],
            "interval": "10s",
            "timeout": "5s",
            "retries": 3,
            "start_period": f"{START_S}s",
        },
        "restart": "unless-stopped",
        "stop_grace_period": f"{STOP_S}s",
        "init": True,
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 - of the container
        "shm_size": "256mb",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }


def _watchers(settings: Settings) -> Iterator[str]:
    """Who may read the metrics. A program of this machine comes into the container from the gateway, and nobody else
    does where only this machine reaches the port.
    """
    here = settings.host in (*HERE, "::1") and not settings.watchers
    for one in (*settings.watchers, *(("127.0.0.1", GATEWAY) if here else ())):
        yield from ("--watcher", one)


def _volumes(deployment: Deployment) -> Iterator[dict[str, Any]]:
    data = deployment.settings.data
    yield {"type": "volume", "source": _DATA, "target": _path(data)}
    for path in deployment.city.writes:
        if path != data:
            yield {"type": "bind", "source": _path(path), "target": _path(path)}
    for path in deployment.reads:
        yield {"type": "bind", "source": _path(path), "target": _path(path), "read_only": True}


def _path(path: Path) -> str:
    """A path in which compose finds no variable."""
    return str(path).replace("$", "$$")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
