"""The people of the simulated city: named as simulated, with passwords of their own, in a file of the data folder.

Their numbers lie in area 410199, which belongs to no real county, so they are nobody's.
"""

import os
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4, uuid5

import msgspec
import pyotp

from onecity.bootstrap.city import City
from onecity.kernel.acting import Held, Scope, the_city
from onecity.kernel.identity import organisation_check, resident_check, uscc_check
from onecity.kernel.ids import PersonId, derived_id
from onecity.packs import Pack
from onecity.people import AGENCY, DUTY, PasswordDoor
from onecity.people.roll import Roll
from onecity.people.rules import Registration
from onecity.people.usecases import found_officer, register
from onecity.places import CITY
from onecity.registers import REGISTER, FactRow, FirmRow, GuardianRow, Guardianship, PersonRow, Row

_FOUNDING: Final = UUID("0b7b5f1e-8f0b-5c43-9d61-6f6e65636974")
"""Namespace of the idempotency keys of the founding: whatever breaks off is finished by the next start."""

_SOURCES: Final = {
    "persons": "模拟户籍库 / simulated register of residents",
    "firms": "模拟企业登记库 / simulated register of firms",
    "guardians": "模拟监护登记库 / simulated register of guardians",
    "premises": "模拟数据 / simulated",
    "home_sales": "模拟数据 / simulated",
}
_SINCE: Final = date(2020, 1, 1)
_RESIDENTS: Final = (
    ("林晓梅", "19880612", "002", "女"),
    ("陈建国", "19570303", "001", "男"),
    ("马腾飞", "19950921", "003", "男"),
    ("周雨桐", "20011108", "004", "女"),
    ("林小满", "20150520", "006", "女"),
)
_CITIZEN, _CHILD = 0, 4
"""Among the residents: the one with an account, and her child."""

_FIRM: Final = ("郑州拾味餐饮管理有限公司（模拟）", "MA0000X1")
"""The simulated firm of the citizen: its name and the first eight signs of its organisation part."""

_KNOWN: Final = {
    "premises": {"address": "金水区纬二路 58 号 1 层", "street": "410105001", "area": "182.4", "floor": "1"},
    "home_sales": {
        "street": "410105002", "home": "花园路 100 号院 3 号楼 2 单元 501", "area": "89.37", "price": "1200000",
        "signed": "2020-09-15", "seller": "陈建国", "buyer": "林晓梅",
    },
}  # fmt: skip
"""What the registers of the simulated city tell about the citizen, where its pack declares them."""
_RECORDED: Final = date(2020, 9, 16)

_PHONE: Final = "10000000000"
_FILE: Final = "simulated_accounts.json"


class Officer(msgspec.Struct, frozen=True):
    """An officer of the simulated city: login, name, duties by agency, and duties that they hold in every agency.

    Whoever has only the latter works `at` an agency all the same. Duties reach `area`, or the whole city.
    """

    login: str
    name: str
    duties: tuple[tuple[str, str], ...] = ()
    everywhere: tuple[str, ...] = ()
    at: str = "government_services"
    area: str = ""

    def held(self, pack: Pack) -> list[tuple[str, str]]:
        """Each duty with its agency, as far as the city has both; the first is where they work."""
        agencies = sorted(pack.all(AGENCY), key=lambda agency: agency != self.at)
        found = [*self.duties, *((duty, agency) for agency in agencies for duty in self.everywhere)]
        return [(duty, agency) for duty, agency in found if duty in pack.all(DUTY) and agency in pack.all(AGENCY)]

    def does(self, pack: Pack) -> str:
        """What they do, for whoever chooses an account: 市场监督管理局：受理."""
        of_agency: dict[str, dict[str, None]] = {}
        for duty, agency in self.held(pack):
            named = "各部门" if duty in self.everywhere else pack.all(AGENCY)[agency].value.name.zh
            of_agency.setdefault(named, {})[pack.all(DUTY)[duty].value.name.zh] = None
        of_duties: dict[str, list[str]] = {}
        for agency, duties in of_agency.items():
            of_duties.setdefault("、".join(duties), []).append(agency)
        return "；".join(f"{'、'.join(agencies)}：{said}" for said, agencies in of_duties.items())


def _both(*agencies: str) -> tuple[tuple[str, str], ...]:
    return tuple((duty, agency) for agency in agencies for duty in ("services.accept", "services.decide"))


_ADMINISTRATION: Final = ("people.administer", "people.answer", "people.mandate")
"""The duties of the two simulated administrators: two, because nobody may decide alone who is an officer."""
_OVERSEES: Final = tuple((duty, "market_supervision") for duty in ("licences.renew", "licences.revoke"))
"""Two who oversee licences, because one alone ends none."""

