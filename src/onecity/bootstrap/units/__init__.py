"""The files by which a machine runs a city by its configuration, all from one description."""

from onecity.bootstrap.units.compose import compose_files
from onecity.bootstrap.units.description import PROGRAM, Deployment, Task, deployment_of
from onecity.bootstrap.units.systemd import systemd_files

__all__ = ["PROGRAM", "Deployment", "Task", "compose_files", "deployment_of", "systemd_files"]
