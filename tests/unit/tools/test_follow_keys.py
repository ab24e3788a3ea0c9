"""The way from a key that somebody kept to the one of now: whole, or not at all."""

import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest
from tests.rings import Ring
from tests.unit.tools.test_verify_ledger import KEY, ORIGIN, TOOL, VERIFIER, entries, fault, laid, sealed, verdict

from onecity.kernel.errors import CannotStart
from onecity.ledger import Checkpoint, CheckpointKey
from onecity.ledger.tree import leaf_hash, root_of

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


def point(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root_of([leaf_hash(one) for one in entries(size)]))


def changed(key: CheckpointKey, size: int, why: str) -> None:
    key.ask(why, now=NOW)
    key.take(point(size))


@pytest.fixture
def key() -> CheckpointKey:
    """A key after two others: the first signed trees of up to two facts, the second of up to four."""
    found = CheckpointKey(ORIGIN, Ring(bytes(range(32))))
    changed(found, 2, "regular change")
    changed(found, 4, "机器换了")
    return found


@pytest.fixture
def export(key: CheckpointKey, tmp_path: Path) -> Path:
    (tmp_path / "first.key").write_text(KEY.line())
    (tmp_path / "older").write_text(KEY.signed(point(2)))
    return laid(sealed(entries(6), key=key), tmp_path / "export")


@pytest.fixture(scope="module")
def follow() -> Callable[..., tuple[int, str]]:
    sys.path.insert(0, str(VERIFIER.parent))
    try:
        import follow_keys  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    tool: ModuleType = follow_keys
    tool.__dict__["signature_holds"] = TOOL.signature_holds

    def run(*words: str | Path) -> tuple[int, str]:
        said, wrong = StringIO(), StringIO()
        with redirect_stdout(said), redirect_stderr(wrong):
            code = tool.main([str(word) for word in words])
        assert (code == 0) == (not wrong.getvalue())
        return code, said.getvalue() or wrong.getvalue()

    return run


Follow = Callable[..., tuple[int, str]]


def test_the_way_leads_from_each_key_to_the_one_of_now(export: Path, key: CheckpointKey, follow: Follow) -> None:
    second = key.changes()[1].splitlines()[3] + "\n"
    (export.parent / "second.key").write_text(second)
    for name in ("first.key", "second.key", "export/key"):
        assert follow(export, "--key", export.parent / name) == (0, key.line())
    (export.parent / "stranger.key").write_text(CheckpointKey(ORIGIN, Ring(bytes(32))).line())
    assert follow(export, "--key", export.parent / "stranger.key")[0] == 1


def test_an_older_checkpoint_holds_under_its_own_key(export: Path, follow: Follow) -> None:
    first, older = export.parent / "first.key", export.parent / "older"
    assert follow(export, "--key", first, "--older", older)[0] == 0
    code, said = verdict(export, "--key", export / "key", "--older", older, "--older-key", first)
    assert code == 0 and "older: all 2 facts" in said
    assert "signature" in fault(export, "--older", older), "the key of now did not sign it"
    older.write_text(KEY.signed(point(3)))
    assert "before another one followed it" in follow(export, "--key", first, "--older", older)[1]


@pytest.mark.parametrize("number", [1, 2])
def test_every_byte_of_the_notes_counts(number: int, export: Path, follow: Follow) -> None:
    path = export / "keys" / str(number)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        assert "notes on the keys" in fault(export)
        if at % 7 == 0:
            assert follow(export, "--key", export.parent / "first.key")[0] == 1


def test_a_note_that_is_lost_doubled_or_swapped_is_a_fault(export: Path, follow: Follow) -> None:
    one, two = export / "keys" / "1", export / "keys" / "2"
    first, second = one.read_bytes(), two.read_bytes()
    kept = export.parent / "first.key"
    for left in ((second, first), (first, first), (first, None), (None, second)):
        for path, content in zip((one, two), left, strict=True):
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_bytes(content)
        fault(export)
        assert follow(export, "--key", kept)[0] == 1
    one.write_bytes(first)
    two.write_bytes(second)
    (export / "keys" / "3").write_bytes(second)
    assert "does not belong" in fault(export)


def test_a_way_laid_by_a_stranger_is_none(export: Path, follow: Follow) -> None:
    thief = CheckpointKey(ORIGIN, Ring(bytes(32)))
    changed(thief, 2, "regular change")
    changed(thief, 4, "regular change")
    laid(sealed(entries(6), key=thief), export.parent / "other")
    assert verdict(export.parent / "other")[0] == 0, "an export agrees with itself"
    assert follow(export.parent / "other", "--key", export.parent / "first.key")[0] == 1


def test_a_key_signs_nothing_before_it_was_taken_and_the_older_ones_open_what_they_signed() -> None:
    ring = Ring(bytes(range(32)))
    city, other = CheckpointKey(ORIGIN, ring), CheckpointKey(ORIGIN, ring)
    before = city.note("a\n")
    city.ask("regular change", now=NOW)
    city.ask("again", now=NOW)
    assert len(ring.values()) == 2, "who asks twice before that asked once"
    assert city.note("a\n") == before and city.changes() == [] and other.waits
    other.take(point(2))
    after = city.note("a\n")
    assert after != before and city.opened(after) == city.opened(before) == "a\n"
    assert not city.waits and [one.why for one in city.renewals()] == ["regular change"]


def test_keys_of_an_older_day_than_the_folder_stop_the_start(key: CheckpointKey, export: Path) -> None:
    assert key.published(export) == point(6)
    old = CheckpointKey(ORIGIN, Ring(bytes(range(32))))
    with pytest.raises(CannotStart, match="newer key"):
        old.published(export)
