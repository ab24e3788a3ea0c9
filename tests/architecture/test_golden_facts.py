"""Bytes of facts as the house wrote them one day are read for ever: `tests/golden/facts.json` only grows."""

from typing import Any, Final

import msgspec
import pytest
from tools.write_golden_facts import FILE, body_of, fact_in

from onecity.bootstrap.rooms import FACT_TYPES

GOLDEN: Final = msgspec.json.decode(FILE.read_bytes(), type=dict[str, list[str]])
"""For each kind its bytes, one for each shape that it had, the oldest first."""
MEND: Final = (
    "Call python tools/write_golden_facts.py; if old bytes are not read any more, the fact needs a new version."
)


def keeps(new: Any, old: Any) -> bool:
    """Whether all that was said is said still."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in new and keeps(new[key], said) for key, said in old.items())
    if isinstance(old, list):
        return isinstance(new, list) and len(new) == len(old) and all(map(keeps, new, old))
    return bool(new == old)


def test_every_version_of_every_fact_has_its_bytes() -> None:
    kinds = {f"{kind.name}/{version}" for kind in FACT_TYPES for version in range(1, kind.version + 1)}
    assert kinds == set(GOLDEN), MEND
    assert all(GOLDEN.values())


@pytest.mark.parametrize("kind", FACT_TYPES, ids=lambda kind: kind.kind)
def test_bytes_of_old_are_read_and_written_again(kind: Any) -> None:
    for version in range(1, kind.version + 1):
        for body in GOLDEN[f"{kind.name}/{version}"]:
            read = fact_in(f"{kind.name}/{version}", body)
            again, locked = body_of(read), msgspec.json.decode(body).get("sealed", {})
            assert fact_in(kind.kind, again) == read
            assert all(getattr(read.fact, field) is not None for field in locked), "what was locked opens"
            if version == kind.version:
                assert keeps(msgspec.json.decode(again), msgspec.json.decode(body)), MEND
    assert body_of(fact_in(kind.kind, GOLDEN[kind.kind][-1])) == GOLDEN[kind.kind][-1], MEND
