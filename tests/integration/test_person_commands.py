"""`onecity person`: an engineer exports and forgets on the machine itself, beside the running city."""

import json
import subprocess
import sys

from onecity.drills.cities import RunningCity

DEMO = "林晓梅"


def onecity(city: RunningCity, *words: str, code: int = 0) -> str:
    """What a command prints; it ends with the exit code that is expected."""
    command = [sys.executable, "-m", "onecity", *words, "--data", str(city.data)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_an_engineer_exports_and_forgets_beside_the_running_city(city: RunningCity) -> None:
    citizen, other = city.program(), city.newcomer()
    citizen.apply()
    person = citizen.get("/api/account/export")["person"]
    assert DEMO in json.dumps(json.loads(onecity(city, "person", "export", person, "--json")), ensure_ascii=False)
    assert [one["reason"] for one in citizen.get("/api/reads")["reads"]] == ["导出本人的全部信息"]
    citizen.close()

    words = onecity(city, "person", "forget", person)
    assert "手机号 / Telephone number: 1, 已删除 / erased" in words
    assert "在办的事 / Cases under way: 1, 保留 / kept，《个人信息保护法》第 13 条第 1 款第 3 项" in words
    assert json.loads(onecity(city, "person", "forget", other, "--json"))["wholly"]
    deleted = (city.data / "keys-deleted").read_text("ascii")
    assert other in deleted
    assert person not in deleted
    onecity(city, "ledger", "verify")
    onecity(city, "ledger", "rebuild", "--check")
