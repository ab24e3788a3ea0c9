"""The outside checker: a good export passes, and whatever is flipped, cut, lost or added is a fault.

The exports are made without a database, and one test shows that the product writes the same files.
"""

import ast
import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import redirect_stdout
from functools import cache
from hashlib import sha256, sha512
from importlib.util import module_from_spec, spec_from_file_location
from io import StringIO
from itertools import count
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.rings import Ring

from onecity.ledger import Checkpoint, CheckpointKey, Stored, export, store
from onecity.ledger.published import keys_and_checkpoint
from onecity.ledger.tiles import WIDTH, TileTree, framed, tile_path
from onecity.ledger.tree import leaf_hash

VERIFIER = Path(__file__).parents[3] / "tools" / "verify_ledger.py"
ORIGIN = "ledger.test.example"
KEY = CheckpointKey(ORIGIN, Ring(bytes(range(32))))
STRANGER = CheckpointKey(ORIGIN, Ring(bytes(32)))
ELSEWHERE = CheckpointKey("elsewhere.example", Ring(bytes(range(32))))
LINE_FEED = b"\n"
EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

Files = dict[str, bytes]


def loaded() -> ModuleType:
    spec = spec_from_file_location("verify_ledger", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    # The slow arithmetic is done once for the same question: thousands of damages leave the signature as it was.
    module.__dict__["signature_holds"] = cache(module.signature_holds)
    return module


TOOL = loaded()


@cache
def facts(size: int) -> tuple[Stored, ...]:
    """Facts of three histories, one after the other in turn."""
    body = '{"at":"2020-09-22T04:00:00Z","data":{"name":"林晓梅","amount":%d}}'
    return tuple(Stored(UUID(int=n % 3 + 1), n // 3 + 1, "test.added/1", (body % n).encode()) for n in range(size))


def entries(size: int) -> list[bytes]:
    return [fact.entry() for fact in facts(size)]


def sealed(of: Sequence[bytes], *, key: CheckpointKey = KEY) -> Files:
    """The files of an export of these entries."""
    files: Files = {}
    tree = TileTree(files.__setitem__)
    for entry in of:
        tree.append(leaf_hash(entry))
    for first in range(0, len(of), WIDTH):
        bundle = of[first : first + WIDTH]
        files[tile_path("entries", first // WIDTH, len(bundle))] = framed(bundle)
    point = Checkpoint(key.origin, tree.size, tree.root())
    return files | dict(tree.partial_tiles()) | keys_and_checkpoint(key, point)


def note_of(size: int, *, key: CheckpointKey = KEY) -> bytes:
    return sealed(entries(size), key=key)["checkpoint"]


def laid(files: Files, folder: Path) -> Path:
    """The files, put into a new folder."""
    folder.mkdir()
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def verdict(*words: str | Path) -> tuple[int, str]:
    """What the tool returns and says. Each fault is one line."""
    said = StringIO()
    with redirect_stdout(said):
        code = TOOL.main([str(word) for word in words])
    assert (code, said.getvalue().count("\n")) in {(0, 3), (1, 1)}
    assert said.getvalue().startswith("ok: " if code == 0 else "fault: ")
    return code, said.getvalue()


def fault(*words: str | Path) -> str:
    code, said = verdict(*words)
    assert code == 1, said
    return said


def flipped(content: bytes, bit: int) -> bytes:
    return content[: bit // 8] + bytes([content[bit // 8] ^ 1 << bit % 8]) + content[bit // 8 + 1 :]


# --- good exports


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 600, 65_537])
def test_a_good_export_passes(size: int, tmp_path: Path) -> None:
    code, said = verdict(laid(sealed(entries(size)), tmp_path / "export"))
    assert code == 0
    assert said.startswith(f"ok: {size} facts in {min(size, 3)} histories, root ")


@pytest.mark.parametrize("size", [0, 1, 256, 257])
async def test_the_product_writes_the_exports_of_these_tests(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sealed_size(_: object) -> int:
        return size

    async def sealed_facts(_: object, first: int, end: int) -> AsyncIterator[store.SealedFact]:
        for position, fact in enumerate(facts(size)[first:end]):
            yield store.SealedFact(position, leaf_hash(fact.entry()), fact, b"")

    monkeypatch.setattr(store, "sealed_size", sealed_size)
    monkeypatch.setattr(store, "sealed_facts", sealed_facts)
    await export(MagicMock(), KEY, tmp_path)
    files = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert files == sealed(entries(size))


def test_without_a_key_it_says_that_the_key_came_from_the_export(tmp_path: Path) -> None:
    _, said = verdict(laid(sealed(entries(2)), tmp_path / "export"))
    assert "\nkey: taken from the export itself" in said
    assert "\nolder: none given; without an older checkpoint nobody can find a history that was rewritten" in said


def test_with_the_true_key_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY.line(), "utf-8")
    code, said = verdict(laid(sealed(entries(2)), tmp_path / "export"), "--key", tmp_path / "key")
    assert (code, "key: the one you named\n" in said) == (0, True)


# --- damage


@pytest.mark.parametrize("name", sealed(entries(2)))
def test_every_single_flipped_bit_is_a_fault(name: str, tmp_path: Path) -> None:
    folder, content = laid(sealed(entries(2)), tmp_path / "export"), sealed(entries(2))[name]
    for bit in range(8 * len(content)):
        (folder / name).write_bytes(flipped(content, bit))
        assert verdict(folder)[0] == 1, f"bit {bit} of {name}"


LARGER = sealed(entries(257))


@pytest.mark.parametrize("name", LARGER)
def test_a_damaged_file_is_a_fault_in_every_file_of_a_larger_export(name: str, tmp_path: Path) -> None:
    folder, content = laid(LARGER, tmp_path / "export"), LARGER[name]
    bits = [*range(0, 8 * len(content), len(content) // 8), 8 * len(content) - 1]
    damaged = [flipped(content, bit) for bit in bits]
    damaged += [content[:length] for length in (0, 1, 2, len(content) // 2, len(content) - 32, len(content) - 1)]
    damaged += [content + more for more in (b"\0", b"\n", content[-1:], content[-32:], content)]
    damaged += [content[1:], b"\n" + content, b"\xef\xbb\xbf" + content, bytes(len(content))]
    for number, wrong in enumerate(damaged):
        (folder / name).write_bytes(wrong)
        assert verdict(folder)[0] == 1, f"damage {number} of {name}"


@pytest.mark.parametrize("name", LARGER)
def test_a_file_that_is_lost_is_named(name: str, tmp_path: Path) -> None:
    folder = laid(LARGER, tmp_path / "export")
    (folder / name).unlink()
    assert name in fault(folder)


def to_folder(file: Path, _: Path) -> None:
    file.unlink()
    file.mkdir()


def to_link(file: Path, outside: Path) -> None:
    file.rename(outside)
    file.symlink_to(outside)


def to_broken_link(file: Path, outside: Path) -> None:
    file.unlink()
    file.symlink_to(outside)


@pytest.mark.parametrize("replace", [to_folder, to_link, to_broken_link])
@pytest.mark.parametrize("name", [*LARGER, "tile", "tile/0", "tile/entries/001.p"])
def test_what_is_not_the_file_itself_is_a_fault(
    name: str, replace: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    folder = laid(LARGER, tmp_path / "export")
    if name in LARGER or replace is to_link:
        replace(folder / name, tmp_path / "outside")
        fault(folder)


@pytest.mark.parametrize("name", ["key", "checkpoint", "tile/0/000", "strange"])
def test_a_pipe_in_the_folder_is_a_fault_and_does_not_hold_the_check_up(name: str, tmp_path: Path) -> None:
    folder = laid(LARGER, tmp_path / "export")
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert run(tmp_path, folder).returncode == 1


STRANGE = [
    ".hidden",
    "README",
    "checkpoint.old",
    "tile/0/002",
    "tile/0/001",
    "tile/0/000.p/255",
    "tile/0/001.p/2",
    "tile/0/001.p/01",
    "tile/1/000",
    "tile/2/000.p/1",
    "tile/entries/.000.new",
    "tile/entries/001",
    "tile/entries/x000/000",
    "tile/3",
]


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("kind", ["file", "folder", "link", "broken link"])
def test_what_does_not_belong_to_the_export_is_named(name: str, kind: str, tmp_path: Path) -> None:
    folder = laid(LARGER, tmp_path / "export")
    strange = folder / name
    strange.parent.mkdir(parents=True, exist_ok=True)
    match kind:
        case "file":
            strange.write_bytes(b"")
        case "folder":
            strange.mkdir()
        case "link":
            strange.symlink_to(folder / "key")
        case _:
            strange.symlink_to(tmp_path / "nowhere")
    # The first strange thing may be a folder on the way to it.
    found = re.fullmatch(r"fault: (\S+) does not belong to the export\n", fault(folder))
    assert found is not None
    assert name.startswith(found[1])


def test_even_an_empty_export_has_no_empty_folder(tmp_path: Path) -> None:
    folder = laid(sealed([]), tmp_path / "export")
    (folder / "tile").mkdir()
    assert "tile does not belong" in fault(folder)


def test_a_strange_name_that_is_no_text_is_a_fault_like_another(tmp_path: Path) -> None:
    folder = laid(sealed([]), tmp_path / "export")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).write_bytes(b"")
    done = run(tmp_path, folder)
    assert (done.returncode, done.stderr, done.stdout[:7]) == (1, "", "fault: ")


def test_a_byte_that_is_no_text_is_a_fault_even_in_a_name_with_a_replacement_character(tmp_path: Path) -> None:
    files = sealed(entries(2), key=CheckpointKey("ledger.\N{REPLACEMENT CHARACTER}.example", Ring(bytes(32))))
    assert verdict(laid(files, tmp_path / "good"))[0] == 0
    for name in ("key", "checkpoint"):
        wrong = files[name].replace("\N{REPLACEMENT CHARACTER}".encode(), b"\xff")
        fault(laid({**files, name: wrong}, tmp_path / name))


# --- leaves that changed places, and histories with gaps


def exchanged(content: bytes, first: bytes, second: bytes) -> bytes:
    assert len(first) == len(second)
    assert content.count(first) == content.count(second) == 1
    return content.replace(first, b"\0" * len(first)).replace(second, first).replace(b"\0" * len(first), second)


@pytest.mark.parametrize(
    "files", [["tile/entries/000.p/9"], ["tile/0/000.p/9"], ["tile/entries/000.p/9", "tile/0/000.p/9"]]
)
@pytest.mark.parametrize(("first", "second"), [(0, 1), (3, 8), (1, 4)])
def test_two_leaves_that_changed_places_are_a_fault(first: int, second: int, files: list[str], tmp_path: Path) -> None:
    good, of = sealed(entries(9)), entries(9)
    pairs = {
        "tile/entries/000.p/9": (of[first], of[second]),
        "tile/0/000.p/9": (leaf_hash(of[first]), leaf_hash(of[second])),
    }
    swapped = {name: exchanged(good[name], *pairs[name]) for name in files}
    fault(laid(good | swapped, tmp_path / "export"))


def entry(*, stream: int = 1, version: int = 1, length: int = 1, kind: bytes = b"k", body: bytes = b"{}") -> bytes:
    return stream.to_bytes(16, "big") + version.to_bytes(4, "big") + bytes([length]) + kind + body


HISTORIES = {
    "a history with a gap": [entry(), entry(version=3)],
    "a history that begins at two": [entry(version=2)],
    "a history that begins at nothing": [entry(version=0)],
    "a version twice": [entry(), entry()],
    "versions the wrong way round": [entry(), entry(version=3), entry(version=2)],
    "a version of another history": [entry(), entry(stream=2, version=2)],
    "a fact left out in the middle": entries(9)[:4] + entries(9)[5:],
    "a kind that is longer than it says": [entry(kind=b"kk")],
    "a kind that is shorter than it says": [entry(length=2)],
    "a kind that is not ASCII": [entry(length=2, kind="é".encode())],
    "a body that is a list": [entry(body=b"[]")],
    "a body that is a number": [entry(body=b"7")],
    "a body that is not there": [entry(body=b"")],
    "a body with something after it": [entry(body=b"{}{}")],
    "a body that is not closed": [entry(body=b'{"a":1')],
    "a body that is far too deep": [entry(body=b'{"a":' + b"[" * 60_000)],
    "a body in UTF-16": [entry(body="{}".encode("utf-16-le"))],
    "a body with half a character": [entry(body=b'{"a":"\xed\xa0\x80"}')],
    "a body with a number that JSON does not have": [entry(body=b'{"a":NaN}')],
    "an entry without a kind": [entry()[:20]],
    "an entry that is a stream only": [entry()[:16]],
    "an entry of one byte": [b"\0"],
    "an empty entry": [b""],
}


def test_the_smallest_history_passes(tmp_path: Path) -> None:
    of = [entry(), entry(stream=2), entry(version=2), entry(length=0, kind=b"", stream=3)]
    assert verdict(laid(sealed(of), tmp_path / "export"))[0] == 0


@pytest.mark.parametrize("name", HISTORIES)
def test_what_the_city_signed_must_still_be_histories_of_facts(name: str, tmp_path: Path) -> None:
    fault(laid(sealed(HISTORIES[name]), tmp_path / "export"))


# --- keys


def test_an_export_that_another_signed_is_a_fault_for_who_names_the_true_key(tmp_path: Path) -> None:
    folder = laid(sealed(entries(2), key=STRANGER), tmp_path / "export")
    (tmp_path / "key").write_text(KEY.line(), "utf-8")
    assert "another key" in fault(folder, "--key", tmp_path / "key")
    assert "key: taken from the export itself" in verdict(folder)[1]
    (folder / "key").write_text(KEY.line(), "utf-8")
    assert "signature" in fault(folder, "--key", tmp_path / "key")


def test_the_same_key_under_another_name_is_another_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(ELSEWHERE.line(), "utf-8")
    assert "another key" in fault(laid(sealed([]), tmp_path / "export"), "--key", tmp_path / "key")


def respelled(text: str) -> str:
    """Base64 whose last character differs in bits that encode nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = text.rstrip("=")[-1]
    other = text.rstrip("=")[:-1] + alphabet[alphabet.index(last) + 1] + "=" * text.count("=")
    assert text.endswith("=")
    assert b64decode(other) == b64decode(text)
    return other


def key_line(name: str, raw: bytes) -> str:
    """A key of any form, whose hash is right for it."""
    return f"{name}+{sha256(name.encode() + LINE_FEED + raw).hexdigest()[:8]}+{b64encode(raw).decode()}\n"


NAME, HASH, PUBLIC = KEY.line().strip().split("+", 2)
RAW = b64decode(PUBLIC)
KEYS = {
    "no line feed": KEY.line().strip(),
    "two line feeds": KEY.line() + "\n",
    "two keys": KEY.line() + STRANGER.line(),
    "a carriage return": KEY.line().replace("\n", "\r\n"),
    "no name": key_line("", RAW),
    "a space in the name": key_line(f"a {NAME}", RAW),
    "a wide space in the name": key_line(f"a\N{IDEOGRAPHIC SPACE}{NAME}", RAW),
    "a plus in the name": key_line(f"a+{NAME}", RAW),
    "another hash": f"{NAME}+{'0' * 8}+{PUBLIC}\n",
    "a hash in capitals": f"{NAME}+{HASH.upper()}+{PUBLIC}\n",
    "a key of another algorithm": key_line(NAME, b"\2" + RAW[1:]),
    "a short key": key_line(NAME, RAW[:-1]),
    "a long key": key_line(NAME, RAW + bytes(1)),
    "no public key": key_line(NAME, b""),
    "base64 with another character in it": f"{NAME}+{HASH}+{PUBLIC[:9]}*{PUBLIC[9:]}\n",
    "base64 with padding it does not need": f"{NAME}+{HASH}+{PUBLIC}====\n",
    "base64 that is cut": f"{NAME}+{HASH}+{PUBLIC[:-3]}\n",
    "base64 that is not ASCII": f"{NAME}+{HASH}+{PUBLIC[:-1]}é\n",
    "nothing": "",
}


def test_the_form_of_the_hostile_keys_is_the_good_one_but_for_the_fault() -> None:
    assert key_line(NAME, RAW) == KEY.line()


@pytest.mark.parametrize("name", KEYS)
def test_a_key_in_another_form_is_a_fault_wherever_it_stands(name: str, tmp_path: Path) -> None:
    wrong = KEYS[name].encode()
    (tmp_path / "key").write_bytes(wrong)
    fault(laid(sealed([]) | {"key": wrong}, tmp_path / "inside"))
    fault(laid(sealed([]), tmp_path / "outside"), "--key", tmp_path / "key")


# --- checkpoints


class Said(Checkpoint, frozen=True):
    """A checkpoint with any lines, so that a true signature stands under a wrong form."""

    lines: str = ""

    def text(self) -> str:
        return self.lines


def signed(lines: str, *, key: CheckpointKey = KEY) -> bytes:
    return key.signed(Said(ORIGIN, 0, b"", lines)).encode()


ROOT = note_of(2).decode().split("\n")[2]
FORMS = {
    "a size beyond 64 bits": f"{ORIGIN}\n{2**64 + 2}\n{ROOT}\n",
    "a size that takes long to read": f"{ORIGIN}\n{'9' * 100_000}\n{ROOT}\n",
    "a size with a leading zero": f"{ORIGIN}\n02\n{ROOT}\n",
    "a size with a plus": f"{ORIGIN}\n+2\n{ROOT}\n",
    "a negative size": f"{ORIGIN}\n-2\n{ROOT}\n",
    "a size with a space": f"{ORIGIN}\n 2\n{ROOT}\n",
    "a size in groups": f"{ORIGIN}\n0_2\n{ROOT}\n",
    "a size in other digits": f"{ORIGIN}\n\N{ARABIC-INDIC DIGIT TWO}\n{ROOT}\n",
    "a size in hexadecimal": f"{ORIGIN}\n0x2\n{ROOT}\n",
    "no size": f"{ORIGIN}\n\n{ROOT}\n",
    "no root": f"{ORIGIN}\n2\n",
    "an empty root": f"{ORIGIN}\n2\n\n",
    "an extension line": f"{ORIGIN}\n2\n{ROOT}\nmore\n",
    "a line before": f"\n{ORIGIN}\n2\n{ROOT}\n",
    "carriage returns": f"{ORIGIN}\r\n2\r\n{ROOT}\r\n",
    "another origin": f"elsewhere.example\n2\n{ROOT}\n",
    "an origin with a space": f"{ORIGIN} \n2\n{ROOT}\n",
    "no origin": f"\n2\n{ROOT}\n",
    "a root with bits that count for nothing": f"{ORIGIN}\n2\n{respelled(ROOT)}\n",
    "a root without padding": f"{ORIGIN}\n2\n{ROOT.rstrip('=')}\n",
    "a root with more padding": f"{ORIGIN}\n2\n{ROOT}=\n",
    "a root in hexadecimal": f"{ORIGIN}\n2\n{b64decode(ROOT).hex()}\n",
    "a root of 31 bytes": f"{ORIGIN}\n2\n{b64encode(b64decode(ROOT)[:31]).decode()}\n",
    "a root of 33 bytes": f"{ORIGIN}\n2\n{b64encode(b64decode(ROOT) + bytes(1)).decode()}\n",
    "a smaller size": f"{ORIGIN}\n1\n{ROOT}\n",
    "a larger size": f"{ORIGIN}\n3\n{ROOT}\n",
    "no facts": f"{ORIGIN}\n0\n{EMPTY_ROOT}\n",
}


def test_the_form_of_the_hostile_checkpoints_is_the_good_one_but_for_the_fault() -> None:
    assert signed(f"{ORIGIN}\n2\n{ROOT}\n") == note_of(2)
    assert signed(f"{ORIGIN}\n0\n{EMPTY_ROOT}\n") == note_of(0)


@pytest.mark.parametrize("name", FORMS)
def test_a_checkpoint_in_another_form_is_a_fault_although_its_signature_holds(name: str, tmp_path: Path) -> None:
    fault(laid(sealed(entries(2)) | {"checkpoint": signed(FORMS[name])}, tmp_path / "export"))


def test_a_huge_size_is_refused_at_the_first_file_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lists all the files first that 10^17 facts would have does not come back."""
    asked, tile = count(1), TOOL.tile

    def counted(*words: str | int) -> str:
        assert next(asked) < 100
        found: str = tile(*words)
        return found

    monkeypatch.setattr(TOOL, "tile", counted)
    huge = signed(f"{ORIGIN}\n{10**17}\n{ROOT}\n")
    assert "tile/entries/000 is missing" in fault(laid(sealed(entries(2)) | {"checkpoint": huge}, tmp_path / "export"))


NOTE = note_of(2).decode()
TEXT, LINE = NOTE.split("\n\n")
SIGNATURE = LINE.split()[2]
STRANGERS_LINE = note_of(2, key=STRANGER).decode().split("\n\n")[1]
NOTES = {
    "the signature twice": NOTE + LINE,
    "another signature after it": NOTE + STRANGERS_LINE,
    "another signature before it": f"{TEXT}\n\n{STRANGERS_LINE}{LINE}",
    "only the signature of another": f"{TEXT}\n\n{STRANGERS_LINE}",
    "no signature": f"{TEXT}\n\n",
    "no empty line": f"{TEXT}\n{LINE}",
    "two empty lines": f"{TEXT}\n\n\n{LINE}",
    "no last line feed": NOTE[:-1],
    "one line feed more": NOTE + "\n",
    "text after it": NOTE + "more\n",
    "a hyphen for the dash": NOTE.replace("\N{EM DASH}", "-"),
    "another name": NOTE.replace(f"\N{EM DASH} {ORIGIN}", "\N{EM DASH} elsewhere.example"),
    "another key hash": NOTE.replace(SIGNATURE, b64encode(bytes(4) + b64decode(SIGNATURE)[4:]).decode()),
    "a signature that is cut": NOTE.replace(SIGNATURE, b64encode(b64decode(SIGNATURE)[:-1]).decode()),
    "a signature that is longer": NOTE.replace(SIGNATURE, b64encode(b64decode(SIGNATURE) + bytes(1)).decode()),
    "a signature with bits that count for nothing": NOTE.replace(SIGNATURE, respelled(SIGNATURE)),
    "a signature without padding": NOTE.replace(SIGNATURE, SIGNATURE.rstrip("=")),
    "a signature in the alphabet of addresses": NOTE.replace(SIGNATURE, f"{SIGNATURE[:9]}-_{SIGNATURE[11:]}"),
    "carriage returns": NOTE.replace("\n", "\r\n"),
    "a byte order mark": "\N{ZERO WIDTH NO-BREAK SPACE}" + NOTE,
    "nothing": "",
}


@pytest.mark.parametrize("name", NOTES)
def test_a_signed_note_in_another_form_is_a_fault(name: str, tmp_path: Path) -> None:
    fault(laid(sealed(entries(2)) | {"checkpoint": NOTES[name].encode()}, tmp_path / "export"))


# --- older checkpoints


@pytest.mark.parametrize(
    ("before", "now"), [(0, 0), (0, 257), (1, 1), (1, 2), (3, 7), (255, 256), (256, 257), (257, 600), (512, 600)]
)
def test_an_older_checkpoint_shows_that_nothing_changed_since(before: int, now: int, tmp_path: Path) -> None:
    (tmp_path / "older").write_bytes(note_of(before))
    code, said = verdict(laid(sealed(entries(now)), tmp_path / "export"), "--older", tmp_path / "older")
    assert (code, said.splitlines()[2]) == (0, f"older: all {before} facts of the older checkpoint stand unchanged")


@pytest.mark.parametrize("now", [2, 257, 300])
def test_a_history_that_was_rewritten_as_a_whole_is_found_only_with_an_older_checkpoint(
    now: int, tmp_path: Path
) -> None:
    rewritten = [entries(now)[0].replace(b'"amount":0', b'"amount":9'), *entries(now)[1:]]
    folder = laid(sealed(rewritten), tmp_path / "export")
    assert verdict(folder)[0] == 0
    for before in (1, 2, now):
        (tmp_path / "older").write_bytes(note_of(before))
        assert f"the {before} facts of the older checkpoint do not stand" in fault(
            folder, "--older", tmp_path / "older"
        )


OLDER = {
    "larger than now": note_of(3),
    "of no facts with a root": signed(f"{ORIGIN}\n0\n{ROOT}\n"),
    "of one fact with the root of two": signed(f"{ORIGIN}\n1\n{ROOT}\n"),
    "of a huge size": signed(f"{ORIGIN}\n{10**17}\n{ROOT}\n"),
    "of another origin": note_of(1, key=ELSEWHERE),
    "by another key": note_of(1, key=STRANGER),
    "empty": b"",
    "cut": note_of(1)[:-9],
    "with a flipped bit": flipped(note_of(1), 8 * len(ORIGIN) + 8),
    "that is no text": b"\xff" * 200,
    "that is a key": KEY.line().encode(),
}


@pytest.mark.parametrize("name", OLDER)
def test_an_older_checkpoint_that_shows_nothing_is_a_fault(name: str, tmp_path: Path) -> None:
    (tmp_path / "older").write_bytes(OLDER[name])
    fault(laid(sealed(entries(2)), tmp_path / "export"), "--older", tmp_path / "older")


@pytest.mark.parametrize("option", ["--older", "--key"])
def test_a_file_that_was_named_and_is_not_there_is_a_fault(option: str, tmp_path: Path) -> None:
    folder = laid(sealed(entries(2)), tmp_path / "export")
    fault(folder, option, tmp_path / "nowhere")
    fault(folder, option, tmp_path)


# --- the signature

LONG = (
    "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1e355f6c50544e23f"
    "b1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d658675fc6ea534e0810a4432826bf58c"
    "941efb65d57a338bbd2e26640f89ffbc1a858efcb8550ee3a5e1998bd177e93a7363c344fe6b199ee5d02e82d522c4feba15452f80288a82"
    "1a579116ec6dad2b3b310da903401aa62100ab5d1a36553e06203b33890cc9b832f79ef80560ccb9a39ce767967ed628c6ad573cb116dbef"
    "efd75499da96bd68a8a97b928a8bbc103b6621fcde2beca1231d206be6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53"
    "f1d8ac70bdcb7ed185ce81bd84359d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d"
    "502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f27088d78b7e883c8759"
    "d2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089beccf80cfe2df16a2cf65bd92dd597b07"
    "07e0917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128bab27af87a71314f318c782b23ebfe808b82b0ce26401d2e22"
    "f04d83d1255dc51addd3b75a2b1ae0784504df543af8969be3ea7082ff7fc9888c144da2af58429ec96031dbcad3dad9af0dcbaaaf268cb8"
    "fcffead94f3c7ca495e056a9b47acdb751fb73e666c6c655ade8297297d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb"
    "038dda0847dd988dcda6f3bfd15c4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34df"
    "f7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4ef5d63653a65040cf9bfd4aca7984a74d371459867"
    "80fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276cd419c17a3ca8e1b939ae49e488acba6b965610b5480109c8b17b80e1"
    "b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e308aa342721aac0943bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a4"
    "3dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5fb93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b5"
    "0d334ba77c225bc307ba537152f3f1610e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fd"
    "e7cb68606937380db2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8ca"
    "c60c905c15fc910840b94c00a0b9d0"
)
# RFC 8032 §7.1: TEST 1, 2, 3, 1024 and SHA(abc); public key, message, signature.
RFC_8032 = {
    "1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    "1024": (
        "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
        LONG,
        "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6ac00a9704a188a03",
    ),
    "SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
}
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493


def little(number: int) -> bytes:
    return number.to_bytes(32, "little")


@pytest.mark.parametrize("name", RFC_8032)
def test_the_signatures_of_the_standard_hold_and_their_neighbours_do_not(name: str) -> None:
    public, message, signature = (bytes.fromhex(part) for part in RFC_8032[name])
    assert TOOL.signature_holds(public, message, signature)
    assert not TOOL.signature_holds(public, message + b"\0", signature)
    assert not TOOL.signature_holds(public, message[:-1] or b"\0", signature)
    for bit in (0, 1, 100, 254, 255):
        assert not TOOL.signature_holds(flipped(public, bit), message, signature)
    for bit in (0, 1, 254, 255, 256, 257, 500, 508, 509, 510, 511):
        assert not TOOL.signature_holds(public, message, flipped(signature, bit))
    assert not TOOL.signature_holds(public, message, signature[32:] + signature[:32])


@pytest.mark.parametrize("name", RFC_8032)
@pytest.mark.parametrize("times", [1, 2, 4, 8, 15])
def test_a_signature_with_the_order_added_to_its_number_does_not_hold(name: str, times: int) -> None:
    public, message, signature = (bytes.fromhex(part) for part in RFC_8032[name])
    number = int.from_bytes(signature[32:], "little") + times * ORDER
    if number < 2**256:
        assert not TOOL.signature_holds(public, message, signature[:32] + little(number))


@pytest.mark.parametrize("name", ["1", "1024"])
def test_the_order_itself_is_no_number_of_a_signature(name: str) -> None:
    public, message, signature = (bytes.fromhex(part) for part in RFC_8032[name])
    for number in (ORDER, ORDER + 1, 2**253, 2**256 - 1, 0):
        assert not TOOL.signature_holds(public, message, signature[:32] + little(number))


def test_a_point_has_one_spelling() -> None:
    sign = 1 << 255
    assert TOOL.point_of(little(1)) == (0, 1)
    assert TOOL.point_of(little(P - 1)) == (0, P - 1)
    wrong = [1 | sign, P - 1 | sign, *range(P, 2**255), *(y | sign for y in range(P, 2**255))]
    assert [TOOL.point_of(little(y)) for y in wrong] == [None] * 40


@pytest.mark.parametrize("y", [2, 7, 8, P - 2, P - 7])
def test_what_lies_beside_the_curve_is_no_point(y: int) -> None:
    assert TOOL.point_of(little(y)) is None


def test_a_point_keeps_its_sign() -> None:
    for name in RFC_8032:
        raw = bytes.fromhex(RFC_8032[name][0])
        (x, y), other = TOOL.point_of(raw), TOOL.point_of(flipped(raw, 255))
        assert (x & 1, other) == (raw[31] >> 7, (P - x, y))


def secret_number(seed: bytes) -> int:
    """RFC 8032 §5.1.5."""
    number = int.from_bytes(sha512(seed).digest()[:32], "little")
    return number & (1 << 254) - 8 | 1 << 254


def asked(r: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(sha512(r + public + message).digest(), "little") % ORDER


def test_another_spelling_of_r_is_refused_where_only_the_spelling_is_wrong() -> None:
    """With the neutral point as R, who has the key can find a number that fits each spelling of R."""
    seed, message = bytes(range(32)), b"message"
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    held = []
    for r in (little(1), little(P + 1), little(1 | 1 << 255)):
        number = asked(r, public, message) * secret_number(seed) % ORDER
        held.append(TOOL.signature_holds(public, message, r + little(number)))
    assert held == [True, False, False]


def test_another_spelling_of_a_public_key_is_refused_where_only_the_spelling_is_wrong() -> None:
    """Under the neutral point as the key, every R holds with its own number, whatever is signed."""
    seed, message = bytes(range(32)), b"message"
    r = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    signature = r + little(secret_number(seed) % ORDER)
    assert [TOOL.signature_holds(little(y), message, signature) for y in (P + 1, 1 | 1 << 255)] == [False, False]


@pytest.mark.parametrize("length", [0, 1, 63, 64, 200, 1000])
def test_what_the_product_signs_holds(length: int) -> None:
    key, message = Ed25519PrivateKey.from_private_bytes(bytes([length % 256]) * 32), b"m" * length
    assert TOOL.signature_holds(key.public_key().public_bytes_raw(), message, key.sign(message))


# --- the program


def run(cwd: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    """The tool as others start it: alone, from anywhere, without what is installed beside Python."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-I", "-S", "-W", "error", VERIFIER, *words]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, cwd=cwd, env=environment, timeout=5
    )


def test_it_works_alone_from_any_folder(tmp_path: Path) -> None:
    laid(sealed(entries(257)), tmp_path / "export")
    (tmp_path / "key").write_text(KEY.line(), "utf-8")
    (tmp_path / "older").write_bytes(note_of(256))
    done = run(tmp_path, "export", "--key", "key", "--older", "older")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 3)
    (tmp_path / "export" / "tile" / "0" / "000").write_bytes(b"")
    done = run(tmp_path, tmp_path / "export")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "fault: tile/0/000 does not agree with the entries\n"


@pytest.mark.parametrize("words", [[], ["nowhere"], ["key"], [".", "--newer", "key"], [".", "--key"], [".", "more"]])
def test_a_wrong_call_is_neither_a_pass_nor_a_fault(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY.line(), "utf-8")
    done = run(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    assert fault(tmp_path)


def test_it_changes_nothing_in_the_folder(tmp_path: Path) -> None:
    folder = laid(sealed(entries(2)), tmp_path / "export")
    verdict(folder)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(
        sealed(entries(2))
    )


def test_it_is_short_enough_to_be_read_before_it_is_trusted() -> None:
    assert len(VERIFIER.read_text("utf-8").splitlines()) <= 200


def test_it_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(VERIFIER.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
    assert not {"importlib", "ctypes", "subprocess", "socket"} & names
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not {"__import__", "eval", "exec", "compile"} & called
