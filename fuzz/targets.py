"""Every reader of bytes from outside, by the name under which it is fuzzed; a new reader is entered here."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from fuzz import readers

SEEDS: Final = Path(__file__).parent / "seeds"


class Target(msgspec.Struct, frozen=True):
    """A reader, and the greatest input that is tried. Unit: bytes."""

    reads: Callable[[bytes], None]
    longest: int = 4096


TARGETS: Final[Mapping[str, Target]] = {
    "address": Target(readers.address, 600),
    "approvals": Target(readers.approvals),
    "case_log": Target(readers.case_log),
    "cloud_event": Target(readers.cloud_event),
    "command": Target(readers.command),
    "declaration": Target(readers.declaration, 8192),
    "exchange": Target(readers.exchange),
    "expression": Target(readers.expression, 520),
    "law_text": Target(readers.law_text, 2048),
    "ledger_export": Target(readers.ledger_export),
    "licence_code": Target(readers.licence_code, 200),
    "materials": Target(readers.materials),
    "messages": Target(readers.messages),
    "numbers": Target(readers.numbers, 100),
    "open311": Target(readers.open311),
    "photograph": Target(readers.photograph, 16384),
    "posted_form": Target(readers.posted_form),
    "query": Target(readers.query, 600),
    "register_of_parts": Target(readers.register_of_parts),
    "requests_to_replay": Target(readers.requests_to_replay),
    "routing_model": Target(readers.routing_model),
    "signed_note": Target(readers.signed_note, 1000),
    "table": Target(readers.table),
    "token": Target(readers.token, 400),
    "upload": Target(readers.upload, 1000),
}
