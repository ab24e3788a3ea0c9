"""What each fuzzer does with some bytes: gives them to one reader of the city, and holds against it what must be true.

Nothing is caught that the reader's own callers do not catch.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import msgspec
from PIL import Image
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Scope
from tests.rings import Ring
from tools.verify_ledger import check

from onecity.bootstrap.content import KINDS
from onecity.casework.mining import mined
from onecity.governance.events.arriving import in_binary, in_structure, is_structured
from onecity.governance.masking import read as read_masks
from onecity.governance.masking import written as written_masks
from onecity.governance.open311 import Error, in_xml, read_post, read_search
from onecity.governance.parts.model import is_part_number
from onecity.governance.parts.reading import Checks, read_parts
from onecity.governance.photos import cleaned
from onecity.governance.replay.reading import read_requests
from onecity.governance.routing.examples import examples_of
from onecity.governance.routing.keeping import model_of
from onecity.governance.rules import Tell
from onecity.governance.tokens import report_behind, unsealed
from onecity.kernel.errors import CityError
from onecity.kernel.identity import masked, masked_name, resident_fault, uscc_fault
from onecity.kernel.instants import read_day
from onecity.kernel.refusal import Refused
from onecity.ledger.checkpoint import CheckpointKey
from onecity.licences import Identifier, read_identifier
from onecity.machinery.features.asking import read_box, read_form, read_items, read_span
from onecity.machinery.outgoing import is_sendable
from onecity.machinery.web.decoding import fault_of, no_json
from onecity.machinery.web.forms import Form, TooLarge
from onecity.machinery.web.forms import read_form as read_posted
from onecity.machinery.web.look import local_path
from onecity.machinery.web.paging import asked_page
from onecity.packs import Text
from onecity.packs.expressions import Type, Wrong, checked, compiled, parse, printed
from onecity.packs.laws.places import articles_in
from onecity.packs.laws.texts import read_law, squeezed
from onecity.packs.laws.writing import written
from onecity.packs.reading import Reading
from onecity.packs.source import read_source
from onecity.packs.tables import is_table, read_table
from onecity.people.web.door import SignIn
from onecity.places import Cells, Grid
from onecity.places.grid import Lattice
from onecity.services.approvals import TYPES, compared, read_approvals
from onecity.services.auditing import flows_of, read_rows
from onecity.services.exchange import COLUMNS, sorted_out, table_of
from onecity.services.exchange import read_rows as read_exchange
from onecity.services.forms import FileType, Material
from onecity.services.uploads import looked_at
from onecity.services.web.interface import Rating

ZONE: Final = ZoneInfo("Asia/Shanghai")
NOW: Final = datetime(2020, 9, 22, 1, tzinfo=UTC)
KEY: Final = CheckpointKey("zhengzhou.example/ledger", Ring(b"k" * 32))
_FACTS: Final = {"area": Type.NUMBER, "takeaway": Type.TRUTH, "form": Type.TEXT, "since": Type.DAY}
_SIDE: Final = 1_600
"""Pixels of the longer side of a photograph that is kept."""
_NAME: Final = Text("试验", "A trial")
_STREET: Final = "410105001"
_CHECKS: Final = Checks(
    frozenset({"01001"}), {"01001": "water_company"}, frozenset({"water_company"}),
    Cells(
        Grid(date(2020, 1, 1), Lattice(11, 9), (_STREET,), (), _NAME),
        {f"{_STREET}001": "POLYGON ((113.66 34.74, 113.67 34.74, 113.67 34.75, 113.66 34.75, 113.66 34.74))"},
    ), "x", simulated=False,
)  # fmt: skip


def text_of(data: bytes) -> str:
    """Bytes as a text of any signs, as a form or an address would bring it."""
    return data.decode("utf-8", "replace")


def declaration(data: bytes) -> None:
    """A file of a pack: the first byte chooses its kind."""
    written = [kind for kind in KINDS if not is_table(kind.type)]
    kind, content = written[data[0] % len(written)] if data else written[0], data[1:]
    tree, faults = read_source("x.yaml", content)
    if tree is not None:
        reading = Reading()
        value = reading.value(tree, kind.type)
        assert value is not None or reading.faults or faults, "what is not read has a fault"
        faults = (*faults, *reading.faults)
    assert all("\n" not in str(fault) for fault in faults), "a fault is one line"


def table(data: bytes) -> None:
    """A table of a pack: the first byte chooses which."""
    tables = [kind for kind in KINDS if is_table(kind.type)]
    kind, content = tables[data[0] % len(tables)] if data else tables[0], data[1:]
    assert is_table(kind.type)
    tree, faults = read_table("x.csv", content, kind.type)
    if tree is not None:
        reading = Reading()
        assert reading.value(tree, kind.type) is not None or reading.faults or faults


def expression(data: bytes) -> None:
    """A condition of a pack: it is read, checked, run and printed as SQL, or it is told what is wrong with it."""
    tree = parse(text_of(data))
    if isinstance(tree, Wrong):
        return
    kind = checked(tree, _FACTS)
    if not isinstance(kind, Wrong):
        compiled(tree)({})
        assert printed(tree, lambda name: f'"{name}"').text


def numbers(data: bytes) -> None:
    """Numbers that people type: of persons, firms, parts and days."""
    text = text_of(data)
    assert len(masked(text)) == len(text)
    assert len(masked_name(text)) == len(text)
    if resident_fault(text) is None or uscc_fault(text) is None:
        assert len(text) == 18
    is_part_number(text)
    read_day(text, today=NOW.date())


def licence_code(data: bytes) -> None:
    """The identifier of a licence, typed or scanned."""
    found = read_identifier(text_of(data))
    if isinstance(found, Identifier):
        assert read_identifier(str(found)) == found


def signed_note(data: bytes) -> None:
    """A note that claims to be the city's: only what the city signed is opened."""
    with TemporaryDirectory() as home:
        (Path(home) / "checkpoint").write_bytes(data)
        KEY.published(Path(home))
    opened = KEY.opened(text_of(data))
    assert opened is None or KEY.note(opened).encode() == data


