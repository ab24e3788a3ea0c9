"""How signs are read: all their readings, without tones, and without the tables that only whole phrases need."""

import subprocess
import sys

from onecity.machinery.pinyin import readings


def test_a_sign_with_several_readings_has_them_all() -> None:
    assert [list(read) for read in readings(["公", "行", "x"])] == [["gong"], ["xing", "hang", "heng"], []]


def test_it_costs_nothing_before_somebody_asks_and_leaves_the_readings_of_phrases_out() -> None:
    told = (
        "import sys, os; import onecity.services.everyday; from onecity.machinery.pinyin import readings;"
        "before = 'pypinyin' in sys.modules; readings(['税']);"
        "print(before, 'pypinyin.phrases_dict' in sys.modules, 'PYPINYIN_NO_PHRASES' in os.environ)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]
