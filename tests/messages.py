"""Messages for tests of routing, written for them: four labels, six titles each, told apart by a few words."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from onecity.governance.routing import Example, Model, learned_from

TITLES: Final = {
    "照明": (
        "巷子口的灯不亮",
        "路灯坏了没人修",
        "整条街的路灯都灭了",
        "灯杆歪了",
        "楼下路灯一闪一闪",
        "street lamp is dark",
    ),
    "垃圾": ("垃圾堆在门口", "垃圾桶满了", "没人收垃圾", "垃圾站太臭", "路边有一堆垃圾", "rubbish on the corner"),
    "树木": ("树枝挡住窗户", "大树倒了", "枯树没人锯", "树上全是虫", "行道树歪了", "fallen tree in the lane"),
    "噪声": ("半夜音响太吵", "工地夜里噪声大", "噪声吵得睡不着", "喇叭太吵", "广场舞噪声扰民", "loud music at night"),
}
MESSAGES: Final = tuple(
    Example(line, title, label=label)
    for line, (label, title) in enumerate(((label, titles[n]) for n in range(6) for label, titles in TITLES.items()), 2)
)


def model() -> Model:
    """What the messages teach."""
    found = learned_from(MESSAGES)
    assert isinstance(found, Model)
    return found


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as Python's csv writes it, with tabs between its columns."""
    written = io.StringIO(newline="")
    csv.writer(written, dialect="excel-tab").writerows([columns, *rows])
    return written.getvalue().encode()


LABELLED: Final = table(("label", "title"), ((one.label, one.title) for one in MESSAGES))
