"""The README's commands answer exactly as it says."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = ("make install", "make test", "make run", "make check")


def transcripts() -> list[tuple[str, str]]:
    """Command and printed output of every console block of the README, in order."""
    found: list[tuple[str, str]] = []
    for block in (ROOT / "README.md").read_text("utf-8").split("```console\n")[1:]:
        for part in block.split("```", 1)[0].split("$ ")[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.mark.parametrize(("command", "output"), [t for t in transcripts() if not t[0].startswith(MAKE)])
def test_a_command_of_the_readme_prints_what_the_readme_shows(command: str, output: str) -> None:
    done = subprocess.run(command, cwd=ROOT, shell=True, capture_output=True, text=True, check=True)
    shown = done.stdout + done.stderr
    assert shown == output


def test_the_readme_shows_at_most_eight_commands() -> None:
    assert 1 <= len(transcripts()) <= 8
