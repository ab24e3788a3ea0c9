"""What an officer's form of a listed item amounts to, and where a fault of it is told."""

from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

import msgspec
import pytest
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS
from onecity.casework import LAW, compared_in
from onecity.kernel.refusal import Refused
from onecity.packs import Pack, Place, Text, checked, version_of
from onecity.services.amending import NewDemand, NewQuestion, Preparing
from onecity.services.amending.asking import choices_in, id_for, lines_of_questions, short_field, wrong_asked
from onecity.services.amending.facts import AmendmentProposed, ItemPrepared
from onecity.services.amending.lines import Added, with_lines
from onecity.services.amending.preparing import (
    candidates,
    lines_of,
    prepared,
    undone_by,
    unproven,
    version_listed,
    wrong_prepared,
)
from onecity.services.amending.rules import Why, as_it_is
from onecity.services.amending.undoing import Published, undoes
from onecity.services.answers import FieldType
from onecity.services.checking import FIELD, ITEM
from onecity.services.declared import Faq, Origin, Permits, Quality
from onecity.services.listing import listing_of
from onecity.services.offering import SHORT_FIELD, ShortField
from onecity.services.quality import levels_of

PACK: Final = shipped()
NOTHING: Final = Text("", "")
PERMIT: Final = "measurement_standard_approval"


def question(kind: str = "text", **changes: Any) -> NewQuestion:
    good = {"text": "一句话", "number": "2", "count": "2", "date": "2020-07-08"}.get(kind, "")
    one = NewQuestion(
        f"{PERMIT}_1", Text("问什么？", "What is asked?"), kind, "product", Text("要看", "It is looked at"), NOTHING,
        Text("人", "people") if kind in ("number", "count") else NOTHING, good=good,
        choices=("新的 | New", "旧的 | Old") if kind == "choice" else (),
    )  # fmt: skip
    return msgspec.structs.replace(one, **changes)


def typed(**changes: Any) -> Preparing:
    said = Text("一句话说清", "One plain sentence")
    demands = (
        NewDemand("condition", Text("有场所", "There are premises"), "6"),
        NewDemand("material", Text("场所平面图", "Plan of the premises"), ""),
    )
    one = Preparing(said, ("firm_name",), (), demands, "0", NOTHING, Faq(said, said))
    return msgspec.structs.replace(one, **changes)


def made(name: str = PERMIT, what: Preparing | None = None, pack: Pack = PACK) -> Pack:
    found = prepared(pack, KINDS, name, what or typed())
    assert isinstance(found, Pack), found
    return found


def test_every_candidate_can_be_prepared_and_no_fault_follows() -> None:
    known = sorted(candidates(PACK))
    assert len(known) > 200
    chosen, pack = [*known[::9], PERMIT], PACK
    for number, name in enumerate(dict.fromkeys(chosen)):
        demands = tuple(
            msgspec.structs.replace(one, say=Text(f"{one.say.zh} {number}", f"{one.say.en} {number}"), article="")
            for one in typed().demands
        )
        pack = made(name, typed(demands=demands), pack)
    assert checked(pack, KINDS) == ()
    levels = levels_of(pack)
    assert {levels[name] for name in chosen} == {Quality.Q2}
    assert not set(chosen) & set(candidates(pack))


def test_what_was_there_stays_as_it_is() -> None:
    after = made()
    for kind in (ITEM.name, FIELD.name):
        for name, one in PACK.declared[kind].items():
            assert version_of(after.declared[kind][name]) == version_of(one)


def test_a_demand_has_its_article_or_is_an_example() -> None:
    basis = listing_of(PACK).items[PERMIT].basis
    assert basis is not None
    own, other, none, unread = (
        lines_of(PACK, PERMIT, typed(demands=(NewDemand("condition", Text("有", "Is"), article),))).demands[0]
        for article in (basis.article, "13", "", "999")
    )
    assert (own.origin, own.because) == (Origin.LAW, basis)
    assert other.because is not None
    assert (other.origin, other.because.law, other.because.article, other.because.sha256) == (
        Origin.LAW, basis.law, "13", compared_in(PACK)[basis.law, "13", basis.version],
    )  # fmt: skip
    assert (none.origin, none.because) == (Origin.EXAMPLE, None)
    assert (unread.origin, unread.because) == (Origin.EXAMPLE, None), "nobody compared this article with its text"


