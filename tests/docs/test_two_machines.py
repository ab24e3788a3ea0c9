"""Whoever follows the page has a second machine in an afternoon: every command is typed, in order, where it says.

Put in the place of what the page cannot know: the folder of the bundle, the address of the city, and the keys that one
block shows and the next one asks for. `systemctl` does what the units say, and a minute passes at once (`machines.py`).
Each `...` in the first sentence after a block must be seen if the sentence begins with "You see".
"""

import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import msgspec
import pytest
from PIL import Image
from tests.docs.machines import BUNDLE, ROOT, furnish, typed

from onecity.drills.cities import RunningCity
from onecity.drills.machines.hosts import Host, Network

PAGE: Final = (ROOT / "docs" / "operate" / "two-machines.md").read_text("utf-8")
PARTS: Final = ROOT / "docs" / "operate" / "two-machines"
ADDRESSES: Final = {"one": "10.77.0.1", "two": "10.77.0.2"}
CITY: Final = {name: f"http://{address}:8000" for name, address in ADDRESSES.items()}
ONECITY: Final = "runuser -u onecity -- /opt/onecity/bin/onecity"
CONFIGURED: Final = "--config /etc/onecity/onecity.toml"
CONFIGURATION: Final = """
data = "/var/lib/onecity"
host = "0.0.0.0"
names = ["10.77.0.1", "10.77.0.2"]
[backup]
folder = "/mnt/backup"
keys = "/mnt/vault"
"""
INSTALLED: Final = """
/opt/onecity/bin/onecity config units /root/units --for systemd --config /etc/onecity/onecity.toml
cp /root/units/*.service /root/units/*.timer /etc/systemd/system/
install -D -m 0644 -t /etc/sysusers.d /root/units/sysusers.d/onecity.conf
install -D -m 0644 -t /etc/tmpfiles.d /root/units/tmpfiles.d/onecity.conf
systemd-sysusers onecity.conf && systemd-tmpfiles --create onecity.conf
systemctl enable --now onecity.service
"""
"""A machine as steps 3 and 4 of install.md leave it."""
A_MINUTE: Final = (
    "runuser -u onecity -- /usr/lib/postgresql/15/bin/psql --quiet --no-psqlrc --host /var/lib/onecity/postgres/socket "
    "--username onecity_owner --dbname postgres --command 'select pg_switch_wal()'"
)
"""What the database does by itself after a minute."""

pytestmark = pytest.mark.slow


class Block(msgspec.Struct, frozen=True):
    """What is typed where, and what is seen then."""

    machines: tuple[str, ...]
    cable: bool
    commands: str
    seen: tuple[str, ...]


def blocks() -> list[Block]:
    """All of the page, in order."""
    found, parts = [], PAGE.split("```\n")
    for commands, after in zip(parts[1::2], parts[2::2], strict=True):
        first, _, rest = commands.partition("\n")
        named = re.fullmatch(r"# (one|two)( and two)?(, without its cable)?", first)
        assert named, f"a block does not say where it is typed: {first}"
        machines = ("one", "two") if named[2] else (named[1],)
        said = after.strip().split("\n\n")[0]
        seen = re.findall(r"`([^`]+)`", re.split(r"[.:]\s", said)[0]) if said.startswith("You see") else []
        found.append(Block(machines, not named[3], rest, tuple(seen)))
    return found


class Engineer:
    """Whoever has the page in hand: types its blocks, and puts in what they cannot know."""

    def __init__(self, network: Network, machines: dict[str, Host]) -> None:
        self._network, self._machines, self._left = network, machines, blocks()
        self._put = {"onecity-VERSION-PLATFORM": BUNDLE, "https://city.example": CITY["one"]}

    def goes_on(self, until: str = "") -> None:
        """Type one block after the other until the next one has these words, or to the end."""
        while self._left and not (until and until in self._left[0].commands):
            self.types()
        assert bool(self._left) == bool(until), f"the page has no {until!r} any more"

    def types(self, again: Block | None = None) -> Block:
        """Type the next block, or one of before, and look whether there is to see what the page says."""
        block = again or self._left.pop(0)
        told = "".join(self._on(self._machines[name], block) for name in block.machines)
        for words in block.seen:
            assert words in told, f"{block.commands}\ndid not show {words!r} but\n{told}"
        return block

    def _on(self, host: Host, block: Block) -> str:
        if not host.has_power:
            if not block.cable:
                self._network.part(host)
            host.power_on()
        if block.cable:
            self._network.heal()
        commands = block.commands
        for word, value in self._put.items():
            commands = commands.replace(word, value)
        told = typed(host, commands)
        if "ssh_host_ed25519_key.pub" in block.commands:
            own, known = told.splitlines()[-2:]
            self._put |= {f"KEY_OF_{host.name.upper()}": own, f"KNOWN_BY_{host.name.upper()}": known}
        return told


