"""Whether what a city tells, what it keeps and what it signed are one: by its own commands, and by an outsider's."""

import subprocess
import sys
from pathlib import Path

from onecity.bootstrap.content import verifier
from onecity.drills.cities import onecity
from onecity.drills.proving import Claim, went_well


def facts_agree(*where: str) -> tuple[Claim, Claim]:
    """Every fact agrees with the tree, and every row follows from the facts; `where` says which city."""
    return (
        went_well("drills.claim.verified", onecity("ledger", "verify", *where)),
        went_well("drills.claim.folded", onecity("ledger", "rebuild", "--check", *where)),
    )


def outsider_agrees(folder: Path, *where: str, older: Path | None = None) -> Claim:
    """An outsider finds the same in an export that is made now, and an older checkpoint is a part of it."""
    done = onecity("ledger", "export", str(folder), *where)
    return went_well("drills.claim.outsider", checked(folder, older) if done.returncode == 0 else done)


def checked(folder: Path, older: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """What the outsider's program says of published files."""
    command = [sys.executable, str(verifier()), str(folder), *(("--older", str(older)) if older else ())]
    return subprocess.run(command, capture_output=True, text=True, check=False)
