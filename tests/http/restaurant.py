"""How a restaurant is opened, written once: what the founder does by any door, what officers do at their desks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, TypeAlias

import msgspec

EVENT: Final = "open_restaurant"
SHOP: Final = "拾味小馆"

REGISTRATION: Final = "individual_business_registration"
FOOD: Final = "food_business"
FIRE: Final = "fire_safety_inspection"
SEWER: Final = "sewer_discharge"
SIGN: Final = "shop_sign_filing"
SEAL: Final = "seal_filing"

CALLED: Final[Mapping[str, str]] = {
    REGISTRATION: "营业执照",
    FOOD: "食品经营许可",
    FIRE: "营业前消防安全检查",
    SEWER: "排水许可",
    SIGN: "店招备案",
    SEAL: "刻公章备案",
}
"""What people call the items."""

ANSWERS: Final[Mapping[str, str]] = {
    "premises_area": "420",
    "wants_sign": "yes",
    "drains_to_sewer": "yes",
    "wants_seal": "yes",
    "shop_name": SHOP,
    "premises_street": "410105001",
    "premises_address": "金水区纬二路 58 号",
    "premises_right": "rented",
    "staff_count": "6",
    "food_sold": "meals",
    "floor_number": "1",
    "exit_count": "2",
    "uses_gas": "yes",
    "water_per_day": "6",
    "grease_trap": "no",
    "sign_width": "4.2",
    "sign_height": "3.6",
    "sign_lit": "yes",
    "seal_kind": "name_only",
}
FILES: Final[Mapping[str, bytes]] = {
    name: f"%PDF-1.7 {name}".encode() for name in ("lease_or_title", "floor_plan", "hygiene_rules", "sign_drawing")
}
PLAN: Final[Mapping[str, bytes]] = {"drainage_plan": b"%PDF-1.7 drainage_plan"}
"""What the founder forgets at first."""
NO_TRAP: Final[Mapping[str, str]] = {
    "facts": "厨房的下水口没有隔油池",
    "rule": "城镇排水与污水处理条例第 22 条",
    "remedy": "装一个隔油池，再申请一次",
}
SEEN: Final[Mapping[str, str]] = {"seen": "两个出口都通，灭火器在有效期里"}
VISIT_DAYS: Final = 3
AGREED: Final[Mapping[str, str]] = {"agreed": "上午打电话说好，店里有人，今天就去"}


class Decides(msgspec.Struct, frozen=True):
    """An officer ends a step of the newest case of an item with an outcome."""

    login: str
    item: str
    step: str
    outcome: str
    words: Mapping[str, str] = {}
    days: int | None = None
    lacking: tuple[str, ...] = ()


class Brings(msgspec.Struct, frozen=True):
    """The founder brings what an item lacks."""

    item: str
    files: Mapping[str, bytes]


class TriesAgain(msgspec.Struct, frozen=True):
    """The founder applies once more for an item, with answers that changed."""

    item: str
    answers: Mapping[str, str]


class Rates(msgspec.Struct, frozen=True):
    """The founder says how it went."""

    item: str
    level: int
    words: str


class Passes(msgspec.Struct, frozen=True):
    """Time passes."""

    span: timedelta


class Sees(msgspec.Struct, frozen=True):
    """What the founder sees of each item, by the door that they take: the state of its newest case."""

    states: Mapping[str, str]


Deed: TypeAlias = Decides | Brings | TriesAgain | Rates | Passes | Sees

BEGUN: Final = Sees(
    {REGISTRATION: "waiting", FOOD: "held", FIRE: "waiting", SEWER: "waiting", SIGN: "running", SEAL: "held"}
)
"""Four departments have work at once; what needs the business licence waits for it."""

ALONG_THE_WAY: Final[tuple[Deed, ...]] = (
    BEGUN,
    # Four departments, in whatever order their days allow.
    Decides("chengguan", SEWER, "acceptance", "supplement", lacking=tuple(PLAN)),
    Decides("xiaofang", FIRE, "acceptance", "accept"),
    Decides("shouli", REGISTRATION, "acceptance", "register"),
    Decides("gongan", SEAL, "filing", "file"),
    Decides("hecha1", FIRE, "arrange", "agreed", AGREED, days=VISIT_DAYS),
    Decides("shouli", FOOD, "acceptance", "accept"),
    Decides("chengguan", SIGN, "filing", "file"),
    Sees({REGISTRATION: "granted", FOOD: "running", FIRE: "stopped", SEWER: "yours", SIGN: "granted", SEAL: "granted"}),
    Brings(SEWER, PLAN),
    Decides("chengguan", SEWER, "acceptance", "accept"),
    Decides("xiaofang", FIRE, "review", "done"),
    Passes(timedelta(days=2)),
    Decides("hecha1", FIRE, "visit", "seen", SEEN),
    Decides("hecha2", FIRE, "visit", "seen", SEEN),
    Decides("chengguan", SEWER, "decision", "refuse", NO_TRAP),
    Decides("jueding", FOOD, "decision", "grant"),
    Decides("xiaofang", FIRE, "decision", "grant"),
    Sees(
        {REGISTRATION: "granted", FOOD: "granted", FIRE: "granted", SEWER: "refused", SIGN: "granted", SEAL: "granted"}
    ),
    TriesAgain(SEWER, {"grease_trap": "yes"}),
    Decides("chengguan", SEWER, "acceptance", "accept"),
    Decides("chengguan", SEWER, "decision", "grant"),
    Rates(FOOD, 5, "快，不用跑"),
    Sees(dict.fromkeys((REGISTRATION, FOOD, FIRE, SEWER, SIGN, SEAL), "granted")),
)
"""Everything after the application, in its order."""

OFFICERS: Final = tuple(dict.fromkeys(deed.login for deed in ALONG_THE_WAY if isinstance(deed, Decides)))
LICENCES: Final = 6
"""Each item gives something that others can verify."""
DEPARTMENTS: Final = 4
