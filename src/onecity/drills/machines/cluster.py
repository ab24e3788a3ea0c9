"""The city on many machines, set up as `docs/operate/several-hosts.md` says, from the very files that lie beside it."""

import json
import re
import secrets
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

import onecity
from onecity.bootstrap.content import runbooks
from onecity.bootstrap.founding import Accounts
from onecity.drills.machines.hosts import Host, Network, in_time
from onecity.drills.machines.papers import Authority, given
from onecity.machinery.key_hosts.lines import Away, Line, Papers
from onecity.machinery.key_hosts.wire import State
from onecity.machinery.postgres import Address

EXAMPLES: Final = runbooks() / "several-hosts"
ADDRESSES: Final = {
    "etcd1": "10.77.0.11", "etcd2": "10.77.0.12", "etcd3": "10.77.0.13",
    "db1": "10.77.0.21", "db2": "10.77.0.22", "db3": "10.77.0.23",
    "app1": "10.77.0.31", "app2": "10.77.0.32",
    "keys1": "10.77.0.41", "keys2": "10.77.0.42", "door": "10.77.0.51", "people": "10.77.0.61",
}  # fmt: skip
_LINES: Final = 25
_NOTHING: Final = re.compile(r"no action|invalid input syntax|waiting for WAL|raft\d|heartbeat on time|overloaded")
"""What machines say all the time."""
OWNER: Final = "onecity_owner"
_ALL: Final = "/srv/tls/authority.pem"
SHARED: Final = ("blobs",)
URL: Final = (
    f"postgresql://{OWNER}@10.77.0.21,10.77.0.22,10.77.0.23/onecity?target_session_attrs=read-write"
    f"&sslmode=verify-full&sslrootcert={_ALL}&passfile=/srv/secrets/pgpass"
)
"""The database as the machines of the city name it."""


