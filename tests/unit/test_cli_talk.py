"""What small commands say to somebody who has just met them: a sentence, with the way on."""

from pathlib import Path

import msgspec
from click.testing import CliRunner, Result

from onecity.bootstrap.founding import Account, Accounts
from onecity.cli.exits import Exit
from onecity.cli.main import onecity


def said(*words: str | Path) -> Result:
    return CliRunner().invoke(onecity, [*map(str, words)])


def test_an_empty_register_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "none.csv").touch()
    done = said("governance", "parts", "import", tmp_path / "none.csv", "--source", "x", "--data", tmp_path / "city")
    assert (done.exit_code, done.stdout) == (Exit.REFUSED, "")
    assert "none.csv is empty" in done.stderr and "是空的" in done.stderr and "number, longitude" in done.stderr
    assert "Remove it" not in done.stderr


def test_a_kind_of_part_has_five_digits(tmp_path: Path) -> None:
    for kind in ("abc", "0103", "010370", "０１０３７"):
        done = said("governance", "parts", "list", "--kind", kind, "--data", tmp_path)
        assert (done.exit_code, "five digits" in done.stderr) == (Exit.USAGE, True)


def test_a_code_is_asked_where_the_simulated_city_is(tmp_path: Path) -> None:
    done = said("code", "shouli", "--data", tmp_path)
    assert (done.exit_code, done.stdout) == (Exit.REFUSED, "")
    assert "There is no simulated city in" in done.stderr and "--data" in done.stderr and "没有模拟城市" in done.stderr
    one = Account(login="shouli", password="x", name="苏敏", does="受理", second_factor="JBSWY3DPEHPK3PXP")
    (tmp_path / "simulated_accounts.json").write_bytes(msgspec.json.encode(Accounts((one,), ("甲", "乙"))))
    wrong = said("code", "shuli", "--data", tmp_path)
    assert (wrong.exit_code, "Officers are: shouli." in wrong.stderr) == (Exit.REFUSED, True)
