"""Follows the city's verifier key from one that you kept to the one of now, without OneCity.

    python tools/follow_keys.py EXPORT --key KEPT > key-of-now

Each key names the next one under its own signature: see docs/ledger-format.md. With `--older` also: that the kept key
signed your checkpoint while it was the one that signs. Standard library only.
"""

import argparse
import re
import sys
from pathlib import Path

from verify_ledger import (  # type: ignore[import-not-found]  # the file beside this one, wherever both are put
    Fault,
    checkpoint_of,
    decoded,
    key_of,
    signature_holds,
    text_of,
)

FORM = re.compile(
    r"((?P<name>[^\s+]+)/key\n(?P<size>0|[1-9][0-9]{0,17})\n\S+\n(?P<before>\S+\n)(?P<after>\S+\n)[^\n]+\n[^\n]+\n)\n"
    r"\u2014 (?P<by>[^\s+]+) (?P<signature>\S+)\n"
)
Key = tuple[str, bytes, bytes]


def change_of(note: str, where: str) -> tuple[Key, Key, int]:
    """The key that signs, the one that it names, and the size of the largest tree under its signature."""
    if (found := FORM.fullmatch(note)) is None:
        raise Fault(f"{where} is not a note of one key on the next")
    before, after = key_of(found["before"], where), key_of(found["after"], where)
    signature = decoded(found["signature"], where)
    named = before[0] == after[0] == found["name"] == found["by"] and before[1] == signature[:4]
    if not named or len(signature) != 68 or not signature_holds(before[2], found[1].encode(), signature[4:]):
        raise Fault(f"the signature of {where} does not hold, or is not by the key that it names first")
    return before, after, int(found["size"])


def followed(folder: Path, kept: Key, older: Path | None) -> str:
    """The line of the key of now; raises Fault if the way does not begin at the kept key, or breaks."""
    at, number, begun, last = kept, 1, False, None
    while (path := folder / "keys" / str(number)).is_file():
        before, after, size = change_of(text_of(path), f"keys/{number}")
        begun = begun or before == kept
        if begun and before != at:
            raise Fault(f"keys/{number} does not follow the key before it")
        at, last, number = (after, size if before == kept else last, number + 1) if begun else (at, last, number + 1)
    now: str = text_of(folder / "key")
    if key_of(now, "key") != at:
        raise Fault("no way leads from the key that you kept to the one of now")
    if older is not None and last is not None and checkpoint_of(text_of(older), kept, older.name)[0] > last:
        raise Fault("the checkpoint speaks of more facts than its key signed before another one followed it")
    return now


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="the verifier key that you kept")
    parser.add_argument("--older", type=Path, help="a checkpoint under it that you kept")
    given = parser.parse_args(words)
    try:
        sys.stdout.write(followed(given.folder, key_of(text_of(given.key), given.key.name), given.older))
    except (ValueError, OSError) as found:
        print("fault:", str(found).encode("utf-8", "backslashreplace").decode(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
