"""What an auditor asks of the memory of a running city, on the command line."""

import json
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.architecture.house import ROOT, rows

from onecity.drills.cities import RunningCity
from onecity.ledger import leaf_hash
from onecity.ledger.tree import included

PATIENCE_S = 30
DATA = "Folders and files of the data folder"


def asked(city: RunningCity, *words: str) -> subprocess.CompletedProcess[str]:
    """A command on the city's data."""
    call = [sys.executable, "-m", "onecity", *words, "--data", str(city.data)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_a_proof_for_machines_holds_without_the_city(city: RunningCity) -> None:
    program = city.program()
    affair = program.apply()["affair"]
    program.close()
    patience = time.monotonic() + PATIENCE_S
    while (done := asked(city, "ledger", "prove", affair, "1", "--json")).returncode == 1:
        assert time.monotonic() < patience, "a fact is sealed within a second"
    proof = json.loads(done.stdout)
    size, root = proof["checkpoint"].split("\n")[1:3]
    path = [b64decode(step) for step in proof["path"]]
    assert included(leaf_hash(b64decode(proof["entry"])), proof["position"], int(size), path, b64decode(root))
    told = asked(city, "ledger", "prove", affair, "1").stdout
    assert told.startswith(f"position {proof['position']} of ")


def test_a_fact_that_is_not_there_is_refused(city: RunningCity) -> None:
    done = asked(city, "ledger", "prove", "0199c6a2-0000-7000-8000-000000000000", "1", "--json")
    assert (done.returncode, done.stdout) == (1, "")


def test_the_checks_of_the_memory_speak_to_machines(city: RunningCity) -> None:
    verified = asked(city, "ledger", "verify", "--json")
    assert verified.returncode == 0
    found = json.loads(verified.stdout)
    assert found["damages"] == []
    folded = json.loads(asked(city, "ledger", "rebuild", "--check", "--json").stdout)
    assert folded["differences"] == []
    assert 0 < found["facts"] <= folded["facts"]


def test_the_code_of_an_officer_is_told_to_machines_too(city: RunningCity) -> None:
    found = json.loads(asked(city, "code", "shouli", "--json").stdout)
    assert found["login"] == "shouli"
    assert len(found["code"]) == 6
    assert asked(city, "code", "nobody").returncode == 1


def test_the_ledger_in_columns_is_written_beside_a_running_server_and_checked_and_counted_without_it(
    city: RunningCity, tmp_path: Path
) -> None:
    folder, key, older = tmp_path / "columns", tmp_path / "city.key", tmp_path / "older"
    written = asked(city, "ledger", "export", str(folder), "--form", "parquet")
    assert (written.returncode, written.stdout.split()[1:3]) == (0, ["facts", "in"]), written.stderr
    older.write_bytes((city.data / "ledger" / "checkpoint").read_bytes())
    key.write_bytes((city.data / "ledger" / "key").read_bytes())
    again = asked(city, "ledger", "export", str(folder), "--form", "parquet")
    assert again.returncode == 0, again.stderr
    verify = ("ledger", "verify", str(folder), "--key", str(key), "--older", str(older), "--json")
    found = json.loads(without_a_city(*verify).stdout)
    assert found == {"facts": int(again.stdout.split()[0]), "damages": []}
    counted = without_a_city("analytics", "run", "counts", "--on", str(folder), "--json")
    assert sum(row["number"] for row in json.loads(counted.stdout)[0]["rows"]) == found["facts"]


def without_a_city(*words: str) -> subprocess.CompletedProcess[str]:
    """A command for which a folder is enough."""
    return subprocess.run([sys.executable, "-m", "onecity", *words], capture_output=True, text=True, check=True)


def test_purges_and_archives_speak_to_machines(city: RunningCity, tmp_path: Path) -> None:
    found = json.loads(asked(city, "retention", "run", "--archive", str(tmp_path), "--json").stdout)
    assert found["purged"]["people.purge_reads"] == 0
    kept = json.loads(asked(city, "retention", "list", "--archive", str(tmp_path), "--json").stdout)
    assert sum(one["facts"] for one in kept) > 100
    assert {one["month"]: one["facts"] for one in found["archived"]} == {
        one["month"]: one["archived"] for one in kept if one["archived"] is not None
    }


def test_every_file_that_a_city_keeps_is_named_on_the_page_of_working_state(city: RunningCity) -> None:
    named = tuple(row[0] for row in rows((ROOT / "WORKING_STATE.md").read_text("utf-8"), DATA))
    whole = {path.relative_to(city.data).as_posix() for path in (*city.data.glob("*"), *city.data.glob("*/*"))}
    # A folder is named by what lies in it, a file with its companions by its beginning.
    strange = [name for name in whole if not any(one.startswith(name) or name.startswith(one) for one in named)]
    assert strange == []
    assert {"keys/keys.sqlite", "onecity.log", "run.lock", "simulated_accounts.json"} <= whole


def test_the_doctor_hears_from_a_running_city_that_all_is_well(city: RunningCity) -> None:
    patience = time.monotonic() + 6 * PATIENCE_S
    while True:
        found = {one["what"]: one for one in json.loads(asked(city, "doctor", "--port", "0", "--json").stdout)}
        if all(found[what]["ok"] for what in ("sealing", "jobs", "rows")):
            break
        assert time.monotonic() < patience, found
    assert found["jobs"]["found"] == "none breaks off, none is late"
    assert "seal" in found["sealing"]["found"]


def test_every_line_of_the_log_of_a_run_is_json_and_a_request_names_its_batch(city: RunningCity) -> None:
    program = city.program()
    program.apply()
    program.close()
    # Lines are written once the answer is on its way.
    until = time.monotonic() + PATIENCE_S
    while not (lines := logged(city)) or not named_by_their_batches(lines):
        assert time.monotonic() < until, lines
        time.sleep(0.1)
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)


def logged(city: RunningCity) -> Sequence[Mapping[str, Any]]:
    """The whole lines of the log."""
    text = (city.data / "onecity.log").read_text("utf-8")
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def named_by_their_batches(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether somebody applied, and each request that did is named by a batch that it names."""
    batches = {line["id"]: line["requests"] for line in lines if line["event"] == "batch"}
    applied = [line for line in lines if line["event"] == "request" and line["route"] == "/api/applications"]
    return bool(applied) and all(
        any(line["id"] in batches.get(batch, ()) for batch in line["batches"]) for line in applied
    )
