"""The clients of other people for Open311 read this city and report to it, as they were made and with no change."""

import json
import subprocess
import sys
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import chicagorequests
import httpx
import pytest
from civicbot.http import HttpTransport, RateLimiter
from civicbot.open311 import Open311Client
from civicbot.registry import Endpoint
from georeport import GeoReport

from onecity.drills.cities import RunningCity

CITY = ZoneInfo("Asia/Shanghai")
PLACE = {"lat": 34.7466, "lng": 113.6651}
MATTER = "z:road_collapse"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def key(city: RunningCity) -> str:
    return onecity(city, "new", "clients").stdout.strip()


@pytest.fixture(scope="module")
def number(city: RunningCity, key: str) -> str:
    """A request that civicbot filed, as a person would who confirmed it."""
    endpoint = Endpoint("city", "City", f"{city.address}/open311/v2", write=True)
    client = Open311Client(endpoint, HttpTransport(rate_limiter=RateLimiter(0)))
    attributes = {"condition": ["road_collapsed"]}
    filed = client.create_request(
        MATTER, dry_run=False, confirm="SEND", api_key=key, validate_remote=True, description="路上有洞",
        attributes=attributes, **PLACE,
    )  # fmt: skip
    found: str = filed.response[0]["service_request_id"]
    return found


def onecity(city: RunningCity, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "onecity", "governance", "key", *words, "--data", str(city.data)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_civicbot_reads_what_it_filed(city: RunningCity, number: str) -> None:
    client = Open311Client(Endpoint("city", "City", f"{city.address}/open311/v2"), HttpTransport())
    found = client.get_request(number)
    assert found is not None
    assert (found["service_request_id"], found["service_code"], found["status"]) == (number, MATTER, "open")
    listed = client.list_requests(service_request_ids=[number], status="open", page_size=5)
    assert [one["service_request_id"] for one in listed] == [number]
    assert any(one["service_code"] == MATTER and one["metadata"] for one in client.list_services())
    assert client.get_service_definition(MATTER)["attributes"][0]["code"] == "condition"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_georeport_reads_in_both_formats(city: RunningCity, number: str, form: str) -> None:
    client = GeoReport(f"{city.address}/open311/v2", jurisdiction="zhengzhou", output_format=form)
    assert MATTER in {one["service_code"] for one in client.get_service_list()}
    assert client.get_service_definition(MATTER)["service_code"] == MATTER
    assert client.get_service_request(number)["service_request_id"] == number
    now = datetime.now(UTC).isoformat()
    listed = client.get_service_requests(service_code=MATTER, status="open,closed", end_date=now)
    found = listed if isinstance(listed, list) else [listed]
    assert number in {one["service_request_id"] for one in found}


def test_chicagorequests_downloads_a_day(city: RunningCity, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The one address that it knows stands in its code.
    monkeypatch.setattr(chicagorequests.Downloader, "BASE_URL", f"{city.address}/open311/v2/requests.json")
    today = datetime.now(CITY).date()
    day = datetime.combine(today, time.min, CITY), datetime.combine(today, time.max, CITY)
    found = chicagorequests.Downloader(request_type=[MATTER])(day)
    assert number in {one["service_request_id"] for one in found}
    assert all("extended_attributes" in one for one in found)
    changed = chicagorequests.Downloader(updated_start_date=day[0].isoformat(), updated_end_date=day[1].isoformat())
    assert number in {one["service_request_id"] for one in changed(day)}


def test_keys_are_made_told_once_and_ended(city: RunningCity) -> None:
    made = onecity(city, "new", "walkers", "--json")
    told = json.loads(made.stdout)
    assert onecity(city, "new", "walkers").returncode == 1
    listed = onecity(city, "list", "--json")
    assert "walkers" in {one["name"] for one in json.loads(listed.stdout)}
    assert told["key"] not in listed.stdout
    fields = {"api_key": told["key"], "service_code": MATTER, "address_id": "410105001"}
    url = f"{city.address}/open311/v2/requests.json"
    assert httpx.post(url, data=fields, trust_env=False).status_code == 200
    assert onecity(city, "end", "walkers").returncode == 0
    assert httpx.post(url, data=fields, trust_env=False).status_code == 403
    assert onecity(city, "end", "walkers").returncode == 1
