"""Secrets that a configuration names by their files, so that no configuration holds one.

Where systemd or a container hands secrets to a service, they lie in the folder of `CREDENTIALS_DIRECTORY` under the
names of their files. Source: systemd.exec(5), "Credentials".
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NewType

from onecity.kernel.errors import CannotStart

SecretFile = NewType("SecretFile", Path)
"""A file whose first line is a secret. Its path may be shown, what is in it never."""

FOLDER: Final = "CREDENTIALS_DIRECTORY"
_OPEN: Final = stat.S_IRWXO | stat.S_IWGRP
"""What nobody but its owner and those who may read with them has a right to."""


def place_of(file: SecretFile, environment: Mapping[str, str]) -> Path:
    """Where a secret lies: what the service was handed under the same name goes before the file that was named."""
    handed = environment.get(FOLDER)
    given = Path(handed) / file.name if handed else None
    return given if given is not None and given.is_file() else file


def secret_of(file: SecretFile, environment: Mapping[str, str] = os.environ) -> str:
    """The secret in a file, without the end of its line. It is read at each use, so a new one needs no restart.

    Raises CannotStart if it cannot be read, is empty, or can be read by everybody on the machine.
    """
    place = place_of(file, environment)
    try:
        mode = place.stat().st_mode
        found = place.read_text("utf-8").strip("\r\n")
    except UnicodeDecodeError:
        raise CannotStart(f"The secret in {place} is no text in UTF-8. Write it again.") from None
    except OSError as failure:
        raise CannotStart(
            f"The secret in {place} cannot be read: {failure.strerror}. Make the file, and let the city's user read it."
        ) from failure
    # A folder that is closed to others protects what lies in it, whatever the file itself says.
    if mode & _OPEN and place.parent.stat().st_mode & stat.S_IXOTH:
        raise CannotStart(f"Everybody on this machine can read or change {place}. Close it: chmod g-w,o-rwx {place}")
    if not found:
        raise CannotStart(f"The file {place} of a secret is empty. Write the secret into it.")
    return found
