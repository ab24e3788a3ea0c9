"""A town of things that are wrong and of people who report them, some twice: what a search for duplicates is tried on."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import cos, pi, radians, sin, sqrt
from random import Random
from typing import Final, NamedTuple

from onecity.governance import Catalogue
from onecity.governance.duplicates import OpenReports, Seen
from onecity.governance.ground import Point

NOW: Final = datetime(2026, 11, 20, 4, tzinfo=UTC)
MIDDLE: Final[Point] = (113.65, 34.75)
_METRES_NORTH: Final = 111_195
_SIZE_M: Final = 10_000

_SAID: Final = {
    "01001": (("井盖", "自来水井盖", "窨井盖"), ("破了", "不见了", "松动，车一过就响", "翘起来了")),
    "01003": (("井盖", "雨水井盖", "下水道井盖"), ("破损", "丢失", "塌下去了", "没有盖好")),
    "01037": (("路灯", "灯杆", "街灯"), ("不亮", "坏了好几天", "一闪一闪", "歪了")),
    "02010": (("交通标志牌", "指示牌", "标线"), ("被树挡住", "倒了", "看不清", "掉漆")),
    "04002": (("行道树", "路边的树", "大树"), ("枯死", "倒伏", "树枝快断了", "挡住信号灯")),
    "06010": (("垃圾", "生活垃圾", "一堆垃圾"), ("没人清", "堆在路边", "发臭", "满地都是")),
    "06013": (("路面", "马路", "沥青"), ("坑洼", "破损", "有个大坑", "裂开了")),
    "06028": (("噪音", "音响", "广场舞"), ("太吵", "半夜还响", "影响休息", "声音很大")),
    "07001": (("小广告", "贴的广告", "喷的电话"), ("到处都是", "贴满电线杆", "没人清理", "刚清又贴")),
    "08004": (("工地", "渣土", "施工"), ("扬尘", "没有盖网", "灰很大", "不洒水")),
    "09001": (("游商", "摆摊的", "小贩"), ("占道", "堵在路口", "每天都来", "挡住盲道")),
    "09005": (("店铺", "饭店", "水果店"), ("店外经营", "桌子摆到人行道", "占用盲道", "东西堆在门外")),
    "09009": (("汽车", "小轿车", "货车"), ("乱停", "停在人行道上", "堵住消防通道", "压着盲道")),
    "09010": (("电动车", "自行车", "共享单车"), ("乱停", "停满人行道", "堵住路口", "倒了一片")),
}  # fmt: skip
_PLACES: Final = ("路口", "小区门口", "公交站旁", "学校门口", "菜市场边上", "人行道上", "桥下", "地铁口")
_MORE: Final = ("请尽快处理", "很危险", "好几天了", "没人管", "麻烦看一下", "老人走路不方便", "")
_TAKEN_FOR: Final = {"01001": "01003", "01003": "01001", "09001": "09005", "09005": "09001", "09009": "09010"}


class Thing(NamedTuple):
    """Something that is wrong, and since when."""

    point: Point
    matter: str
    place: str
    since: datetime


class Town(NamedTuple):
    """Reports that are open, new ones, and for each of these the open one that it repeats, if any."""

    open: Sequence[Seen]
    new: Sequence[Seen]
    repeats: Sequence[str | None]


def town(seed: int, *, things: int = 1_500, new: int = 600, beside: float = 0.5) -> Town:
    """A town with so many things, reported once, and new reports: half of them about one of these things.

    Of the other half, a share lies `beside` an open report of the same matter, 20 to 150 metres away: those are hard.
    """
    dice = Random(seed)
    streets = [_anywhere(dice) for _ in range(60)]
    known = [_thing(dice, _moved(dice, dice.choice(streets), 250)) for _ in range(things)]
    opened = [_report(dice, f"o{number}", thing, thing.since) for number, thing in enumerate(known)]
    reports: list[Seen] = []
    repeats: list[str | None] = []
    for number in range(new):
        if dice.random() < 0.5:
            which = dice.randrange(things)
            repeats.append(f"o{which}")
            # People meet a thing soon after it went wrong rather than late: half of them within a day.
            late = timedelta(hours=dice.expovariate(1 / 35))
            reports.append(_report(dice, f"n{number}", known[which], known[which].since + late))
            continue
        repeats.append(None)
        other = _thing(dice, _moved(dice, dice.choice(streets), 250))
        if dice.random() < beside:
            like = dice.choice(known)
            point = _at(like.point, dice.uniform(20, 150), dice.uniform(0, 2 * pi))
            other = Thing(point, like.matter, dice.choice(_PLACES), NOW)
        reports.append(_report(dice, f"n{number}", other, NOW))
    return Town(opened, reports, repeats)


class Outcome(NamedTuple):
    """How a search did: of `told` new reports that were held against an open one, `right` were held against theirs."""

    right: int
    told: int
    repeated: int

    @property
    def precision(self) -> float:
        return self.right / self.told

    @property
    def recall(self) -> float:
        return self.right / self.repeated


def searched(found: Town, index: OpenReports) -> Outcome:
    """What the likeliest proposal for each new report is worth."""
    first = [next((one.id for one in index.like(report)), None) for report in found.new]
    pairs = list(zip(first, found.repeats, strict=True))
    return Outcome(
        right=sum(one is not None and one == other for one, other in pairs),
        told=sum(one is not None for one, _ in pairs),
        repeated=sum(other is not None for _, other in pairs),
    )


def index_of(found: Town, catalogue: Catalogue) -> OpenReports:
    return OpenReports(found.open, catalogue=catalogue)


def _anywhere(dice: Random) -> Point:
    return _at(MIDDLE, dice.uniform(0, _SIZE_M / 2), dice.uniform(0, 2 * pi))


def _at(point: Point, metres: float, bearing: float) -> Point:
    north, east = metres * cos(bearing), metres * sin(bearing)
    return (
        point[0] + east / (_METRES_NORTH * cos(radians(point[1]))),
        point[1] + north / _METRES_NORTH,
    )


def _moved(dice: Random, point: Point, deviation_m: float) -> Point:
    """A point that scatters around another in both directions."""
    return _at(point, deviation_m * sqrt(2 * dice.expovariate(1)), dice.uniform(0, 2 * pi))


def _thing(dice: Random, point: Point) -> Thing:
    since = NOW - timedelta(hours=dice.uniform(0, 240))
    return Thing(point, dice.choice(list(_SAID)), dice.choice(_PLACES), since)


def _report(dice: Random, name: str, thing: Thing, at: datetime) -> Seen:
    """What somebody tells of a thing: from beside it, with the error of a telephone, in words and kind of their own."""
    accuracy = dice.choices((10, 20, 50, 200, 1_000), (30, 35, 20, 10, 5))[0]
    point = _moved(dice, _moved(dice, thing.point, 10), accuracy / 2.448)
    matter = _TAKEN_FOR.get(thing.matter, thing.matter) if dice.random() < 0.15 else thing.matter
    return Seen(name, point, accuracy, at, matter, _told(dice, thing))


def _told(dice: Random, thing: Thing) -> str:
    if dice.random() < 0.2:
        return ""
    what, wrong = (dice.choice(words) for words in _SAID[thing.matter])
    where = thing.place if dice.random() < 0.6 else ""
    return f"{where}{what}{wrong}，{dice.choice(_MORE)}"
