"""Somebody who goes on reporting what is wrong on the street, each report under a key of its own, whatever happens."""

import ssl
import threading
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

import httpx
import msgspec

from onecity.bootstrap.moment import now
from onecity.kernel.ids import began_ms, derived_id

_PLACE: Final = {"longitude": 113.6651, "latitude": 34.7466}
_AWAY_S: Final = 0.2


class Report(msgspec.Struct, frozen=True):
    """A report that was acknowledged: the words, when the answer came, what it said, and the case that follows."""

    words: str
    at: datetime
    number: str
    follow: str
    case: UUID


class _Received(msgspec.Struct, frozen=True):
    report: UUID
    number: str
    follow: str


class Reporter(threading.Thread):
    """Reports until it is over, some seconds apart; what is not answered is asked again under the same key."""

    def __init__(self, address: str, *, pauses_s: tuple[float, float], trust: ssl.SSLContext | None = None) -> None:
        """`pauses_s`: after each of the first thirty reports, and later: sixty in ten minutes is the measure."""
        super().__init__(daemon=True)
        self.told: list[Report] = []
        self.over = threading.Event()
        self._address, self._pauses, self._trust = address, pauses_s, trust

    def run(self) -> None:
        """Report until it is over, or until somebody may report no more."""
        with httpx.Client(
            base_url=self._address, timeout=10, trust_env=False, verify=self._trust or ssl.create_default_context()
        ) as client:
            while not self.over.is_set() and self._reported(client):
                self.over.wait(self._pauses[len(self.told) >= 30])

    def more(self, number: int) -> None:
        """Wait until so many more have an answer."""
        until = len(self.told) + number
        while len(self.told) < until and self.is_alive():
            self.over.wait(0.02)

    def _reported(self, client: httpx.Client) -> bool:
        words, key = f"第 {len(self.told)} 个坑", uuid4()
        sent = {"words": words, "matter": "z:road_collapse", "point": _PLACE}
        while not self.over.is_set():
            try:
                answer = client.post("/api/reports", json=sent, headers={"idempotency-key": str(key)})
            except httpx.TransportError:
                self.over.wait(_AWAY_S)
                continue
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                return False
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                self.over.wait(_AWAY_S)
                continue
            answer.raise_for_status()
            told = msgspec.json.decode(answer.content, type=_Received)
            self.told.append(Report(words, now(), told.number, told.follow, case_of(key, told.report)))
            return True
        return False


def case_of(key: UUID, report: UUID) -> UUID:
    """The case of a report. Both ids come from the key and the instant; officers find it in their list."""
    began = datetime.fromtimestamp((began_ms(report) + 0.5) / 1_000, UTC)
    return derived_id(key, now=began, what="case")
