"""What commands on a city say about hooks and parts to whoever reads and is no program."""

import asyncio
from functools import partial
from pathlib import Path
from uuid import uuid4

from click.testing import CliRunner, Result
from tests.http.towns import Town

from onecity.cli.exits import Exit
from onecity.cli.main import onecity
from onecity.governance.events import HOOKS
from onecity.governance.usecases import hooks


async def typed(town: Town, *words: str) -> Result:
    memory = town.city.memory
    at = ("--data", str(memory.folder.parent), "--database", str(memory.database.owner))
    return await asyncio.to_thread(partial(CliRunner().invoke, onecity, ["governance", *words, *at]))


async def test_hooks_are_told_in_sentences(town: Town) -> None:
    memory, name = town.city.memory, uuid4().hex
    await hooks.new_hook(
        name, "https://hooks.example.cn/x", (), pool=memory.pool, key=memory.keys.service_key(HOOKS), loopback=False,
        now=town.clock(),
    )  # fmt: skip
    listed = await typed(town, "hooks", "list")
    assert name in listed.stdout and "+waiting  !given up  -lost" in listed.stderr and "+还在等" in listed.stderr
    for verb, what in (("again", f"0 events will be sent to {name} again"), ("resume", "0 events waiting")):
        done = await typed(town, "hooks", verb, name)
        assert what in done.stdout and " / " in done.stdout, done.output
    await hooks.end_hook(name, pool=memory.pool)


async def test_one_fault_of_a_register_is_one_fault(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "lamps.csv"
    file.write_text("number,longitude,latitude\nx,113.66,34.75\n")
    one = await typed(town, "parts", "import", str(file), "--source", "试验")
    assert one.exit_code == Exit.REFUSED and one.stderr.endswith(
        "什么都没有写，有 1 处错 / Nothing was written: 1 fault\n"
    )
    file.write_text("number,longitude,latitude\nx,113.66,34.75\ny,113.66,34.75\n")
    assert (await typed(town, "parts", "import", str(file), "--source", "试验")).stderr.endswith("2 faults\n")