def test_a_form_can_ask_every_type_of_question() -> None:
    new = tuple(question(kind, id=id_for(PERMIT, number)) for number, kind in enumerate(FieldType, 1))
    after = made(what=typed(asks=("firm_name", *(one.id for one in new)), questions=new))
    assert checked(after, KINDS) == ()
    item = after.all(ITEM)[PERMIT].value
    assert [after.all(FIELD)[one.field].value.type for one in item.asks[1:]] == list(FieldType)
    assert [one.because for one in item.asks[1:]] == [one.why for one in new]


def test_choices_have_values_of_their_own() -> None:
    values = [value for value, _ in choices_in(("甲 | Same", "乙 | same!", "丙 | 3 of them", "丁 | 丁"))]
    assert values == ["same", "same_2", "c_3_of_them", "c"]


def test_a_number_keeps_its_unit_and_bounds() -> None:
    row = short_field(question("number", least="0.5", most="20"))
    assert (row.least, row.most, row.unit) == (Decimal("0.5"), Decimal(20), Text("人", "people"))
    past, ahead = (short_field(question("date", when=when)) for when in ("past", "ahead"))
    assert (past.not_before, past.not_after, ahead.not_before, ahead.not_after) == (None, "today", "today", None)


@pytest.mark.parametrize(
    ("one", "field", "why"),
    [
        (question(ask=Text("问", "")), "new_1_ask_en", Why.ONE_LANGUAGE),
        (question(id="firm_name"), "new_name_ask_zh", Why.NO_SUCH_FIELD),
        (question(section=""), "new_1_section", Why.NO_SECTION),
        (question("song"), "new_1_type", Why.NO_TYPE),
        (question(good=""), "new_1_good", Why.BAD_EXAMPLE),
        (question(good="长" * 201), "new_1_good", Why.BAD_EXAMPLE),
        (question(least="1"), "new_1_least", Why.NOT_FOR_THIS),
        (question(unit=Text("人", "people")), "new_1_unit_zh", Why.NOT_FOR_THIS),
        (question(unit=Text("", "people")), "new_1_unit_zh", Why.ONE_LANGUAGE),
        (question(choices=("新 | New",)), "new_1_choices", Why.NOT_FOR_THIS),
        (question(when="past"), "new_1_when", Why.NOT_FOR_THIS),
        (question("date", when="soon"), "new_1_when", Why.NOT_FOR_THIS),
        (question("number", least="1e9"), "new_1_least", Why.NO_NUMBER),
        (question("number", least="3"), "new_1_good", Why.BAD_EXAMPLE),
        (question("count", good="2.5"), "new_1_good", Why.BAD_EXAMPLE),
        (question("choice", choices=("新 | New", "旧 Old")), "new_1_choices", Why.NO_CHOICES),
        (question("choice", choices=("新 | New", "旧；的 | Old")), "new_1_choices", Why.NO_CHOICES),
    ],
)
def test_what_is_wrong_with_a_question_names_its_field(one: NewQuestion, field: str, why: Why) -> None:
    found = [(str(wrong.details["field"]), wrong.reason) for wrong in wrong_asked(PACK, (one.id,), (one,))]
    assert (field, why) in found


def test_a_fault_of_the_checker_stands_at_the_field_in_which_its_part_was_typed() -> None:
    bad = ShortField("x", Text("问", "Ask"), FieldType.CHOICE, "nowhere", Text("要", "So"), choices="a=甲")
    places = lines_of_questions([question()]).places
    pack = with_lines(PACK, KINDS, [Added(SHORT_FIELD, [bad], places)])
    found = {fault.what: fault.place for fault in checked(pack, KINDS)}
    assert found["These choices cannot be read."] == Place("new_1_choices", 0, 0)
    assert found["There is no section `nowhere`."] == Place("new_1_ask_zh", 0, 0)


