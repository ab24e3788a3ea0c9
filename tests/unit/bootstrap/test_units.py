"""From one description: units that systemd takes without complaint, and a compose file that keeps the specification."""

import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from onecity.bootstrap.configuration import settle
from onecity.bootstrap.settings import BackupSettings, Settings
from onecity.bootstrap.units import Deployment, compose_files, deployment_of, systemd_files
from onecity.cli.main import onecity
from onecity.machinery.postgres import Address
from onecity.machinery.secret_files import SecretFile
from onecity.notices.post.smtp import SmtpSettings

DATA: Final = Path("/var/lib/onecity")
FULL: Final = Settings(
    DATA,
    address="https://city.example",
    secure=True,
    pack=Path("/etc/onecity/pack"),
    smtp=SmtpSettings("m", "a@b", user="a", password_file=SecretFile(Path("/etc/onecity/secrets/mail-password"))),
    backup=BackupSettings(Path("/mnt/backup"), Path("/mnt/vault"), at="22:15"),
)
PLAIN: Final = Settings(DATA)
NAMED: Final = Settings(
    DATA,
    database=Address("postgresql://a@b/c"),
    database_password_file=SecretFile(Path("/etc/onecity/secrets/database-password")),
    backup=FULL.backup,
)
STRANGE: Final = Settings(
    Path("/srv/a city%h of$HOME"), port=80, log=settle(None, {"log": "/var/log/x/y"}).settings.log
)
ALL: Final = {"full": FULL, "plain": PLAIN, "named": NAMED, "strange": STRANGE}


def deployed(settings: Settings, **more: Any) -> Deployment:
    return deployment_of(settings, Path("/etc/one city/c.toml"), **more)


def lines(text: str, name: str) -> list[str]:
    """The values of one setting of a unit."""
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{name}=")]