def law_text(data: bytes) -> None:
    """The text of a law, and before a nought perhaps the place that a citation names in it."""
    place, _, text = text_of(data).rpartition("\0")
    law = read_law(text)
    assert all(one.text.startswith("第") and one.called(one.number) for one in law.articles)
    said = squeezed(text)
    assert all(squeezed(one.text).replace("*", "") in said.replace("*", "") for one in law.articles), "nothing is added"
    assert all("0" < one < "9:" for one in articles_in(place))
    spots = {(line, column): "0" * 16 for line in (1, 2, 4) for column in range(1, 40)}
    tree, faults = read_source("x.yaml", text.encode())
    if tree is not None and not faults:
        with suppress(CityError):
            assert len(written("x.yaml", text.encode(), spots)) >= len(text)


def ledger_export(data: bytes) -> None:
    """An export that somebody hands over for a check: the files follow each other, each after its name and length."""
    with TemporaryDirectory() as home:
        for name, content in _files(data):
            path = Path(home) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            check(Path(home), None, None, None)
        except (ValueError, OSError):
            return


_NAMES: Final = (
    "key", "checkpoint", "tile/0/000.p/2", "tile/entries/000.p/2", "tile/0/000", "tile/entries/000", "keys/1",
)  # fmt: skip


def _files(data: bytes) -> Sequence[tuple[str, bytes]]:
    """The files that some bytes hold: a byte chooses the name, two say the length."""
    found = []
    while len(data) > 3:
        length = int.from_bytes(data[1:3], "big")
        found.append((_NAMES[data[0] % len(_NAMES)], data[3 : 3 + length]))
        data = data[3 + length :]
    return [(name, content) for name, content in dict(found).items()]


def open311(data: bytes) -> None:
    """A query or a form of Open311, and what is said of it in XML."""
    pairs = parse_qsl(text_of(data), keep_blank_values=True)
    for found in (read_search(pairs, zone=ZONE, now=NOW), read_post(pairs)):
        assert not isinstance(found, tuple) or found, "a refusal has a reason"
    ET.fromstring(in_xml([Error(400, text_of(data))], "errors"))  # noqa: S314 - our own words


def cloud_event(data: bytes) -> None:
    """An event of a sensor, in either mode."""
    in_structure(data)
    head, _, body = data.partition(b"\n\n")
    lines = [line.partition(":") for line in head.decode("latin-1").splitlines()]
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    is_structured(headers.get("content-type", ""))
    in_binary(headers, body)


def photograph(data: bytes) -> None:
    """A photograph: what is kept is a small JPEG without a word of the device."""
    kept = cleaned(data)
    if isinstance(kept, bytes):
        with Image.open(BytesIO(kept), formats=["JPEG"]) as found:
            assert max(found.size) <= _SIDE
            assert not found.getexif()


def upload(data: bytes) -> None:
    """A material, whatever its name says it is."""
    material = Material(name=_NAME, hint=_NAME, accept=(FileType.PDF, FileType.JPEG, FileType.PNG), most_mb=1)
    looked_at(material, data)


