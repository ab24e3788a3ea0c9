"""Events as the standards have them: what others' libraries make of ours, and ours of theirs."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent as TheirEvent
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from onecity.casework import WorkDrawn
from onecity.governance.events import (
    TOLD,
    About,
    Arrived,
    Event,
    EventWhy,
    Kind,
    News,
    cloud_event,
    in_binary,
    in_structure,
    news_of,
    secret_of,
    signed,
)
from onecity.governance.events.arriving import OBSERVED, Observed
from onecity.governance.web.live import of_report, seen_by
from onecity.kernel.acting import Held, Scope, the_city
from onecity.kernel.refusal import Refused
from onecity.ledger import Placed, Recorded

AT = datetime(2020, 9, 22, 4, tzinfo=UTC)
CASE = UUID(int=7)
SENT = {"words": "水位 31 厘米", "point": {"longitude": 113.6651, "latitude": 34.7466}}
TEXTS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x9FFF, exclude_categories=("Cs", "Cc")), min_size=1, max_size=40
)


def event(kind: Kind = Kind.MOVED, *, case: UUID = CASE, report: UUID | None = None, **about: Any) -> Event:
    told = {"number": "W20200922-DJ4BTU8", "matter": "z:road_collapse", "area": "410105001", "lead": "urban"} | about
    return Event(News(41, kind, AT, case, "handle", report), About(**told))


def test_an_event_of_ours_is_one_for_the_library_of_the_standard() -> None:
    body = msgspec.json.encode(cloud_event(event(), "zhengzhou.example"))
    found = from_http(HTTPMessage({"content-type": "application/cloudevents+json"}, body), JSONFormat())
    assert (found.get_id(), found.get_type(), found.get_time()) == ("41", "city.onecity.street.moved", AT)
    assert found.get_source() == "urn:onecity:zhengzhou.example:street"
    assert found.get_subject() == "W20200922-DJ4BTU8"
    assert found.get_extension("sequence") == "00000000000000000041"
    data = found.get_data()
    assert data == {
        "case": str(CASE), "number": "W20200922-DJ4BTU8", "stage": "handle", "matter": "z:road_collapse",
        "area": "410105001",
    }  # fmt: skip


def theirs(data: Any = None, **more: str) -> TheirEvent:
    attributes = {"id": "a-1", "source": "/sensors/7", "type": OBSERVED, "datacontenttype": "application/json"} | more
    return TheirEvent(attributes=attributes, data=SENT if data is None else data)


def read(message: HTTPMessage) -> Arrived | Refused:
    headers = {name.lower(): text for name, text in message.headers.items()}
    body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
    return in_structure(body) if "cloudevents" in headers.get("content-type", "") else in_binary(headers, body)


@given(identity=TEXTS, source=TEXTS, words=TEXTS)
def test_what_their_library_writes_is_read_the_same_in_both_modes(identity: str, source: str, words: str) -> None:
    sent = theirs({"words": words, "area": "410105001"}, id=identity, source=source)
    found = [read(to_structured(sent, JSONFormat())), read(to_binary(sent, JSONFormat()))]
    assert found == [Arrived(identity, source, Observed(words=words, area="410105001"))] * 2


@pytest.mark.parametrize(("change", "why"), [
    ({"type": "city.onecity.street.other"}, EventWhy.NO_SUCH_TYPE),
    ({"specversion": "0.3"}, EventWhy.NO_EVENT),
    ({"id": ""}, EventWhy.NO_EVENT),
    ({"source": 7}, EventWhy.NO_EVENT),
    ({"id": None}, EventWhy.NO_EVENT),
    ({"datacontenttype": "text/xml"}, EventWhy.NO_DATA),
    ({"data": {"words": 7}}, EventWhy.NO_DATA),
    ({"data": {"contact": "139"}}, EventWhy.NO_DATA),
    ({"data": {"words": "\0"}}, EventWhy.NO_DATA),
    ({"data": "text"}, EventWhy.NO_DATA),
    ({"data": None}, EventWhy.NO_DATA),
])  # fmt: skip
def test_whatever_else_is_refused_by_its_reason(change: dict[str, Any], why: EventWhy) -> None:
    plain = {"specversion": "1.0", "id": "1", "source": "/s", "type": OBSERVED, "data": SENT}
    assert isinstance(in_structure(json.dumps(plain).encode()), Arrived)
    found = in_structure(json.dumps(plain | change).encode())
    assert isinstance(found, Refused)
    assert found.reason is why


def test_the_signature_is_one_for_the_library_of_the_standard_and_only_with_its_secret() -> None:
    hook, body = uuid4(), '{"words":"路面"}'.encode()
    now = datetime.now(UTC)
    headers = signed(body, "hook.41", secret_of(hook, b"key"), now=now)
    assert Webhook(secret_of(hook, b"key")).verify(body, dict(headers)) == {"words": "路面"}
    for secret, sent in (
        (secret_of(uuid4(), b"key"), body),
        (secret_of(hook, b"other"), body),
        (secret_of(hook, b"key"), body + b" "),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(sent, dict(headers))


@pytest.mark.parametrize(("department", "area", "sees"), [
    ("city_operations", "410100", True), ("city_operations", "410105", True), ("city_operations", "410102", False),
    ("urban", "410105001", True), ("urban", "410105002", False), ("market_supervision", "410100", False),
])  # fmt: skip
def test_an_officer_hears_of_their_own_department_and_area(department: str, area: str, sees: bool) -> None:
    held = [Held("governance.handle", Scope(department, area))]
    assert seen_by(event(), held, "city_operations", uuid4()) is sees


def test_that_a_lot_fell_is_told_to_the_officer_and_the_reporter_and_names_nobody() -> None:
    officer, elsewhere = uuid4(), [Held("governance.verify", Scope("general_office", "410100"))]
    fact = WorkDrawn("verify", officer, 9, "00")
    news = news_of(Placed(41, Recorded(CASE, 5, AT, the_city(), fact)))
    assert news is not None and news.stage == "verify"
    fell = Event(news, event().about)
    assert seen_by(fell, elsewhere, "city_operations", officer)
    assert not seen_by(fell, elsewhere, "city_operations", uuid4())
    assert of_report(uuid4(), CASE)(fell) == b'{"stage":"verify"}'
    # Programs elsewhere follow other facts, and it is no event for them.
    assert WorkDrawn not in TOLD
    with pytest.raises(AssertionError):
        cloud_event(fell, "zhengzhou.example")


def test_whoever_reported_hears_of_the_case_that_their_report_follows_and_of_no_other() -> None:
    report, other = UUID(int=1), UUID(int=9)
    shows = of_report(report, CASE)
    assert shows(event()) == b'{"stage":"handle"}'
    assert shows(event(case=other)) is None
    assert shows(event(Kind.JOINED, report=UUID(int=2))) is None
    assert shows(event(Kind.JOINED, case=other, report=report)) is not None
    assert shows(event(case=other)) is not None
    assert shows(event()) is None