def words(value: str) -> list[str]:
    """A line of words as systemd takes it apart."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(value)]


@pytest.mark.parametrize("name", ALL)
def test_systemd_takes_every_unit_without_complaint_and_calls_it_closed(name: str, tmp_path: Path) -> None:
    program = Path(sys.executable)
    units = systemd_files(deployed(ALL[name], program=program))
    for file, text in units.items():
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(text, "utf-8")
    files = [str(tmp_path / file) for file in units if not file.endswith(".conf")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    for file in files:
        if file.endswith(".service"):
            line = ["systemd-analyze", "security", "--offline=yes", "--threshold=25", "--no-pager", file]
            assert subprocess.run(line, capture_output=True, check=False).returncode == 0, file


def test_a_city_with_backups_has_its_service_and_two_timers() -> None:
    units = systemd_files(deployed(FULL))
    assert [name for name in units if name.endswith((".service", ".timer"))] == [
        "onecity.service",
        "onecity-backup.service",
        "onecity-backup.timer",
        "onecity-drill.service",
        "onecity-drill.timer",
    ]
    assert lines(units["onecity-backup.timer"], "OnCalendar") == ["*-*-* 22:15"]
    assert lines(units["onecity-drill.timer"], "OnCalendar") == ["Sun *-*-* 01:15"]
    assert lines(units["onecity.service"], "LoadCredential") == ["mail-password:/etc/onecity/secrets/mail-password"]
    assert lines(units["onecity-backup.service"], "LoadCredential") == []
    assert words(lines(units["onecity.service"], "ReadWritePaths")[0]) == [str(DATA), "/mnt/backup", "/mnt/vault"]
    assert str(DATA) not in lines(units["onecity-drill.service"], "ReadWritePaths")[0]


@pytest.mark.parametrize("settings", [PLAIN, NAMED], ids=["none", "a named database"])
def test_nothing_is_backed_up_that_the_command_would_refuse(settings: Settings) -> None:
    assert [task.name for task in deployed(settings).tasks] == ["onecity"]


def test_words_reach_the_command_as_they_are() -> None:
    program = Path("/opt/one city/100%/$x/onecity")
    unit = systemd_files(deployed(STRANGE, program=program))["onecity.service"]
    assert words(lines(unit, "ExecStart")[0]) == [str(program), "run"]
    [environment] = lines(unit, "Environment")
    assert shlex.split(environment) == ["ONECITY_CONFIG=/etc/one city/c.toml"]
    [paths] = lines(unit, "ReadWritePaths")
    assert [word.replace("%%", "%") for word in shlex.split(paths)] == [str(STRANGE.data), "/var/log/x"]


def test_the_user_owns_the_folders_and_reads_the_secrets_that_the_configuration_names() -> None:
    strange, full = (systemd_files(deployed(settings))["tmpfiles.d/onecity.conf"] for settings in (STRANGE, FULL))
    made = [shlex.split(line) for line in strange.splitlines() if not line.startswith("#")]
    assert [(kind, path.replace("%%", "%"), *rest) for kind, path, *rest in made] == [
        ("d", str(STRANGE.data), "0711", "onecity", "onecity"),
        ("d", "/var/log/x", "0711", "onecity", "onecity"),
    ]
    assert full.splitlines()[-2:] == [
        "d /etc/onecity/secrets 0750 root onecity",
        "z /etc/onecity/secrets/mail-password 0640 root onecity",
    ]


def test_only_a_low_port_needs_a_capability_and_only_a_home_an_open_home() -> None:
    assert lines(systemd_files(deployed(STRANGE))["onecity.service"], "AmbientCapabilities") == ["CAP_NET_BIND_SERVICE"]
    assert lines(systemd_files(deployed(PLAIN))["onecity.service"], "AmbientCapabilities") == [""]
    at_home = systemd_files(deployed(Settings(Path("/home/city"))))["onecity.service"]
    assert lines(at_home, "ProtectHome") == ["no"]
    assert lines(systemd_files(deployed(PLAIN))["onecity.service"], "ProtectHome") == ["yes"]


@pytest.mark.parametrize("task", deployed(FULL).tasks, ids=lambda task: task.name)
def test_every_task_is_a_command_that_can_be_typed(task: Any) -> None:
    found = onecity.get_command(onecity.make_context("onecity", [], resilient_parsing=True), task.words[0])
    assert found is not None
    found.make_context(task.words[0], list(task.words[1:]), resilient_parsing=True)


SERVICE: Final = frozenset(
    [
        "image",
        "pull_policy",
        "command",
        "environment",
        "ports",
        "volumes",
        "configs",
        "secrets",
        "healthcheck",
        "restart",
    ]
) | {"stop_grace_period", "init", "read_only", "tmpfs", "shm_size", "cap_drop", "security_opt"}
"""The keys that we use of those that the Compose Specification gives a service."""


def composed(settings: Settings) -> dict[str, Any]:
    [text] = compose_files(deployed(settings)).values()
    found: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


@pytest.mark.parametrize("name", ALL)
def test_a_compose_file_declares_whatever_its_service_uses(name: str) -> None:
    found = composed(ALL[name])
    assert set(found) <= {"name", "services", "configs", "secrets", "networks", "volumes"}
    service: Mapping[str, Any] = found["services"]["city"]
    assert set(service) <= SERVICE
    assert {one["source"] for one in service["configs"]} == set(found["configs"])
    assert set(service.get("secrets", ())) == set(found.get("secrets", ()))
    assert {one["source"] for one in service["volumes"] if one["type"] == "volume"} == set(found["volumes"])
    for one in (*found["configs"].values(), *found.get("secrets", {}).values()):
        assert Path(one["file"]).is_absolute()
    for mount in service["volumes"]:
        assert mount["type"] == "volume" or Path(mount["source"]).is_absolute()
        assert Path(mount["target"]).is_absolute()
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["healthcheck"]["test"][-1].endswith("/health/ready")
    for duration in (service["stop_grace_period"], *(service["healthcheck"][key] for key in ("interval", "timeout"))):
        assert duration.endswith("s")
        assert int(duration[:-1]) > 0


def test_a_container_and_a_service_are_told_and_may_write_the_same() -> None:
    deployment = deployed(FULL)
    unit, service = systemd_files(deployment)["onecity.service"], composed(FULL)["services"]["city"]
    writable = {mount["target"] for mount in service["volumes"] if not mount.get("read_only")}
    assert writable == set(words(lines(unit, "ReadWritePaths")[0]))
    assert [line.partition(":")[0] for line in lines(unit, "LoadCredential")] == service["secrets"]
    assert service["environment"]["ONECITY_CONFIG"] == str(deployment.configuration)
    assert service["stop_grace_period"] == f"{lines(unit, 'TimeoutStopSec')[0]}s"
    assert {mount["target"] for mount in service["volumes"] if mount.get("read_only")} == {"/etc/onecity/pack"}


def test_compose_reads_no_variable_out_of_a_path() -> None:
    mounts = composed(STRANGE)["services"]["city"]["volumes"]
    assert mounts[0]["target"] == "/srv/a city%h of$$HOME"