def posted_form(data: bytes) -> None:
    """The body of a form: the first byte chooses how it is sent."""
    multipart = bool(data[:1] and data[0] % 2)
    kind = b"multipart/form-data; boundary=x" if multipart else b"application/x-www-form-urlencoded"

    async def receive() -> Message:
        return {"type": "http.request", "body": data[1:], "more_body": False}

    # Starlette answers a garbled form with a status only where it knows of an application.
    scope: Scope = {"type": "http", "method": "POST", "path": "/x", "query_string": b"", "app": None}
    scope["headers"] = [(b"content-type", kind)]
    try:
        form = asyncio.run(read_posted(Request(scope, receive), lambda _: None, files=True))
    except (TooLarge, HTTPException):
        return
    form.key()
    assert isinstance(form, Form) and not any("\0" in text for text in form.fields.values())


def command(data: bytes) -> None:
    """A command of a program, as JSON: a fault names a field and never what was sent."""
    for kind in (Rating, SignIn, Tell):
        try:
            msgspec.json.decode(data, type=kind)
        except msgspec.ValidationError as wrong:
            fault_of(wrong, kind, _say)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            no_json(wrong, _say)


def _say(key: str, **details: object) -> str:
    return f"{key} {sorted(details)}"


def messages(data: bytes) -> None:
    """A table of messages with tabs, labelled or not."""
    for labelled in (True, False):
        found = examples_of(data, labelled=labelled)
        assert isinstance(found, (Refused, tuple))


def routing_model(data: bytes) -> None:
    """A file that claims to be a trained model."""
    model_of(data)


def requests_to_replay(data: bytes) -> None:
    """A CSV of real requests, read as the command reads it: every row is read or named."""
    read_requests(TextIOWrapper(BytesIO(data), "utf-8-sig", "surrogateescape", newline=""), ZONE)


def case_log(data: bytes) -> None:
    """A log of cases: the first byte chooses whether it is read as XES or as a table, packed or not."""
    ending = (".xes", ".csv", ".xes.gz", ".csv.gz")[data[0] % 4] if data else ".xes"
    told = mined(lambda: BytesIO(data[1:]), ending)
    if isinstance(told, Refused):
        return
    found, _ = told
    assert 0 <= found.timed <= found.cases
    lies = found.durations
    assert (lies is None) == (found.timed == 0)
    assert lies is None or 0 <= lies.least_days <= lies.median_days <= lies.most_days


def register_of_parts(data: bytes) -> None:
    """A CSV of parts."""
    for row in read_parts(BytesIO(data), _CHECKS):
        assert row is not None


def approvals(data: bytes) -> None:
    """A CSV of the approvals of construction projects: read whole or not at all, and then planned for every type."""
    rows, faults = read_approvals("items.csv", data)
    assert bool(rows) != bool(faults)
    for of_type in TYPES:
        found = compared(rows, of_type)
        assert sum(item.days for item in found.after.path) == found.after.critical_days


def materials(data: bytes) -> None:
    """A CSV of what items ask for: read whole or not at all, and then every number is that of its list."""
    rows, faults = read_rows("list.csv", data)
    assert bool(rows) != bool(faults)
    for flow in flows_of(rows):
        assert flow.different.number + flow.repeats.number == flow.materials.number
        assert len({one.row.line for one in flow.proposals}) == len(flow.proposals)


def exchange(data: bytes) -> None:
    """A CSV of rows for the exchange that was filled in: each row is ready or refused, and comes back as it was."""
    rows, faults = read_exchange("rows.csv", data)
    assert not (rows and faults)
    found = sorted_out(rows, filled=True)
    assert len(found.ready) + len(found.refused) == len(rows)
    assert all(one.faults for one in found.refused)
    read = [row for row in rows if any(row.cell(name) for name in COLUMNS)]
    assert list(read_exchange("again.csv", table_of(read).encode())[0]) == read


def query(data: bytes) -> None:
    """What stands behind a question mark: pages, limits, boxes, times, ways back."""
    text = text_of(data)
    sent = dict(parse_qsl(text, keep_blank_values=True))
    assert asked_page(sent, "page") >= 1
    for found in (read_items(sent, most=100), read_form(sent, text), read_box(text), read_span(text)):
        assert found is not None
    assert local_path(text).startswith("/") and not local_path(text).startswith("//")


def address(data: bytes) -> None:
    """The address of a hook."""
    text = text_of(data)
    assert not is_sendable(text, loopback=False) or text.lower().startswith("https:")


def token(data: bytes) -> None:
    """The word of a link, and masks that a form brings back."""
    text = text_of(data)
    report_behind(text, b"s")
    assert unsealed(text, b"s", what=b"x") is None
    masks = read_masks(text)
    assert masks is None or read_masks(written_masks(masks)) == masks
