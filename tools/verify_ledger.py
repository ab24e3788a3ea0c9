"""Checks an export of a OneCity ledger without OneCity: every bit of every file, by docs/ledger-format.md.

Sources: RFC 6962 §2.1 (tree), RFC 8032 §5.1 (Ed25519), C2SP signed-note, tlog-checkpoint and tlog-tiles.
Standard library only: who checks the city should not have to trust what the city installs.
"""

import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256, sha512
from pathlib import Path

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


class Fault(ValueError):
    """The first thing that is not as it must be."""


def add(p: tuple[int, int], q: tuple[int, int]) -> tuple[int, int]:
    """Point addition, RFC 8032 §5.1: slow and short, because a check needs only a few hundred."""
    across = D * p[0] * q[0] * p[1] * q[1] % P
    both = pow(1 - across * across, -1, P)
    return (p[0] * q[1] + q[0] * p[1]) * (1 - across) * both % P, (p[1] * q[1] + p[0] * q[0]) * (1 + across) * both % P


def multiplied(scalar: int, point: tuple[int, int]) -> tuple[int, int]:
    found = (0, 1)
    for bit in f"{scalar:b}":
        found = add(found, found) if bit == "0" else add(add(found, found), point)
    return found


def point_of(raw: bytes) -> tuple[int, int] | None:
    """RFC 8032 §5.1.3; None if the bytes are no point in their only allowed form."""
    y, sign = int.from_bytes(raw, "little") & ((1 << 255) - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    off = y >= P or (x * x - square) % P or (x == 0 and sign)
    return None if off else (P - x if x & 1 != sign else x, y)


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature holds, RFC 8032 §5.1.7."""
    r, a, s = point_of(signature[:32]), point_of(public), int.from_bytes(signature[32:], "little")
    base = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    if r is None or a is None or base is None or s >= ORDER:
        return False
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return multiplied(s, base) == add(r, multiplied(k, a))


def decoded(text: str, where: str) -> bytes:
    """Base64 in the one spelling that encodes its bytes; any other spelling would leave bits that count for nothing."""
    if b64encode(raw := b64decode(text + "==")).decode() != text:
        raise Fault(f"{where} holds base64 that is damaged or in another spelling")
    return raw


def text_of(path: Path) -> str:
    if not path.is_file():
        raise Fault(f"the file {path.name} is missing")
    return path.read_bytes().decode()


def key_of(line: str, where: str) -> tuple[str, bytes, bytes]:
    """Name, key hash and public key of a verifier key."""
    found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)\n", line)
    raw = decoded(found[3], where) if found else b""
    digest = sha256(found[1].encode() + b"\n" + raw).digest()[:4] if found else b""
    if found is None or len(raw) != 33 or raw[0] != 1 or digest.hex() != found[2]:
        raise Fault(f"{where} is not a verifier key, or its parts do not belong together")
    return found[1], digest, raw[1:]


def checkpoint_of(note: str, key: tuple[str, bytes, bytes], where: str) -> tuple[int, bytes, int, bytes]:
    """Size and root that the key's owner signed; how many keys were before it, and the hash of their notes."""
    form = r"(([^\s+]+)\n(0|[1-9][0-9]{0,17})\n(\S+)\n(?:keys ([1-9][0-9]{0,3}) (\S+)\n)?)\n\u2014 ([^\s+]+) (\S+)\n"
    if (found := re.fullmatch(form, note)) is None:
        raise Fault(f"{where} is not a checkpoint")
    signature, root, notes = decoded(found[8], where), decoded(found[4], where), decoded(found[6] or "", where)
    mine = key[0] == found[2] == found[7] and key[1] == signature[:4] and (len(signature), len(root)) == (68, 32)
    if not mine or not signature_holds(key[2], found[1].encode(), signature[4:]):
        raise Fault(f"the signature of {where} does not hold, or is not by {key[0]}")
    return int(found[3]), root, int(found[5] or 0), notes


def tile(level: str, index: int, width: int) -> str:
    """The file of a tile or of a bundle of entries."""
    *high, low = (group.zfill(3) for group in f"{index:,}".split(","))
    return "/".join([f"tile/{level}", *(f"x{group}" for group in high), low]) + (f".p/{width}" if width < 256 else "")


def check_files(folder: Path, size: int, keys: list[str]) -> None:
    """Nothing is missing and nothing is there that should not be, not even an empty folder."""
    rows = [("entries", size)] + [(str(level), size >> 8 * level) for level in range((size.bit_length() + 7) // 8)]
    tiles = (tile(kind, at // 256, min(256, count - at)) for kind, count in rows for at in range(0, count, 256))
    there, known = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}, {"checkpoint", "key"}
    for path in (one for some in (keys, tiles) for one in some):
        if path not in there or there[path].is_symlink() or not there.pop(path).is_file():
            raise Fault(f"the file {path} is missing")
        known.update(parent.as_posix() for parent in Path(path).parents)
    if strange := sorted(path for path, found in there.items() if path not in known or found.is_symlink()):
        raise Fault(f"{strange[0]} does not belong to the export")


def entries(folder: Path, size: int) -> Iterator[bytes]:
    """The entries in the order of their positions."""
    for first in range(0, size, 256):
        path = tile("entries", first // 256, min(256, size - first))
        raw = (folder / path).read_bytes()
        for _ in range(min(256, size - first)):
            end = 2 + int.from_bytes(raw[:2], "big")
            if not 2 < end <= len(raw):
                raise Fault(f"{path} is cut")
            yield raw[2:end]
            raw = raw[end:]
        if raw:
            raise Fault(f"{path} has bytes at its end that belong to no entry")


def check_entry(entry: bytes, position: int, versions: dict[bytes, int]) -> None:
    """A history goes on by one version, and its facts are JSON objects."""
    version, kind, _, body = entry[16:20], *entry[21:].partition(b"{")
    versions[entry[:16]] = versions.get(entry[:16], 0) + 1
    if int.from_bytes(version, "big") != versions[entry[:16]]:
        raise Fault(f"the fact at position {position} does not follow the version before it")
    try:
        json.loads((b"{" + body).decode(), parse_constant=int)  # "NaN" is no number of JSON, and no int
    except (ValueError, RecursionError):
        raise Fault(f"the body of the fact at position {position} is not a JSON object") from None
    if entry[20] != len(kind) or not kind.isascii():
        raise Fault(f"the kind of the fact at position {position} has another length than it says")


def root_of(row: list[bytes]) -> bytes:
    """RFC 6962 §2.1 over a row of hashes; an odd last one rises as it is."""
    while len(row) > 1:
        pairs = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        row = pairs + row[len(pairs) * 2 :]
    return row[0] if row else sha256(b"").digest()


def check(folder: Path, key_file: Path | None, older_file: Path | None, older_key: Path | None) -> list[str]:
    """What can be said of a good export; raises Fault at the first thing that is wrong."""
    key = key_of(text_of(folder / "key"), "key")
    size, root, changes, notes = checkpoint_of(text_of(folder / "checkpoint"), key, "checkpoint")
    if key_file is not None and key_of(text_of(key_file), key_file.name) != key:
        raise Fault("the export is signed with another key than the one you named")
    check_files(folder, size, keys := [f"keys/{number}" for number in range(1, changes + 1)])
    if changes and sha256(b"".join((folder / path).read_bytes() for path in keys)).digest() != notes:
        raise Fault("the notes on the keys before this one are not those that were signed")
    then = key_of(text_of(older_key), older_key.name) if older_key else key
    older = checkpoint_of(text_of(older_file), then, "the older checkpoint") if older_file else (0, root_of([]))
    versions, row = dict[bytes, int](), list[bytes]()
    for position, entry in enumerate(entries(folder, size)):
        check_entry(entry, position, versions)
        row.append(sha256(b"\x00" + entry).digest())
    if older[0] > size or root_of(row[: older[0]]) != older[1]:
        raise Fault(f"the {older[0]} facts of the older checkpoint do not stand unchanged in this export")
    if root_of(row) != root:
        raise Fault("the signed root does not agree with the entries")
    for level in range((size.bit_length() + 7) // 8):
        parts = [row[first : first + 256] for first in range(0, len(row), 256)]
        for index, part in enumerate(parts):
            if (folder / tile(str(level), index, len(part))).read_bytes() != b"".join(part):
                raise Fault(f"{tile(str(level), index, len(part))} does not agree with the entries")
        row = [root_of(part) for part in parts if len(part) == 256]
    own = "key: taken from the export itself, so this shows only that the export agrees with itself; name it with --key"
    blind = "older: none given; without an older checkpoint nobody can find a history that was rewritten as a whole"
    return [
        f"ok: {size} facts in {len(versions)} histories, root {b64encode(root).decode()}, signed by {key[0]}",
        "key: the one you named" if key_file else own,
        f"older: all {older[0]} facts of the older checkpoint stand unchanged" if older_file else blind,
    ]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", type=Path, help="the city's verifier key, from elsewhere")
    parser.add_argument("--older", type=Path, help="a checkpoint that you kept")
    parser.add_argument("--older-key", type=Path, help="its key, if another one follows it: see follow_keys.py")
    (given := parser.parse_args(words)).folder.is_dir() or parser.error(f"there is no folder {given.folder}")
    try:
        print("\n".join(check(given.folder, given.key, given.older, given.older_key)))
    except (ValueError, OSError) as found:
        print("fault:", str(found).encode("utf-8", "backslashreplace").decode())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