_OFFICERS: Final = (
    Officer("shouli", "苏敏", (("services.accept", "market_supervision"),)),
    Officer("jueding", "高远", (("services.decide", "market_supervision"),)),
    Officer("xiaofang", "石磊", _both("fire_rescue")),
    Officer("chengguan", "白鹭", _both("urban_management")),
    Officer("gongan", "方正", _both("public_security")),
    Officer("weijian", "沈知秋", _both("maternity_hospital", "health_commission")),
    Officer("yibao", "叶青", _both("medical_insurance")),
    Officer("renshe", "何川", _both("human_resources")),
    Officer("shuiwu", "许诺", _both("tax_service")),
    Officer("budongchan", "唐宁", _both("property_registration")),
    Officer("shoufei", "钱多", (("payments.cash", "property_registration"),)),
    Officer("gongjijin", "罗曼", _both("housing_fund")),
    Officer("gongyong", "宋朗", _both("water_company", "power_company", "gas_company", "heating_company")),
    Officer("zonghe", "纪云", everywhere=("services.accept", "services.decide")),
    Officer("hecha1", "邓辉", everywhere=("services.inspect",), at="market_supervision"),
    Officer("hecha2", "贺敏", everywhere=("services.inspect",), at="market_supervision"),
    Officer("fenguan", "顾衡", everywhere=("services.head", "payments.waive"), at="general_office"),
    Officer("songda", "丁一", everywhere=("services.deliver",)),
    Officer("qicao", "柳青", everywhere=("services.amend",)),
    Officer("fabu", "方圆", everywhere=("services.publish",)),
    Officer("huifang1", "柏舟", everywhere=("services.call_back",)),
    Officer("huifang2", "游岚", everywhere=("services.call_back",)),
    Officer("huifang3", "简宁", everywhere=("services.call_back",)),
    Officer("tousu", "任平", _both("business_environment")),
    Officer("tingzheng", "章平", everywhere=("services.hear",)),
    Officer("gonggai", "岑野", (("services.oversee_projects", "urban_construction"),)),
    Officer("fenguanshizhang", "秦岳", (("services.joint_head", "general_office"),)),
    Officer("shoulitai", "赵敏", tuple((f"governance.{duty}", "city_operations") for duty in ("accept", "dispatch"))),
    Officer("huawu", "林岚", tuple((f"governance.{duty}", "city_operations") for duty in ("hotline", "accept"))),
    Officer("zhiban", "周正", (("governance.chief", "city_operations"),)),
    Officer("xunjie", "吴桐", (("governance.inspect", "city_operations"),)),
    Officer("chuzhi", "王强", everywhere=("governance.handle",), at="urban_management"),
    Officer("heshi1", "李文", (("governance.verify", "general_office"),)),
    Officer("heshi2", "孙悦", (("governance.verify", "government_services"),)),
    Officer("xianji", "江涛", (("governance.respond", "city_operations"),), area="410105"),
    Officer("xiangji", "田野", (("governance.respond", "city_operations"),), area="410105001"),
    Officer("cunji", "麦芒", (("governance.respond", "city_operations"),), area="410105001003"),
    Officer("wangge", "田禾", (("governance.grid", "civil_affairs"),), area="410103004400S08"),
    Officer("wanggezhang", "季青", (("governance.grid", "civil_affairs"),), area="410103004"),
    Officer("guanli1", "温如玉", everywhere=_ADMINISTRATION),
    Officer("guanli2", "江一帆", everywhere=_ADMINISTRATION),
    Officer("yunwei", "纪安", (("portal.operate", "general_office"),)),
    Officer("duizhang", "冯准", (("payments.balance", "finance"),)),
    Officer("zhengzhao", "韩立", _OVERSEES),
    Officer("fuhe", "梁静", _OVERSEES),
    Officer("chuangkou", "夏青", (("services.window", "government_services"),), everywhere=("services.deliver",)),
)


class Account(msgspec.Struct, frozen=True):
    """How somebody of the simulated city comes in. `second_factor` is a secret in base 32, for officers."""

    login: str
    name: str
    does: str
    password: str
    second_factor: str | None = None


class Accounts(msgspec.Struct, frozen=True):
    """Everybody with an account, and a resident who has none yet and can open one."""

    accounts: tuple[Account, ...]
    without: tuple[str, str]


def _number(born: str, order: str) -> str:
    first = f"410199{born}{order}"
    return first + resident_check(first)


def _code(organisation: str) -> str:
    """A unified social credit code of a firm in the area that belongs to no real county.

    >>> _code("MA0000X1")
    '91410199MA0000X15D'
    """
    first = f"91410199{organisation}{organisation_check(organisation)}"
    return first + uscc_check(first)


