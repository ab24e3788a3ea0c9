"""Writes the pack of a file of requests: `python -m tools.boston FILE packs/boston-2011`.

The crosswalk that is in the folder already is kept: it is written by hand.
"""

import sys
from pathlib import Path

from onecity.bootstrap.replay_pack import shipped_replay_pack, write_replay_pack
from onecity.bootstrap.replaying import opened_file, zone_of
from onecity.governance.replay import Missing, read_requests


def main(file: Path, folder: Path) -> int:
    with opened_file(file) as lines:
        found = read_requests(lines, zone_of(shipped_replay_pack()))
    if isinstance(found, Missing):
        print(f"{file} lacks the columns {', '.join(found.columns)}.", file=sys.stderr)
        return 1
    write_replay_pack(folder, found.requests)
    print(f"{folder}: {len(found.requests)} requests, {len(found.unread)} rows could not be read")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))
