"""The page for engineers names every file that the drills are set up from, and no setting that nobody reads."""

import re
from pathlib import Path

import msgspec

from onecity.cli.main import onecity
from onecity.drills.machines.cluster import EXAMPLES, URL
from onecity.machinery.buckets import Bucket

PAGE = (EXAMPLES.parent / "several-hosts.md").read_text("utf-8")


def test_the_page_names_every_example_and_shows_the_address_that_the_drills_use() -> None:
    named = {Path(link).name for link in re.findall(r"\]\(several-hosts/([^)]+)\)", PAGE)}
    assert named == {path.name for path in EXAMPLES.iterdir()}
    assert f'"{URL}"' in PAGE


def test_every_option_that_the_page_types_is_one() -> None:
    commands = re.findall(r"^onecity ((?:.|\\\n)+)$", PAGE, re.MULTILINE)
    assert commands
    for command in commands:
        words = command.replace("\\\n", " ").split()
        found = onecity.commands[words[0]]
        if words[0] == "keystore":
            found = found.commands[words[1]]  # type: ignore[attr-defined]
        known = {name for option in found.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_the_example_of_a_bucket_is_one_that_the_city_reads() -> None:
    assert msgspec.yaml.decode((EXAMPLES / "bucket.yaml").read_bytes(), type=Bucket).bucket == "onecity"