class Cluster:
    """All machines of the city, and those of the people before its door."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.authority, self.keepers = Authority(), Authority()
        """Who signs for all machines, and who for those that may ask for keys."""
        self._master = secrets.token_bytes(32)
        self.passwords = {name: secrets.token_urlsafe(18) for name in (OWNER, "postgres", "replicator")}
        self.hosts = {name: network.host(name, address) for name, address in ADDRESSES.items()}
        for host in self.hosts.values():
            (host.folder / "tls").mkdir()
            given(self.authority, host.folder / "tls", host.name, host.address)
        self._prepare()

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]

    def named(self, kind: str) -> list[Host]:
        """The machines of a kind."""
        return [host for name, host in self.hosts.items() if name.startswith(kind)]

    def start(self) -> None:
        """Give power to all machines but those of the city itself, and wait for a database with a standby."""
        for kind in ("people", "etcd", "db", "keys", "door"):
            for host in self.named(kind):
                host.power_on()
        in_time(lambda: self.leader() is not None and self.standby() is not None, "a primary with a standby", 120)

    def start_city(self) -> None:
        """Start the machines of the city, one after the other: the first founds a simulated city, the other joins."""
        first, *others = self.named("app")
        first.power_on()
        in_time(lambda: self.answers(first), "the city", 120)
        accounts = (first.folder / "onecity" / "simulated_accounts.json").read_bytes()
        for host in others:
            host.put("onecity/simulated_accounts.json", accounts, mode=0o600)
            host.power_on()
        for host in others:
            in_time(partial(self.answers, host), f"the city on {host.name}", 120)

    def answers(self, host: Host) -> bool:
        """Whether a machine of the city says that it is ready."""
        asked = ["curl", "--silent", "--max-time", "2", "--output", "/dev/null", "--write-out", "%{http_code}"]
        return self["people"].run([*asked, f"http://{host.address}:8000/health/ready"], check=False) == "200"

    def keeps(self, host: Host) -> bool:
        """Whether a key host has heard what the other one got while it was away."""
        line = Line(f"https://{host.address}:8600", Papers(self["people"].folder / "papers"))
        try:
            with self["people"].inside():
                return line.look("/state", State(0, whole=True), State).whole
        except Away:
            return False
        finally:
            line.close()

    def said(self) -> str:
        """The last that all machines said, for whoever wants to know why a drill failed."""
        found = []
        for host in self.hosts.values():
            for log in sorted(host.folder.glob("*.log")):
                lines = [one for one in log.read_text("utf-8", "replace").splitlines() if not _NOTHING.search(one)]
                found.append("\n".join([f"--- {host.name} {log.name}", *(one[:200] for one in lines[-_LINES:])]))
        return "\n".join(found)

    def accounts(self) -> Accounts:
        """The people of the simulated city."""
        return msgspec.json.decode(
            (self["app1"].folder / "onecity/simulated_accounts.json").read_bytes(), type=Accounts
        )

    def address(self, host: Host | None = None) -> Address:
        """The database as a test reaches it, from inside the network: a machine, or whichever takes writes."""
        url = URL.replace("/srv/", f"{self['people'].folder}/")
        if host is not None:
            url = url.replace("10.77.0.21,10.77.0.22,10.77.0.23", host.address).replace("read-write", "any")
        return Address(url)

    def leader(self) -> Host | None:
        """The machine that says that it leads and takes writes."""
        return self._in_role("running", "master", "primary")

    def standby(self) -> Host | None:
        """The machine without whose word nothing is acknowledged."""
        return next((host for host in self.named("db") if self.state(host).get("sync_standby")), None)

    def replica(self) -> Host | None:
        """A machine that follows, and on which nobody waits."""
        found = (host for host in self.named("db") if self.state(host).get("role") == "replica")
        return next((host for host in found if not self.state(host).get("sync_standby")), None)

    def _in_role(self, state: str, *roles: str) -> Host | None:
        told = ((host, self.state(host)) for host in self.named("db"))
        return next((host for host, one in told if one.get("state") == state and one.get("role") in roles), None)

    def state(self, host: Host) -> dict[str, Any]:
        """What the keeper of a database says of it; nothing if it says nothing."""
        if not host.has_power:
            return {}
        said = host.run(
            ["curl", "--silent", "--max-time", "2", "--cacert", _ALL, f"https://{host.address}:8008/patroni"],
            check=False,
        )
        return json.loads(said) if said else {}

    def _prepare(self) -> None:
        for host in self.named("etcd"):
            host.boots.append(partial(self._start_etcd, host))
        for host in self.named("db"):
            self._prepare_database(host)
            host.boots.append(partial(self._start_database, host))
        for host in (*self.named("app"), *self.named("people")):
            # "*" for the host: whoever leads at the moment has the same password.
            host.put("secrets/pgpass", f"*:5432:*:{OWNER}:{self.passwords[OWNER]}\n", mode=0o600)
        for host in self.named("app"):
            (host.folder / "onecity").mkdir()
            for shared in SHARED:
                (self.network.folder / "shared" / shared).mkdir(parents=True, exist_ok=True, mode=0o700)
                (host.folder / "onecity" / shared).symlink_to(self.network.folder / "shared" / shared)
            self._prepare_keys(host, "onecity/keys")
            host.put("onecity/keys/hosts", _example("keys-hosts", host))
            host.put("onecity/keys/master.key", self._master, mode=0o600)
            host.boots.append(partial(self._start_city, host))
        self._prepare_keys(self["people"], "papers")
        for host in self.named("keys"):
            self._prepare_keys(host, "papers")
            host.boots.append(partial(self._start_keys, host))
        for host in self.named("door"):
            self._prepare_door(host)
            host.boots.append(partial(host.start, ["haproxy", "-f", "/srv/haproxy.cfg"], log="haproxy.log"))

    def _start_etcd(self, host: Host) -> None:
        lines = _example("etcd.env", host).splitlines()
        environment = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        host.start(["etcd"], log="etcd.log", environment=environment)

    def _prepare_database(self, host: Host) -> None:
        text = _example("patroni.yml", host)
        text = text.replace("PASSWORD_OF_POSTGRES", self.passwords["postgres"])
        text = text.replace("PASSWORD_OF_REPLICATOR", self.passwords["replicator"])
        host.put("patroni.yml", text, owner="postgres", mode=0o600)
        host.put("make-database", _example("make-database", host), mode=0o755)
        host.put("secrets/onecity_owner", self.passwords[OWNER], owner="postgres", mode=0o600)
        (host.folder / "postgres").mkdir(mode=0o700)
        for path in (host.folder / "postgres", host.folder / "tls" / "machine.key"):
            shutil.chown(path, "postgres")
            path.chmod(path.stat().st_mode & 0o700)

    def _start_database(self, host: Host) -> None:
        host.start(["patroni", "/srv/patroni.yml"], log="patroni.log", user="postgres")

    def _prepare_keys(self, host: Host, folder: str) -> None:
        (host.folder / folder).mkdir(mode=0o700)
        given(self.keepers, host.folder / folder, host.name, host.address)

    def _start_keys(self, host: Host) -> None:
        [peer] = [f"https://{other.address}:8600" for other in self.named("keys") if other is not host]
        self._onecity(
            host, "keystore", "serve", "--data", "/srv/keys", "--host", host.address, "--papers", "/srv/papers",
            "--peer", peer,
        )  # fmt: skip

    def _onecity(self, host: Host, *words: str) -> None:
        command = [sys.executable, "-m", "onecity", *words]
        host.start(command, log="onecity.out", environment={"PYTHONPATH": str(Path(onecity.__file__).parents[1])})

    def _start_city(self, host: Host) -> None:
        door = self["door"].address
        self._onecity(
            host, "run", "--host", host.address, "--data", "/srv/onecity", "--database", URL, "--name", host.address,
            "--name", door, "--address", f"https://{door}", "--proxy", door, "--secure",
        )  # fmt: skip

    def _prepare_door(self, host: Host) -> None:
        tls = host.folder / "tls"
        host.put("tls/door.pem", (tls / "machine.pem").read_bytes() + (tls / "machine.key").read_bytes(), mode=0o600)
        host.put("haproxy.cfg", _example("haproxy.cfg", host))
        host.put("come-again.http", (EXAMPLES / "come-again.http").read_bytes())


def _example(name: str, host: Host) -> str:
    """A file of the page for engineers, as it is on one machine."""
    text = (EXAMPLES / name).read_text("utf-8")
    return text.replace("HOST_NAME", host.name).replace("HOST_ADDRESS", host.address)
