"""What lines and templates amount to: an item that is like any other, and a life event of such items."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from tests.packs.test_bad_packs import GOOD

from onecity.bootstrap.content import KINDS
from onecity.casework import citations_in
from onecity.packs import Pack, load_pack
from onecity.services import FIELD, ITEM
from onecity.services.declared import Handling, ResultKind
from onecity.services.forms import MATERIAL
from onecity.services.life_events import LIFE_EVENT
from onecity.services.sampling import standing_for

TEMPLATE: Final = """\
name: {zh: 书面许可, en: A permit on paper}
online: [acceptance, handling]
remedy:
  reconsideration_days: 60
  suit_months: 6
  because: {law: 行政复议法, article: "20", version: 2023-09-01}
unnamed: {number: 9, unit: working_days, because: {law: 森林法, article: "56", version: 2019-12-28}}
extension: {days: 10, because: {law: 行政许可法, article: "42", version: 2019-04-23}}
hint: {zh: 拍清楚, en: A clear photo}
why: {zh: 要看, en: It is looked at}
accept: [pdf]
"""
LISTED: Final = (
    "id,name.zh,name.en,kind,subject,agency,basis.law,basis.article,basis.version,result.zh,result.en,"
    "limit.number,limit.unit,limit.because.law,limit.because.article,limit.because.version,process"
)
PLANT: Final = "plant,种树许可,Planting permit,permit,person,forestry,森林法,56,2019-12-28,许可证,Permit,,,,,,permit"
CLEAR: Final = "clear,清林确认,Clearing,confirmation,firm,forestry,森林法,56,2019-12-28,补助,Grant,,,,,,permit"
BURN: Final = "burn,烧荒许可,Burning,permit,person,forestry,森林法,56,2019-12-28,许可证,Permit,0,working_days,森林法,56,2020-03-01,permit"
DEMANDS: Final = (
    "id,what,say.zh,say.en,origin,because.law,because.article,because.version,met_by,material",
    "plant.own,condition,地是自己的,The land is yours,law,森林法,56,2019-12-28,,",
    "plant.form,material,申请书,Application,law,森林法,56,2019-12-28,form,",
    "plant.identity,material,身份证,Identity card,example,,,,sign_in,",
    "plant.map,material,位置图,Map,law,森林法,56,2019-12-28,,",
    "plant.view,material,照片,Photo,example,,,,,photo",
    "clear.own,condition,林是自己的,The wood is yours,example,,,,,",
    "clear.map,material,林地位置图,Map of the wood,example,,,,,plant.map",
    "burn.calm,condition,没有风,No wind,example,,,,,",
    "burn.map,material,位置,Where,example,,,,,",
)
OFFERED: Final = (
    "id,plain.zh,plain.en,asks,faq.ask.zh,faq.ask.en,faq.answer.zh,faq.answer.en",
    "plant,可以种树,You may plant,trees wood,多久？,How long?,看期限。,See the limit.",
    "clear,给补助,You get a grant,wood,多久？,How long?,看期限。,See the limit.",
    "burn,可以烧荒,You may burn,trees,多久？,How long?,看期限。,See the limit.",
)
FIELDS: Final = (
    "id,ask.zh,ask.en,type,section,why.zh,why.en,choices,good",
    "wood,什么林？,Which wood?,choice,wood,林子不同,Woods differ,pine=松|Pine；oak=栎|Oak,oak",
)
EVENTS: Final = (
    "id,name.zh,name.en,plain.zh,plain.en,subject,lead,items,maybe,name_is",
    "new_wood,造林,A new wood,种一片林,Plant a wood,firm,forestry,plant,clear?clears,composed",
    "any_wood,护林,Care,护一片林,Keep a wood,person,forestry,,clear?clears,found",
    "far_wood,远林,Far,远处的林,A far wood,person,forestry,plant lost,,found",
)
LOST: Final = "lost,失林,Lost,other,person,forestry,,,,,,,,,,,"
QUESTIONS: Final = (
    "id,ask.zh,ask.en,why.zh,why.en",
    "clears,要清林吗？,Do you clear?,清了才给,It is paid for clearing",
)
LINES: Final[Mapping[str, tuple[str, ...]]] = {
    "listed_items": (LISTED, PLANT, CLEAR, BURN, LOST),
    "listed_demands": DEMANDS,
    "offered_items": OFFERED,
    "short_fields": FIELDS,
    "listed_events": EVENTS,
    "listed_questions": QUESTIONS,
}


@pytest.fixture
def laid(tmp_path: Path) -> Callable[[], Path]:
    """A small good pack with lines and a template."""

    def lay() -> Path:
        folder = Path(shutil.copytree(GOOD, tmp_path / "pack"))
        services = folder / "services"
        for part, text in (("templates/permit", TEMPLATE), ("sections/wood", "name: {zh: 林, en: Wood}\norder: 1\n")):
            path = services / f"{part}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        for table, lines in LINES.items():
            (services / f"{table}.csv").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return folder

    return lay


@pytest.fixture
def pack(laid: Callable[[], Path]) -> Pack:
    found, faults = load_pack(laid(), KINDS)
    assert faults == ()
    return found


def test_a_line_becomes_an_item_with_what_its_template_says(pack: Pack) -> None:
    item = pack.all(ITEM)["plant"].value
    assert (item.process, item.template, item.remedy.suit_months, item.visits) == ("permit", "permit", 6, 0)
    assert [one.field for one in item.asks] == ["trees", "wood"]
    assert [one.because.zh for one in item.asks] == ["要看", "林子不同"]
    assert item.result.kind is ResultKind.DOCUMENT
    assert pack.all(ITEM)["clear"].value.result.kind is ResultKind.NONE
    assert item.examples[0].given == {"trees": "1", "wood": "oak"}


def test_what_the_form_is_and_what_signing_in_proves_is_not_asked_for_again(pack: Pack) -> None:
    items = pack.all(ITEM)
    assert items["plant"].value.materials == ("plant_map", "photo")
    assert items["clear"].value.materials == ("plant_map",)
    assert pack.all(MATERIAL)["plant_map"].value.name.zh == "位置图"
    assert not pack.all(MATERIAL)["photo"].drawn


def test_a_permit_without_a_limit_of_its_own_has_the_general_one_and_what_is_none_that_of_the_template(
    pack: Pack,
) -> None:
    items = pack.all(ITEM)
    permit, other, at_once = (items[name].value for name in ("plant", "clear", "burn"))
    assert (permit.limit.number, permit.limit.because.law) == (20, "行政许可法")
    assert permit.limit.extension is not None
    assert (other.limit.number, other.limit.extension) == (9, None)
    assert (at_once.limit.number, at_once.handling, at_once.limit.extension) == (0, Handling.AT_ONCE, None)
    assert at_once.in_force.isoformat() == "2020-03-01"


def test_an_event_is_one_form_when_all_its_items_are_offered_and_one_is_sure(pack: Pack) -> None:
    events = pack.all(LIFE_EVENT)
    assert list(events) == ["new_wood"]
    event, questions = events["new_wood"].value, {"clears": pack.all(FIELD)["clears"].value}
    assert event.composed
    assert event.items_for({"clears": "no"}, questions) == ("plant",)
    assert event.items_for({"clears": "yes"}, questions) == ("plant", "clear")
    assert event.parts[1].because is not None


def test_what_is_written_out_stands_before_what_a_line_says(laid: Callable[[], Path]) -> None:
    folder = laid()
    written = (folder / "services" / "items" / "felling.yaml").read_text("utf-8")
    written = written.replace("林木采伐许可,", "种树许可，写全的,")
    (folder / "services" / "items" / "plant.yaml").write_text(written, "utf-8")
    found, faults = load_pack(folder, KINDS)
    assert not found.all(ITEM)["plant"].drawn
    assert [str(fault.place) for fault in faults] == ["services/listed_items.csv:2:1", "services/offered_items.csv:2:1"]


def test_a_fault_of_what_was_drawn_names_its_line(laid: Callable[[], Path]) -> None:
    folder = laid()
    demands = folder / "services" / "listed_demands.csv"
    demands.write_text("".join(f"{line}\n" for line in DEMANDS if "burn.map" not in line), "utf-8")
    _, faults = load_pack(folder, KINDS)
    assert [str(fault) for fault in faults] == [
        "services/offered_items.csv:4:1: A permit without any material is a filing. Name a material, or change `kind`."
    ]


def test_a_citation_counts_once_however_much_was_drawn_from_its_line(pack: Pack) -> None:
    cited = citations_in(pack)
    assert len({one.place for one in cited}) == len(cited)
    assert {one.id for one in cited if one.kind == "item"} == {"felling"}


def test_a_sample_of_a_drawn_item_looks_at_its_lines_and_its_template(pack: Pack) -> None:
    named = standing_for(pack, ["plant"])
    assert ("listed_item", "plant") in named
    assert ("listed_demand", "plant.map") in named
    assert ("template", "permit") in named
    assert ("item", "plant") not in named
    cited = {(one.kind, one.id) for one in citations_in(pack)}
    assert {("listed_item", "plant"), ("listed_demand", "plant.map"), ("template", "permit")} <= cited
    assert ("item", "felling") in standing_for(pack, ["felling"])