def _account(officer: Officer, pack: Pack) -> Account:
    return Account(officer.login, officer.name, officer.does(pack), secrets.token_urlsafe(9), pyotp.random_base32())


def kept(folder: Path) -> tuple[Account, ...]:
    """The accounts that were drawn for a data folder; none if its city is not simulated."""
    path = folder / _FILE
    return msgspec.json.decode(path.read_bytes(), type=Accounts).accounts if path.is_file() else ()


def drawn(folder: Path, pack: Pack) -> Accounts:
    """The accounts of this data folder: drawn at the first start, kept readable for its owner only."""
    known = kept(folder)
    # A folder of an older version gets the accounts of the offices that came since; whoever has one keeps it.
    missing = [one for one in _OFFICERS if one.login not in {account.login for account in known}]
    name, born, order, _ = _RESIDENTS[0]
    citizen = known[0] if known else Account(_number(born, order), name, "市民 / citizen", secrets.token_urlsafe(9))
    other_name, other_born, other_order, _ = _RESIDENTS[1]
    accounts = (citizen, *known[1:], *(_account(one, pack) for one in missing))
    found = Accounts(accounts, (other_name, _number(other_born, other_order)))
    if not missing:
        return found
    with os.fdopen(os.open(folder / _FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(found)))
    return found


async def found(city: City, accounts: Accounts, *, at: datetime) -> None:
    """Fill the register and open the accounts; whatever exists already stays as it is."""
    rows = [
        PersonRow(
            _number(born, order),
            name,
            date.fromisoformat(born),
            sex,
            "郑州市（模拟地址）",
            "410199",
            _SOURCES["persons"],
        )
        for name, born, order, sex in _RESIDENTS
    ]
    numbers = [row.number for row in rows]
    firm = FirmRow(_code(_FIRM[1]), _FIRM[0], numbers[_CITIZEN], "郑州市（模拟地址）", "410199", _SOURCES["firms"])
    guardian = GuardianRow(numbers[_CHILD], Guardianship.CHILD, (numbers[_CITIZEN],), _SOURCES["guardians"])
    await _import(city, "persons", rows, at=at)
    await _import(city, "firms", [firm], at=at)
    await _import(city, "guardians", [guardian], at=at)
    for name in sorted(_KNOWN.keys() & city.pack.all(REGISTER).keys()):
        row = FactRow(numbers[_CITIZEN], name, _KNOWN[name], _RECORDED, _SOURCES[name])
        await _import(city, name, [row], at=at)
    await _found_citizen(city, accounts.accounts[0], at=at)
    area, by_login = city.pack.one(CITY).area, {account.login: account for account in accounts.accounts}
    for officer in _OFFICERS:
        await _found_officer(city, officer, by_login[officer.login], area, at=at)


async def _found_citizen(city: City, citizen: Account, *, at: datetime) -> None:
    """Open the citizen's account, once; whoever was forgotten in the meantime comes again as somebody new."""
    known = await Roll(city.memory.pool, city.door.locks, city.memory.ledger).person_of(citizen.login)
    if known is not None and await city.memory.ledger.history(known):
        return
    await register(
        Registration(citizen.name, citizen.login, _PHONE, citizen.password),
        ledger=city.memory.ledger, door=city.door, look_up=city.look_ups.person, key=uuid4(), now=at,
        today=at.astimezone(city.pack.one(CITY).clock_zone()).date(),
    )  # fmt: skip


async def _import(city: City, register: str, rows: Sequence[Row], *, at: datetime) -> None:
    await city.registers.take_over(
        city.memory.ledger, rows, source=_SOURCES[register], simulated=True, key=uuid5(_FOUNDING, register),
        by=the_city(), now=at, since=_SINCE,
    )  # fmt: skip


async def _found_officer(city: City, officer: Officer, account: Account, area: str, *, at: datetime) -> None:
    key = uuid5(_FOUNDING, officer.login)
    person = await _claimed(city.door, account, PersonId(derived_id(key, now=at, what="person")))
    held = [Held(duty, Scope(agency, officer.area or area)) for duty, agency in officer.held(city.pack)]
    await found_officer(
        person, officer.name, held, ledger=city.memory.ledger, reason="foundation of the simulated city",
        by=the_city(), key=key, now=at, since=at.astimezone(city.pack.one(CITY).clock_zone()).date(),
    )  # fmt: skip


async def _claimed(door: PasswordDoor, account: Account, fresh: PersonId) -> PersonId:
    # To keep a password costs a tenth of a second on purpose; twenty of them again would make every start a slow one.
    known = await door.opened(account.login)
    return known or await door.claim(fresh, account.login, account.password, account.second_factor)
