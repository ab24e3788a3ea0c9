"""What must hold of two machines of a city at once: whoever comes to one is known to the other."""

from typing import Final

import httpx

from onecity.drills.cities import Program
from onecity.drills.machines.cluster import Cluster
from onecity.drills.machines.hosts import Host, in_time

REPORT: Final = {
    "words": "路面塌了一个洞", "matter": "z:road_collapse", "point": {"longitude": 113.6651, "latitude": 34.7466},
}  # fmt: skip
PROOFS: Final = 60
"""How often an address may ask for a proof in a minute."""
NOTHING: Final = "/api/proof/01890000-0000-7000-8000-000000000001/1"


def two_machines_are_one_city(cluster: Cluster) -> None:
    """Sessions, open pages, rates, the signed tree and the lists of licences, across machines."""
    one, other = (f"http://{host.address}:8000" for host in cluster.named("app"))
    with cluster["people"].inside():
        a_session_holds_on_both(cluster, one, other)
        an_open_page_hears_what_happens_elsewhere(cluster, one, other)
        both_show_the_same_tree(one, other)
    visits_are_counted_by_whom_the_door_saw(cluster)


def a_session_holds_on_both(cluster: Cluster, one: str, other: str) -> None:
    """Whoever signed in on one machine is known to the other."""
    program = Program(one, cluster.accounts().accounts[0])
    headers = dict(program.http.headers)
    affair = program.apply()["affair"]
    program.close()
    told = httpx.get(f"{other}/api/affairs/{affair}", headers=headers, timeout=30, trust_env=False)
    assert told.status_code == 200, told.text


def an_open_page_hears_what_happens_elsewhere(cluster: Cluster, one: str, other: str) -> None:
    """A page that is open on one machine hears of a report on the other."""
    account = next(found for found in cluster.accounts().accounts if found.login == "shoulitai")
    operator = Program(one, account)
    headers = {"authorization": str(operator.http.headers["authorization"])}
    operator.close()
    with httpx.stream("GET", f"{other}/api/street/live", headers=headers, timeout=30, trust_env=False) as page:
        assert page.status_code == 200
        lines = page.iter_lines()
        next(lines)
        number = httpx.post(f"{one}/api/reports", json=REPORT, timeout=30, trust_env=False).json()["number"]
        assert any(number in line for line in lines), "the page ended before it heard"


def both_show_the_same_tree(one: str, other: str) -> None:
    """Whoever asks either machine for the checkpoint gets the same one."""

    def points() -> list[str]:
        return [httpx.get(f"{at}/proof/checkpoint", timeout=30, trust_env=False).text for at in (one, other)]

    def same() -> bool:
        found = points()
        return found[0] == found[1] and found[0] != ""

    in_time(same, "two machines show the same checkpoint")


def visits_are_counted_by_whom_the_door_saw(cluster: Cluster) -> None:
    """Rates hold across machines, for each visitor and not for the proxy."""
    asked = [status(cluster, cluster["people"]) for _ in range(PROOFS + 2)]
    assert set(asked[:PROOFS]) <= {404, 429}
    assert asked[-1] == 429, "two machines count apart"
    assert status(cluster, cluster["etcd1"]) == 404, "everybody is the door"


def status(cluster: Cluster, host: Host) -> int:
    """What the door answers to somebody on a machine."""
    said = host.run(
        ["curl", "--silent", "--max-time", "10", "--cacert", "/srv/tls/authority.pem", "--output", "/dev/null",
         "--write-out", "%{http_code}", f"https://{cluster['door'].address}{NOTHING}"]
    )  # fmt: skip
    return int(said)