def test_systemd_takes_the_units_of_the_page_and_calls_them_closed() -> None:
    units = sorted(PARTS.glob("onecity-fetch.*"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (len(units), done.returncode, done.stderr) == (2, 0, "")
    line = ["systemd-analyze", "security", "--offline=yes", "--threshold=25", "--no-pager", str(units[0])]
    assert subprocess.run(line, capture_output=True, check=False).returncode == 0


def test_the_page_puts_every_part_that_lies_beside_it_in_its_place() -> None:
    typed_names = " ".join(block.commands for block in blocks()).split()
    assert {path.name for path in PARTS.iterdir()} <= set(typed_names)


@pytest.fixture
def network() -> Iterator[Network]:
    folder = Path(tempfile.mkdtemp(prefix="oc"))
    folder.chmod(0o755)
    with Network(folder) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def machines(network: Network) -> dict[str, Host]:
    """One that runs a city, and one that has nothing."""
    found = {name: network.host(name, address) for name, address in ADDRESSES.items()}
    for host in found.values():
        furnish(host)
        host.power_on()
    found["one"].put("etc/onecity/onecity.toml", CONFIGURATION)
    typed(found["one"], INSTALLED)
    return found


@contextmanager
def visitor(host: Host) -> Iterator[httpx.Client]:
    """Somebody before the city of a machine."""
    with host.inside(), httpx.Client(base_url=CITY[host.name], timeout=30, trust_env=False) as client:
        yield client


def report(host: Host) -> str:
    """Somebody reports something with a photograph: the link by which it is followed."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), tuple(os.urandom(3))).save(picture, "JPEG")
    fields = {"words": "有个坑", "matter": "z:road_collapse", "area": "410105001", "seen": "yes"}
    with visitor(host) as client:
        answer = client.post("/report", data=fields, files={"photo": ("x.jpg", picture.getvalue(), "image/jpeg")})
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return answer.headers["location"]


def answers(host: Host, links: Sequence[str]) -> list[int]:
    """What the city of a machine says to whoever follows some links."""
    with visitor(host) as client:
        return [client.get(link).status_code for link in links]


def blobs(host: Host) -> set[str]:
    """The large things on a machine, by their hash."""
    return {path.name for path in (host.folder / "var/lib/onecity/blobs").rglob("*") if path.is_file()}


def opens_an_account(host: Host) -> str:
    """The number of somebody new."""
    city = RunningCity(host.folder / "var/lib/onecity")
    city.address = CITY[host.name]
    with host.inside():
        return city.newcomer()


@contextmanager
def minutes_pass(machines: dict[str, Host]) -> Iterator[None]:
    """What happens by itself each minute happens at once: the database ends a piece of its log, the timer fetches."""
    over = threading.Event()

    def hand() -> None:
        while not over.wait(0.5):
            typed(machines["one"], A_MINUTE)
            typed(machines["two"], "systemctl start onecity-fetch.service")

    clock = threading.Thread(target=hand)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()


def test_an_engineer_goes_from_one_machine_to_two_and_back(network: Network, machines: dict[str, Host]) -> None:
    one, two = machines["one"], machines["two"]
    engineer = Engineer(network, machines)
    person, links = opens_an_account(one), [report(one)]
    engineer.goes_on("proof/checkpoint")
    # Since the copy of the database: what only the log, the fetched files and the copy of the keys know.
    links.append(report(one))
    typed(one, f"{ONECITY} person forget {person} {CONFIGURED}")
    promised = blobs(one)
    with minutes_pass(machines):
        engineer.types()
    lost = report(one)

    engineer.goes_on("onecity restore")
    assert not one.has_power
    the_city = engineer.types()
    assert answers(two, [*links, lost]) == [200, 200, 404], "all until the last copy, and nothing else"
    assert promised and promised <= blobs(two)
    told = json.loads(typed(two, f"{ONECITY} person export {person} --json {CONFIGURED}"))
    assert told["parts"]["people"]["account"][0]["says"]["name"] is None, "who was forgotten stays so"
    assert typed(two, "find /mnt/backup -name '*.sqlite*' -o -name 'master*'") == "", "no keys beside the data"

    engineer.goes_on("systemctl disable --now onecity-fetch.timer")
    assert answers(one, [*links, lost]) == [200, 200, 200], "after a drill nothing is lost"
    one.cut_power()
    engineer.types(the_city)
    engineer.goes_on("systemctl disable --now onecity.service")
    links.append(report(two))
    engineer.goes_on()
    assert answers(one, links) == [200, 200, 200], "to change places loses nothing"
    assert not (two.folder / "var/lib/onecity/postgres").exists()
