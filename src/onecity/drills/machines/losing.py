"""What is done to a city under load, and what is measured of it."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from random import Random
from typing import Final

import httpx
import msgspec

from onecity.drills.cities import Program
from onecity.drills.machines.cluster import Cluster
from onecity.drills.machines.hosts import Host, Network, in_time
from onecity.drills.power_cuts import Crowd, nothing_is_lost_doubled_or_half, the_tree_is_the_facts
from onecity.drills.proving import Claim, none_of
from onecity.drills.reporters import Reporter

PEOPLE: Final = 4
WHOLE_S: Final = 150.0
"""How long a machine may take to come back and catch up, on a slow one with other work."""
_PARTED_S: Final = (8.0, 25.0)
"""How long a partition lasts: shorter and longer ones than another primary needs."""
_PAUSES_S: Final = (2.0, 10.0)
_REPORTS: Final = 10
_OPERATOR: Final = "shoulitai"
ENGINEER_S: Final = 45.0
"""After how long an engineer looks why a database does not follow."""


class Outage(msgspec.Struct, frozen=True):
    """What people noticed: seconds from a blow to the first command that was acknowledged after the longest silence."""

    what: str
    seconds: float


class Trial:
    """A city on many machines, people who go on asking it, and what happened to it so far."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.outages: list[Outage] = []
        self.copied_anew: dict[float, str] = {}
        self.by_two: list[float] = []
        """When somebody was acknowledged by a primary after another had been elected."""
        self.partitioned: list[bool] = []
        """Of each partition by lot, whether it made another database the primary."""
        self.acknowledged = 0
        """How many commands, of all whose facts were looked for."""
        self._token = self._signed_in()

    def _signed_in(self) -> str:
        account = self.cluster.accounts().accounts[0]
        with self.cluster["people"].inside():
            answer = httpx.post(
                f"http://{self.cluster['app1'].address}:8000/api/sign-in",
                json={"login": account.login, "password": account.password},
                headers={"idempotency-key": "01890000-0000-7000-8000-000000000001"}, timeout=60, trust_env=False,
            )  # fmt: skip
        return str(answer.json()["token"])

    def crowd(self) -> Crowd:
        """People before the door, on whatever network this thread is."""
        doors = [(f"person {number}", self._door, self._token) for number in range(PEOPLE)]
        return Crowd(doors, trust=self._trust())

    @contextmanager
    def reporter(self) -> Iterator[Reporter]:
        """Somebody before the door each of whose reports is locked under a key that was made for it just then."""
        found = Reporter(self._door(), pauses_s=_PAUSES_S, trust=self._trust())
        found.start()
        try:
            yield found
        finally:
            found.over.set()
            found.join()

    def _door(self) -> str:
        return f"https://{self.cluster['door'].address}"

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.cluster.authority.paper.decode("ascii"))

    def left_behind(self, host: Host) -> Crowd:
        """Somebody who asks one machine of the city, from that machine itself."""
        with host.inside():
            return Crowd([(f"behind {host.name}", lambda: f"http://{host.address}:8000", self._token)])

    @contextmanager
    def blow(self, what: str, crowd: Crowd) -> Iterator[None]:
        """Something happens; afterwards people are served again, and how long they waited is noted."""
        crowd.served(beyond=crowd.count() + PEOPLE)
        began = time.monotonic()
        yield
        crowd.served(beyond=crowd.count() + 2 * PEOPLE)
        self.outages.append(Outage(what, silence(crowd, began)))

    def whole(self) -> None:
        """Wait until everything that may stand beside the city does so again.

        A database that got further than the one that leads now may wait for ever: an engineer then copies it anew.
        """
        began = time.monotonic()
        while not self._is_whole():
            waited = time.monotonic() - began
            assert waited < WHOLE_S, f"primary, standby and replica together: not within {WHOLE_S:.0f} s"
            if waited > ENGINEER_S and not self.copied_anew.get(began):
                self.copied_anew[began] = self._copied_anew()
            time.sleep(0.2)

    def _is_whole(self) -> bool:
        return self._following() == 2 and self.cluster.standby() is not None

    def _following(self) -> int:
        leader = self.cluster.leader()
        followers = self.cluster.state(leader).get("replication", []) if leader else []
        return [one.get("state") for one in followers].count("streaming")

    def _copied_anew(self) -> str:
        """Let the machine that does not follow copy the database from the one that leads; which machine that was."""
        leader = self.cluster.leader()
        if leader is None:
            return ""
        following = {
            one["application_name"] for one in self.cluster.state(leader).get("replication", [])
            if one.get("state") == "streaming"
        }  # fmt: skip
        stuck = [host for host in self.cluster.named("db") if host is not leader and host.name not in following]
        for host in stuck:
            leader.run(["patronictl", "-c", "/srv/patroni.yml", "reinit", "onecity", host.name, "--force"], check=False)
        return " ".join(host.name for host in stuck)

    def primary_lost(self, crowd: Crowd) -> None:
        """The machine of the primary loses power, and comes back."""
        lost = self.leader()
        with self.blow("primary_lost", crowd):
            lost.cut_power()
            in_time(lambda: self.cluster.leader() is not None, "another primary", WHOLE_S)
        lost.power_on()
        self.whole()

    def primary_cut_off(self, crowd: Crowd, network: Network) -> Crowd:
        """The primary, a machine of the city and a key host hear each other and nobody else; somebody asks there."""
        old, app, keys = self.leader(), self.cluster["app1"], self.cluster["keys2"]
        behind = self.left_behind(app)
        behind.served(beyond=1)
        with self.blow("primary_cut_off", crowd):
            network.part(old, app, keys)
            in_time(lambda: self.cluster.leader() not in (None, old), "another primary", WHOLE_S)
            elected = time.monotonic()
        time.sleep(2)
        self.by_two += [at - elected for one in behind.people for at in one.at if at > elected]
        network.heal()
        behind.served(beyond=behind.count())
        behind.__exit__()
        self.whole()
        return behind

    def standby_lost(self, crowd: Crowd) -> None:
        """The machine without whose word nothing is acknowledged loses power; the replica takes its place."""
        lost = self.cluster.standby()
        assert lost is not None, "there is a standby"
        with self.blow("standby_lost", crowd):
            lost.cut_power()
        lost.power_on()
        self.whole()

    def lost(self, name: str, crowd: Crowd, seconds: float) -> None:
        """Any other machine loses power for a while, and comes back."""
        host = self.cluster[name]
        with self.blow(f"{name}_lost", crowd):
            host.cut_power()
            time.sleep(seconds)
        host.power_on()
        if name.startswith("app"):
            in_time(partial(self.cluster.answers, host), f"the city on {name}", WHOLE_S)
        if name.startswith("keys"):
            in_time(partial(self.cluster.keeps, host), f"the keys on {name}", WHOLE_S)

    def leader(self) -> Host:
        found = self.cluster.leader()
        assert found is not None, "there is a primary"
        return found

    def cut_at_random(self, dice: Random, network: Network) -> None:
        """Some machines hear only each other for a while, or some pairs of machines do not hear each other."""
        inside = [host for host in network.hosts.values() if host.name not in ("door", "people")]
        led = self.leader()
        if dice.random() < 2 / 3:
            network.part(*(host for host in inside if dice.random() < 1 / 2))
        else:
            for _ in range(dice.randint(2, 6)):
                one, other = dice.sample(inside, 2)
                one.hear(other, heard=False)
                other.hear(one, heard=False)
        time.sleep(dice.uniform(*_PARTED_S))
        network.heal()
        self.whole()
        self.partitioned.append(self.leader() is not led)

    def partitions(self, network: Network, rounds: int) -> tuple[Crowd, ...]:
        """Cut the network at random, again and again, with somebody on each side who goes on asking.

        Only one history outlives a partition. Had two primaries acknowledged, what one of them said would be lost.
        """
        dice = Random(rounds)
        with self.cluster["people"].inside(), self.crowd() as crowd:
            self.whole()
            behind = [self.left_behind(app) for app in self.cluster.named("app")]
            for _ in range(rounds):
                self.cut_at_random(dice, network)
                crowd.served(beyond=crowd.count() + 1)
            for one in (*behind, crowd):
                one.go_home()
        return crowd, *behind

    def nothing_is_lost(self, *crowds: Crowd) -> tuple[Claim, ...]:
        """Every acknowledged fact is there once, by whomever; facts, projections and the tree are one."""
        everybody, folder = crowds[0], self.cluster.network.folder
        everybody.people += [one for crowd in crowds[1:] for one in crowd.people]
        self.acknowledged += len(everybody.acknowledged)
        data = self.cluster["app2"].folder / "onecity"
        with self.cluster["people"].inside():
            older = folder / "older"
            older.write_bytes((data / "ledger" / "checkpoint").read_bytes())
            where = "--data", str(data), "--database", self.cluster.address()
            return (
                *everybody.well_answered(),
                *nothing_is_lost_doubled_or_half(self.cluster.address(), everybody),
                *the_tree_is_the_facts(folder / "export", older, *where),
            )

    def no_key_is_lost(self, reporter: Reporter) -> tuple[Claim, ...]:
        """An officer reads the words of each report: whatever key host was away when its key was made."""
        account = next(one for one in self.cluster.accounts().accounts if one.login == _OPERATOR)
        with self.cluster["people"].inside():
            officer = Program(f"http://{self.cluster['app2'].address}:8000", account)
            unread = [
                one.number for one in reporter.told
                if officer.http.get(f"/api/street/{one.case}").json().get("words") != one.words
            ]  # fmt: skip
            officer.close()
        enough = len(reporter.told) >= _REPORTS
        return none_of("drills.claim.keys", unread), Claim("drills.claim.reported", enough, str(len(reporter.told)))


@contextmanager
def told(cluster: Cluster) -> Iterator[None]:
    """Whoever learns that a drill failed learns what the machines said last."""
    try:
        yield
    except Exception as failure:
        failure.add_note(cluster.said())
        raise


def silence(crowd: Crowd, since: float) -> float:
    """From an instant to the end of the longest time in which nobody was acknowledged."""
    times = sorted(at for one in crowd.people for at in list(one.at))
    before = max((at for at in times if at <= since), default=since)
    after = [before, *(at for at in times if at > since)]
    longest = max(pairwise(after), key=lambda pair: pair[1] - pair[0])
    return longest[1] - since
