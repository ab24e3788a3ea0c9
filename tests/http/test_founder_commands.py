"""What a founder reads at a terminal: the form as it stands, each mistake by name, their cases, their licences."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from tests.http.doors import CommandLine, at_the_clock_of
from tests.http.restaurant import ANSWERS as RESTAURANT
from tests.http.restaurant import EVENT
from tests.http.towns import Caller, Town

from onecity.bootstrap.founding import Account
from onecity.drills.cities import ANSWERS

DONE, REFUSED, USAGE = 0, 1, 2


@pytest.fixture
async def account(town: Town) -> Account:
    """A founder whom no other test knows: what another one uploaded would be theirs to bring."""
    return await town.register("周雨桐", await town.resident("周雨桐"))


@pytest.fixture
async def founder(town: Town, account: Account) -> Caller:
    return await town.sign_in(account)


@pytest.fixture
async def terminal(town: Town, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    at_the_clock_of(town, monkeypatch)
    return CommandLine(town, account, tmp_path)


def written(folder: Path, answers: object) -> str:
    file = folder / f"{uuid4()}.yaml"
    file.write_text(yaml.safe_dump(answers, allow_unicode=True), "utf-8")
    return str(file)


async def test_a_form_is_looked_at_before_it_is_handed_in(terminal: CommandLine, town: Town, tmp_path: Path) -> None:
    before = await town.written()
    good = await terminal.call("service", "check", "--event", EVENT, "--answers", written(tmp_path, dict(RESTAURANT)))
    assert good.exit_code == DONE, good.output
    assert "items: individual_business_registration, food_business, fire_safety_inspection" in good.stdout
    begun = {
        "premises_area": "40",
        "wants_sign": "no",
        "drains_to_sewer": "no",
        "wants_seal": "no",
        "premise_right": "rented",
    }
    half = await terminal.call("service", "check", "--event", EVENT, "--answers", written(tmp_path, begun), "--json")
    assert half.exit_code == REFUSED
    form = json.loads(half.stdout)
    assert form["items"] == ["individual_business_registration", "food_business"]
    says = {one["field"]: one["says"] for one in form["wrong"]}
    assert says["premise_right"] == "这里不问 premise_right，是不是 premises_right？"
    assert says["shop_name"] == "店叫什么名字？ 这一栏还没有填"
    assert "sign_width" not in {one["field"] for one in form["asks"]}
    nothing = await terminal.call("service", "check", "--event", "restaurant")
    assert (nothing.exit_code, nothing.stdout) == (REFUSED, "")
    assert await town.written() == before


async def test_mistakes_in_an_application_are_told_by_name(terminal: CommandLine, town: Town, tmp_path: Path) -> None:
    before = await town.written()
    wrong = written(tmp_path, dict(ANSWERS) | {"premises_area": "3", "food_sold": "cars"})
    answer = await terminal.signed_in("service", "apply", "food_business", "--answers", wrong)
    assert (answer.exit_code, answer.stdout) == (REFUSED, "")
    assert answer.stderr.splitlines() == [
        "有 2 处还要改。", "  经营场所多大？ 太小了，最少 4 平方米", "  主要卖什么？ 请从这几个里选一个",
    ]  # fmt: skip
    strange = written(tmp_path, dict(ANSWERS) | {"shopname": "拾味小馆"})
    answer = await terminal.signed_in("service", "apply", "food_business", "--answers", strange)
    assert answer.exit_code == REFUSED
    assert "这里不问 shopname，是不是 shop_name？" in answer.stderr
    assert await town.written() == before


@pytest.mark.parametrize("said", ["- a\n- b\n", "a: {b: c}\n", "a: [\n"])
async def test_answers_that_are_no_mapping_are_wrong_usage(terminal: CommandLine, tmp_path: Path, said: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(said, "utf-8")
    answer = await terminal.signed_in("service", "apply", "food_business", "--answers", str(file))
    assert (answer.exit_code, answer.stdout) == (USAGE, "")


async def test_ones_own_cases_are_listed_with_what_they_lack(
    terminal: CommandLine, founder: Caller, town: Town
) -> None:
    thread = await town.apply(founder)
    move = {"step": "acceptance", "outcome": "supplement", "words": {}, "lacking": ["floor_plan"]}
    assert (await town.accept.send(f"/api/cases/{thread.case}/moves", move)).status_code == 200
    listed = await terminal.signed_in("case", "list")
    assert listed.stdout.splitlines()[0] == str(thread.affair)
    shown = await terminal.signed_in("case", "show", str(thread.affair))
    number, line = shown.stdout.splitlines()
    assert number == thread.number
    assert line.startswith(f"{thread.case}  yours")
    assert line.endswith("食品经营许可  还差：店面平面图")
    brought = await terminal.signed_in("case", "bring", str(thread.affair), str(thread.case))
    assert brought.exit_code == REFUSED
    assert brought.stderr.splitlines() == ["还差 1 份材料。", "  店面平面图"]
    withdrawn = await terminal.signed_in("case", "withdraw", str(thread.affair), str(thread.case))
    assert json.loads(withdrawn.stdout)["result"] == "withdrawn"
    foreign = await town.apply(town.other)
    for words in (("show", str(foreign.affair)), ("withdraw", str(foreign.affair), str(foreign.case))):
        assert (await terminal.signed_in("case", *words)).exit_code == REFUSED


async def test_ones_own_licences_are_listed_with_what_a_check_says(
    terminal: CommandLine, founder: Caller, town: Town
) -> None:
    given = await town.issue(founder)
    foreign = await town.issue(town.other, name="陈建国")
    await town.publish()
    listed = await terminal.signed_in("licence", "list")
    assert f"{given.identifier}  食品经营许可证  valid" in listed.stdout
    assert foreign.identifier not in listed.stdout