def test_a_permit_needs_a_paper_and_every_item_a_condition() -> None:
    found = [(wrong.reason, wrong.details["field"]) for wrong in wrong_prepared(PACK, PERMIT, typed(demands=()))]
    assert found == [(Why.NO_CONDITION, "condition_0_zh"), (Why.NO_PAPER, "material_0_zh")]
    other = next(name for name, row in candidates(PACK).items() if row.kind is not Permits.PERMIT)
    assert [*wrong_prepared(PACK, other, typed(demands=typed().demands[:1]))] == []


def test_who_prepares_what_is_there_hears_so() -> None:
    for name in ("food_business", "nothing_of_this_name"):
        found = prepared(PACK, KINDS, name, typed())
        assert isinstance(found, Refused)
        assert found.reason is Why.NOT_LISTED


def test_a_folder_undoes_what_it_does_not_say() -> None:
    fact = ItemPrepared(PERMIT, version_listed(PACK, PERMIT), "market_supervision", typed(), str(uuid4()))
    assert undone_by(PACK, fact, {})
    assert not undone_by(made(), fact, {})
    assert undone_by(made(what=typed(plain=Text("另一句", "Another"))), fact, {})
    other = typed(demands=(*typed().demands[:1], NewDemand("material", Text("别的", "Other"), "")))
    assert undone_by(made(what=other), fact, {})
    asks = (f"{PERMIT}_1",)
    asked = msgspec.structs.replace(fact, typed=typed(asks=asks, questions=(question(),)))
    assert not undone_by(made(what=asked.typed), asked, {})
    another = question(ask=Text("别的？", "Something else?"))
    assert undone_by(made(what=typed(asks=asks, questions=(another,))), asked, {})
    assert version_listed(made(what=other), PERMIT) != version_listed(PACK, PERMIT)


def test_what_was_amended_since_it_was_prepared_counts_as_it_was_amended() -> None:
    fact = ItemPrepared(PERMIT, version_listed(PACK, PERMIT), "market_supervision", typed(), str(uuid4()))
    published = [Published(fact, None)]
    base, newer = made().all(ITEM)[PERMIT].value, Text("另一句", "Another")
    words = msgspec.structs.replace(as_it_is(base), plain=newer)
    amended = [*published, Published(AmendmentProposed(PERMIT, "v", base.agency, words, "because"), base)]
    assert not undoes(made(), published)
    assert undoes(made(), amended)
    assert not undoes(made(what=typed(plain=newer)), amended)
    assert undoes(made(what=typed(plain=newer, visits="1", why_visit=newer)), amended), "that was prepared, and stays"


def test_an_article_that_the_law_does_not_have_is_refused_and_what_nobody_compared_is_named() -> None:
    def demand(article: str) -> NewDemand:
        return NewDemand("condition", Text("有场所", "There are premises"), article)

    refused = {
        article: [*wrong_prepared(PACK, PERMIT, typed(demands=(demand(article), typed().demands[1])))]
        for article in ("1", "34", "35", "999", "9999")
    }
    assert {article for article, wrong in refused.items() if wrong} == {"35", "999", "9999"}
    [wrong] = refused["999"]
    assert (wrong.reason, wrong.details["field"], wrong.details["last"]) == (
        Why.NO_SUCH_ARTICLE, "condition_0_article", 34
    )  # fmt: skip
    alone = unproven(PACK, PERMIT, [demand("6"), demand("7"), demand("35"), demand("sechs"), demand("")])
    assert alone == {"condition_1_article": "7"}, "the others are compared, refused or none"


def test_where_nobody_counted_the_articles_of_a_law_any_is_taken_and_said_to_be_compared_by_nobody() -> None:
    laws = {
        name: msgspec.structs.replace(one, value=msgspec.structs.replace(one.value, numbered=()))
        for name, one in PACK.all(LAW).items()
    }
    pack = Pack({**PACK.declared, LAW.name: laws}, PACK.words)
    demands = (NewDemand("condition", Text("有场所", "There are premises"), "999"), typed().demands[1])
    assert [*wrong_prepared(pack, PERMIT, typed(demands=demands))] == []
    assert unproven(pack, PERMIT, demands) == {"condition_0_article": "999"}
    [line, _] = lines_of(pack, PERMIT, typed(demands=demands)).demands
    assert (line.origin, line.because) == (Origin.EXAMPLE, None)
