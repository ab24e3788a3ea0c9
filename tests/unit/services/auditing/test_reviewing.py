"""The audit of a pack: its measures, its events, its proposals, and two versions beside each other."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec
from tests.shipped import shipped

from onecity.kernel.refusal import Refused
from onecity.packs import Declared, Pack, Text
from onecity.registers import REGISTER
from onecity.services import FIELD, ITEM
from onecity.services.answers import Known
from onecity.services.auditing import AUDIT_DECISION, Audit, as_data, audited, page, sheet_of, tables_of
from onecity.services.auditing.decisions import Decisions
from onecity.services.auditing.model import Choice, Decision, Figure
from onecity.services.declared import Needed, Origin
from onecity.services.forms import MATERIAL
from onecity.services.intermediaries import INTERMEDIARY
from onecity.services.life_events import LIFE_EVENT

RESTAURANT: Final = (
    "fire_safety_inspection", "food_business", "individual_business_registration", "seal_filing", "sewer_discharge",
    "shop_sign_filing",
)  # fmt: skip


def say(lang: str, key: str, **gaps: object) -> str:
    return f"{lang} {key} {gaps}"


def audit(after: Pack, before: Pack | None = None, **more: Any) -> Audit:
    found = audited(after, before, **more)
    assert isinstance(found, Audit)
    return found


def changed(kind: Any, id_: str, /, **fields: Any) -> Pack:
    """The shipped pack with one declaration that says something else."""
    pack = shipped()
    one = pack.all(kind)[id_]
    value = msgspec.structs.replace(one.value, **fields)
    return with_all(pack, kind.name, {**pack.all(kind), id_: msgspec.structs.replace(one, value=value)})


def without(pack: Pack, item: str) -> Pack:
    """The pack without an item, and its events without it."""
    events = {
        name: msgspec.structs.replace(one, value=msgspec.structs.replace(
            one.value, parts=tuple(part for part in one.value.parts if part.item != item)
        ))
        for name, one in pack.all(LIFE_EVENT).items()
    }  # fmt: skip
    items = {name: one for name, one in pack.all(ITEM).items() if name != item}
    return with_all(with_all(pack, "item", items), "life_event", events)


def with_all(pack: Pack, kind: str, declared: Mapping[str, Declared[Any]]) -> Pack:
    return Pack({**pack.declared, kind: declared}, pack.words)


def figures(node: object) -> list[Mapping[str, Any]]:
    """Every number of an audit as plain data."""
    found: list[Mapping[str, Any]] = []
    match node:
        case dict():
            found += [node] if "number" in node else []
            found += [one for value in node.values() for one in figures(value)]
        case list():
            found += [one for value in node for one in figures(value)]
    return found


def test_every_number_is_the_sum_of_the_list_beside_it() -> None:
    told = figures(as_data(audit(shipped(), shipped()), say))
    assert len(told) > 50
    for one in told:
        assert one["number"] == sum(line.get("counts", 1) for line in one["list"])


def test_two_audits_are_the_same_bytes_on_every_sheet() -> None:
    both = [audit(shipped()) for _ in range(2)]
    data = [as_data(one, say) for one in both]
    assert msgspec.json.encode(data[0]) == msgspec.json.encode(data[1])
    assert page([sheet_of(both[0], say, "zh")] * 2, say) == page([sheet_of(both[1], say, "zh")] * 2, say)
    assert tables_of(data[0]) == tables_of(data[1])


def test_one_pack_alone_has_no_before_and_calls_nothing_a_reduction() -> None:
    found = audit(shipped())
    assert {(one.before, one.reduction) for one in found.changes} == {(None, None)}
    assert found.change("time_taken").after is None, "no log was given"
    for measure in ("steps", "materials", "time_law", "visits", "proofs"):
        after = found.change(measure).after
        assert after is not None
        assert (after.of, after.of_what) == (len(found.same), "items")


def test_a_paper_that_others_have_to_make_counts_with_its_article_and_a_pack_that_names_none_has_no_number() -> None:
    with_some, pack = audit(shipped()).change("intermediaries").after, shipped()
    assert with_some is not None
    rows = pack.one(INTERMEDIARY).rows
    assert {line.id for line in with_some.lines} == {row.id for row in rows if row.item in pack.all(ITEM)}
    assert with_some.number == len(with_some.lines) > 0
    capital = next(line for line in with_some.lines if line.id == "direct_selling_company_approval.capital_report")
    assert (capital.more["who"], capital.more["because"]) == ("会计师事务所", "《直销管理条例》第 8 条")
    assert (capital.more["payer"], capital.more["price"]) == ("unknown", "unknown")
    none = Pack({**pack.declared, INTERMEDIARY.name: {}}, pack.words)
    assert audit(none).change("intermediaries").after is None


def test_a_promise_is_held_against_the_law_of_the_same_items() -> None:
    found = audit(shipped())
    law, promised, counting = (
        {line.item for line in one.after.lines} if (one := found.change(measure)).after else set()
        for measure in ("time_law", "time_promised", "time_counting")
    )
    assert law and law == promised < counting == set(found.same)


def test_a_restaurant_item_by_item_beside_the_bundle() -> None:
    (event,) = audit(shipped(), event="open_restaurant").events
    numbers = {one.measure: tuple(side.number for side in (one.before, one.after) if side) for one in event.changes}
    assert set(event.items) == set(RESTAURANT)
    # The licence (1, promised) and then the slowest of what waits for it (20); by itself everything is added up.
    assert numbers["time_counting"] == (57, 21)
    assert event.path == ("individual_business_registration", "food_business")
    assert numbers["forms"] == (6, 1)
    # Nine papers; the licence is given by an item of the bundle, and the floor plan is brought once.
    assert numbers["materials"] == (9, 5)
    assert {line.id for line in event.waits} == {
        "food_business/individual_business_registration", "seal_filing/individual_business_registration",
    }  # fmt: skip
    fields = event.fields
    assert fields.asked.number - fields.different.number == fields.repeated.number == 12
    assert fields.known.number == 4
    assert (fields.repeated.share, fields.typed_share) == (round(12 / 28, 4), 0.75)


def test_the_longest_way_is_longest_by_all_its_days() -> None:
    registration = shipped().all(ITEM)["individual_business_registration"].value.limit
    slow = changed(
        ITEM, "individual_business_registration", limit=msgspec.structs.replace(registration, number=15, promised=None)
    )
    food = shipped().all(ITEM)["food_business"].value.limit
    quick = msgspec.structs.replace(slow.all(ITEM)["food_business"], value=msgspec.structs.replace(
        slow.all(ITEM)["food_business"].value, limit=msgspec.structs.replace(food, number=10)
    ))  # fmt: skip
    pack = with_all(slow, "item", {**slow.all(ITEM), "food_business": quick})
    (event,) = audit(pack, event="open_restaurant").events
    # Twenty days for the drain alone are fewer than fifteen and then ten.
    time = next(one for one in event.changes if one.measure == "time_law")
    assert time.after is not None
    assert (event.path, time.after.number) == (("individual_business_registration", "food_business"), 25)


def test_an_event_that_nobody_declared_is_refused_and_the_others_are_named() -> None:
    found = audited(shipped(), event="open_a_zoo")
    assert isinstance(found, Refused)
    assert "open_restaurant" in str(found.details["known"])


def test_reductions_count_the_same_items_and_tell_the_others_apart() -> None:
    food = shipped().all(ITEM)["food_business"].value
    before = changed(
        ITEM, "food_business", visits=2, why_visit=Text("来", "come"),
        limit=msgspec.structs.replace(food.limit, number=30),
        needs=(*food.needs, Needed("lease_or_title", Text("看", "look"), Origin.EXAMPLE)),
    )  # fmt: skip
    found = audit(without(shipped(), "seal_filing"), without(before, "shop_sign_filing"))
    assert (found.appeared, found.vanished) == (("shop_sign_filing",), ("seal_filing",))
    assert not {"shop_sign_filing", "seal_filing"} & set(found.same)
    visits, time = found.change("visits"), found.change("time_law")
    assert visits.before is not None
    assert visits.after is not None
    assert visits.before.number - visits.after.number == 2
    assert visits.reduction == round(2 / float(visits.before.number), 4)
    assert time.before is not None
    assert time.after is not None
    assert time.before.number - time.after.number == 10
    assert time.reduction == round(10 / float(time.before.number), 4)
    listed = {line.item for one in found.changes if one.after for line in one.after.lines}
    assert listed == set(found.same)


def test_an_event_beside_an_earlier_version_begins_with_the_items_of_then() -> None:
    food = shipped().all(ITEM)["food_business"].value
    before = changed(ITEM, "food_business", limit=msgspec.structs.replace(food.limit, number=90))
    (event,) = audit(shipped(), without(before, "seal_filing"), event="open_restaurant").events
    time = next(one for one in event.changes if one.measure == "time_counting")
    assert event.apart == ("seal_filing",)
    assert set(event.items) == set(RESTAURANT) - {"seal_filing"}
    seal = shipped().all(ITEM)["seal_filing"].value.limit.limit.number
    assert (time.before and time.before.number, time.after and time.after.number) == (57 + 70 - seal, 21)


def test_a_pack_beside_itself_saves_nothing() -> None:
    found = audit(shipped(), shipped())
    assert {one.reduction for one in found.changes} <= {0, None}
    assert (found.appeared, found.vanished) == ((), ())


def test_conditional_materials_weigh_half_and_fetched_ones_nothing() -> None:
    plain = audit(shipped(), event="open_restaurant")
    some = changed(MATERIAL, "floor_plan", name=Text("店面平面图（自有房屋的提供）", "Floor plan, if it is yours"))
    halved = audit(some, event="open_restaurant")

    def numbers(found: Audit) -> list[float]:
        sides = [found.change(name).after for name in ("materials", "materials_weighted", "materials_net")]
        return [side.number for side in sides if side]

    assert numbers(plain) == [9, 9, 7]
    # Three items ask for the plan.
    assert numbers(halved) == [9, 7.5, 5.5]


def test_materials_that_the_city_has_are_found_by_declaration_by_name_and_by_pattern() -> None:
    known = {line.id: line.more for line in audit(shipped()).obtainable.lines}
    told = {id_: (more["from"], more["confidence"], more["declared"]) for id_, more in known.items()}
    assert told["food_business/business_licence"] == ("items/individual_business_registration", "exact", True)
    assert told["home_transfer_registration/seller_title"] == ("licences/real_estate_title", "alias", False)
    assert told["home_transfer_registration/seller_identity"] == ("patterns/identity", "alias", False)
    assert told["deed_tax/sale_contract"] == ("registers/home_sales", "similar", False)
    assert "food_business/hygiene_rules" not in told


def test_proposals_have_a_sentence_in_both_languages_and_a_class_of_the_law() -> None:
    data: Any = as_data(audit(shipped()), say)["proposals"]
    by_id = {one["id"]: one for one in data["list"]}
    declare = by_id["declare:housing_fund_withdrawal:employer_statement"]
    assert (declare["class"], declare["way"]) == ("P2", "promise")
    assert "第 44 条" in declare["proposal"]
    assert by_id["drop_proof:home_transfer_registration:seller_title"]["class"] == "P3"
    assert by_id["fetch:deed_tax:sale_contract"]["class"] == "P1"
    assert "fire_safety_inspection" in by_id["delete:visited_permit:review"]["items"]
    assert all(one["proposal"].startswith("zh ") and one["proposal_en"].startswith("en ") for one in data["list"])
    assert data["open"] == sum(not one["declared"] and one["decision"] is None for one in data["list"])
    assert by_id["delete:visited_permit:review"]["decision"]["decision"] == "refused"


def test_a_decision_is_kept_with_its_proposal_and_one_without_is_told() -> None:
    rows = (
        Decision(
            "fetch:deed_tax:sale_contract", Choice.ACCEPTED, "房管局政务服务处", date(2026, 11, 20), "网签数据已经接通"
        ),
        Decision("fetch:deed_tax:gone", Choice.REFUSED, "税务局", date(2026, 11, 21), "要看原件"),
    )
    declared = {"audit_decision": Declared("audit_decision", "audit_decision", Decisions(rows), {})}
    pack = with_all(shipped(), "audit_decision", declared)
    found = audit(pack)
    decided = {one.id: one.decision for one in found.proposals if one.decision}
    assert decided == {rows[0].proposal: rows[0]}
    assert found.unused_decisions == (rows[1],)
    # Of one event fewer proposals are told, but none of its decisions is lost.
    assert audit(pack, event="open_restaurant").unused_decisions == (rows[1],)
    html = page([sheet_of(found, say, "zh"), sheet_of(found, say, "en")], say)
    assert "网签数据已经接通" in html
    assert AUDIT_DECISION.optional


def test_two_questions_for_one_fact_are_found() -> None:
    name, field = next(iter(shipped().all(FIELD).items()))
    register = next(iter(shipped().all(REGISTER)))
    twin = Declared("field", "a_twin", field.value, field.places)
    pack = with_all(shipped(), "field", {**shipped().all(FIELD), "a_twin": twin})
    first = next(id_ for id_, one in sorted(pack.all(ITEM).items()) if any(a.field == name for a in one.value.asks))
    asks = pack.all(ITEM)[first].value.asks
    asking = msgspec.structs.replace(asks[0], field="a_twin")
    item = pack.all(ITEM)[first]
    value = msgspec.structs.replace(item.value, asks=(*asks, asking))
    pack = with_all(pack, "item", {**pack.all(ITEM), first: msgspec.structs.replace(item, value=value)})
    found = [one.id for one in audit(pack).proposals if one.act == "one_fact"]
    assert [one for one in found if "a_twin" in one] == [f"one_fact:a_twin:{name}"]
    # Where both are the same fact of one register they are counted as one, and as asked twice.
    known = Known(register, "street")
    both = {
        id_: msgspec.structs.replace(one, value=msgspec.structs.replace(one.value, known=known))
        if id_ in ("a_twin", name) else one
        for id_, one in pack.all(FIELD).items()
    }  # fmt: skip
    different, counted = (
        {line.id for line in audit(one).fields.different.lines} for one in (pack, with_all(pack, "field", both))
    )
    assert len(different) - len(counted) >= 1


def test_the_page_opens_every_number_and_holds_no_script_and_nothing_from_elsewhere() -> None:
    found = audit(shipped(), shipped(), event="open_restaurant")
    sheets = [sheet_of(found, say, lang) for lang in ("zh", "en")]
    html = page(sheets, say)
    numbers = [cell for sheet in sheets for section in sheet.sections for row in section.rows for cell in row]
    assert html.count("<details>") == sum(cell.lines is not None for cell in numbers) > 60
    assert not [cell for cell in numbers if cell.lines is None and cell.text.isdigit()]
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")
    assert 'lang="zh-CN"' in html
    assert 'lang="en"' in html


def test_a_cell_that_a_spreadsheet_would_compute_is_made_harmless() -> None:
    figure = {
        "number": 1,
        "of": 1,
        "of_what": "items",
        "share": 1.0,
        "list": [{"id": "1", "name": "=1+1", "counts": 1}],
    }
    assert "'=1+1" in tables_of({"flow": figure})["lists.csv"]


def test_a_figure_is_the_sum_of_its_lines_and_a_share_of_nothing_is_none() -> None:
    assert (Figure((), 0, "items").number, Figure((), 0, "items").share) == (0, None)
