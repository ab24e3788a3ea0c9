"""Licences on pages and by machine: shown to their holder, checked by everybody, overseen by two."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
import zxingcpp
from pypdf import PdfReader
from tests.http.towns import AGENCY, AREA, Caller, Given, Town, hidden, identified

from onecity.bootstrap.jobs import list_jobs_of
from onecity.drills.cities import ANSWERS
from onecity.kernel.acting import Acting, Channel, Held, Scope, the_city
from onecity.kernel.ids import PersonId
from onecity.kernel.refusal import Refused
from onecity.ledger import Decision
from onecity.licences import (
    Changed,
    LicenceUsed,
    Reliance,
    Why,
    ask_renewal,
    cancel,
    held_by,
    held_of_type,
    load,
    renew,
    use,
)
from onecity.machinery.jobs import run_once

WORDS: Final = {"facts": "厨房没有下水", "rule": "某法第 9 条", "remedy": "装上下水"}
YEARS: Final = timedelta(days=365 * 5 + 1)


@pytest.fixture
async def keeper(town: Town) -> Caller:
    return town.keeper


@pytest.fixture
async def second(town: Town) -> AsyncIterator[Caller]:
    """Another officer with the same duty."""
    yield await town.sign_in(town.account("fuhe"))


async def checked(town: Town, given: Given) -> Any:
    """What the interface answers to whoever checks a licence."""
    answer = await town.caller().get(f"/api/verify/{given.identifier}")
    assert answer.status_code == 200
    return answer.json()


async def deed(officer: Caller, given: Given, name: str, **words: str) -> httpx.Response:
    """An officer does something to a licence on the page: first the letter, then in earnest."""
    path = f"/desk/licences/{given.licence}/{name}"
    first = await officer.post(path, words) if words else await officer.get(path)
    if first.status_code != 200:
        return first
    return await officer.post(path, {**words, "sure": "yes", "key": hidden(first, "key")})


async def letters(town: Town, who: Caller, kind: str) -> list[str]:
    """The pages of a person's letters of a kind."""
    query = "select letter from letters where person = $1 and kind = $2"
    rows = await town.rows(query, await town.person(who), kind)
    return [(await who.get(f"/letters/{row['letter']}")).text for row in rows]


async def test_a_new_licence_goes_from_proof_follows_to_valid(town: Town) -> None:
    await town.publish()
    given = await town.issue(town.citizen)
    assert (await checked(town, given))["verdict"] == "proof_follows"
    await town.seal()
    assert (await checked(town, given))["verdict"] == "proof_follows"
    await town.publish()
    assert (await checked(town, given))["verdict"] == "valid"


async def test_everybody_sees_what_is_public_and_nothing_else(town: Town) -> None:
    given = await town.issue(town.citizen)
    await town.publish()
    page = await town.caller().get(f"/verify/{given.identifier}")
    machine = await checked(town, given)
    assert page.status_code == 200
    for shown in (
        "食品经营许可证",
        "林**",
        "拾味小馆",
        "金水区纬二路 58 号",
        "市场监督管理局",
        "有效",
        "2020年9月2",
        "2025年9月2",
        "代码是示例",
    ):
        assert shown in page.text, shown
    sight, technical = page.text.split("<details")
    assert re.search(r'class="tag[^>]*>.*?有效</', sight, re.DOTALL), "the tick stands beside the word that it means"
    assert "代码" not in sight
    assert "状态代码" in technical
    assert machine["values"] == {"经营者名称": "拾味小馆", "经营场所": "金水区纬二路 58 号", "经营项目": "meals"}
    assert (machine["holder"], machine["code"], machine["edition"]) == ("林**", "01", 1)
    for hidden_one in ("林晓梅", ANSWERS["premises_area"], town.accounts.accounts[0].login):
        assert hidden_one not in page.text
        assert hidden_one not in str(machine)


@pytest.mark.parametrize(
    ("typed", "verdict", "sentence"),
    [
        ("x", "unknown", "五段"),
        ("1.2.156.3005.2.11100000000013338W902.410100.20200923DJ4BTU8RR3QA.001.X", "unknown", "最后一位"),
        ("1.2.156.3005.2.11100000000013338W902.410100.20200923DJ4BTU8RR3QA.001.Q", "unknown", "没有发过"),
        ("' or 1=1 --", "unknown", "五段"),
        ("林晓梅", "unknown", "五段"),
    ],
)
async def test_what_the_city_never_issued_is_unknown(town: Town, typed: str, verdict: str, sentence: str) -> None:
    await town.publish()
    page = await town.caller().get(f"/verify/{quote(typed, safe='')}")
    assert page.status_code == 404
    assert sentence in page.text
    machine = await town.caller().get(f"/api/verify/{quote(typed, safe='')}")
    assert (machine.status_code, machine.json()["verdict"]) == (200, verdict)


async def test_a_typed_identifier_leads_to_its_answer(town: Town) -> None:
    given = await town.issue(town.citizen)
    form = await town.nobody.get("/verify")
    assert '<form method="get" action="/verify"' in form.text
    sent = await town.caller().get(f"/verify?identifier=%20{given.identifier.lower()}%20")
    assert sent.status_code == 303
    await town.publish()
    assert "有效" in (await town.caller().get(sent.headers["location"])).text


async def test_who_checks_too_often_must_wait(town: Town) -> None:
    given = await town.issue(town.citizen)
    hasty = town.caller()
    with town.clock.standing():
        codes = [(await hasty.get(f"/verify/{given.identifier}")).status_code for _ in range(61)]
    assert codes == [*[200] * 60, 429]
    assert (await town.caller().get(f"/verify/{given.identifier}")).status_code == 200


async def test_a_list_that_is_older_than_five_minutes_makes_nobody_valid(town: Town) -> None:
    given = await town.issue(town.citizen)
    await town.publish()
    with town.clock.later(timedelta(minutes=5)):
        answer = await checked(town, given)
        assert (answer["verdict"], answer["name"], answer["holder"]) == ("being_checked", None, None)
        await town.publish()
        assert (await checked(town, given))["verdict"] == "valid"
    await town.publish()


async def test_a_licence_runs_out_without_anybody_doing_anything(town: Town) -> None:
    given = await town.issue(await town.new_citizen())
    with town.clock.later(YEARS):
        await town.publish()
        answer = await checked(town, given)
        assert (answer["verdict"], answer["code"]) == ("expired", "05")
    await town.publish()
    assert (await checked(town, given))["verdict"] == "being_checked", "the list remembers that it had run out"


async def test_the_wallet_shows_what_others_would_see(town: Town) -> None:
    citizen = await town.new_citizen("周雨桐")
    assert "还没有证照" in (await citizen.get("/wallet")).text
    given = await town.issue(citizen, name="周雨桐")
    await town.publish()
    wallet, machine = await citizen.get("/wallet"), (await citizen.get("/api/wallet")).json()
    assert "有效" in wallet.text
    assert f"/wallet/{given.licence}" in wallet.text
    assert [(one["identifier"], one["verdict"]) for one in machine["licences"]] == [(given.identifier, "valid")]
    page = await citizen.get(f"/wallet/{given.licence}")
    for shown in ("周雨桐", "拾味小馆", "182", "是真的，现在有效", "还没有部门用过它", "还没有工作人员看过它", "8月2"):
        assert shown in page.text, shown


async def test_a_licence_reads_in_english_too(town: Town) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    await town.publish()
    citizen.http.cookies.set("lang", "en")
    texts = [
        (await citizen.get(path)).text
        for path in ("/wallet", f"/wallet/{given.licence}", f"/verify/{given.identifier}")
    ]
    assert all("Food business licence" in text and "Valid" in text for text in texts)
    assert "Genuine, and valid now." in texts[1]


def scanned(path: str, size: int) -> str:
    """What a camera reads from the path of a code."""
    scale, dark = 8, set[tuple[int, int]]()
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", path):
        dark |= {
            (row, column)
            for row in range(int(y), int(y) + int(height))
            for column in range(int(x), int(x) + int(width))
        }
    grey = bytes(
        0 if (row // scale, column // scale) in dark else 255
        for row in range(size * scale)
        for column in range(size * scale)
    )
    found = zxingcpp.read_barcode(memoryview(grey).cast("B", shape=[size * scale, size * scale]))
    assert found is not None
    return found.text


async def test_the_code_on_the_card_leads_to_the_check_of_this_licence(town: Town) -> None:
    given = await town.issue(town.citizen)
    page = (await town.citizen.get(f"/wallet/{given.licence}")).text
    found = re.search(r'class="qr-code" viewBox="0 0 (\d+) \d+"[^>]*><path d="([^"]+)"', page)
    assert found is not None
    address = scanned(found[2], int(found[1]))
    assert address == f"http://127.0.0.1/verify/{given.identifier}"
    assert (await town.caller().get(address.removeprefix("http://127.0.0.1"))).status_code == 200


def said(paper: httpx.Response) -> str:
    """The letters of a paper of one page, without space; the reader puts a zero before each letter of two bytes."""
    [page] = PdfReader(BytesIO(paper.content)).pages
    return re.sub(r"[\s\x00]", "", page.extract_text())


async def paper_of(citizen: Caller, given: Given) -> httpx.Response:
    return await citizen.get(f"/wallet/{given.licence}/paper")


async def test_the_paper_opens_says_what_it_is_not_and_is_kept_sealed(town: Town) -> None:
    citizen = await town.new_citizen("鱻龘靐𠮷")
    given = await town.issue(citizen, name="鱻龘靐𠮷")
    answer = await paper_of(citizen, given)
    assert answer.headers["content-type"] == "application/pdf"
    serial = given.identifier.split(".")[-3]
    assert answer.headers["content-disposition"] == f'attachment; filename="{serial}.pdf"'
    text = said(answer)
    for shown in (
        "这不是电子印章",
        "Notanofficialseal",
        "模拟证照",
        "asimulatedlicence",
        "食品经营许可证",
        "鱻龘靐〓",
        "拾味小馆",
    ):
        assert shown.lower() in text.lower(), shown
    assert given.identifier in text
    [row] = await town.rows("select blob, edition from licence_papers where licence = $1", given.licence)
    blob = town.city.memory.blobs / "papers" / row["blob"][:2] / row["blob"]
    assert b"%PDF" not in blob.read_bytes()
    assert (await paper_of(citizen, given)).content == answer.content
    assert len(await town.rows("select from licence_papers where licence = $1", given.licence)) == 1


async def test_a_paper_whose_bytes_are_gone_or_damaged_is_drawn_again(town: Town) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    for spoil in ("gone", "damaged", "another city"):
        await paper_of(citizen, given)
        [row] = await town.rows("select blob from licence_papers where licence = $1", given.licence)
        blob: Path = town.city.memory.blobs / "papers" / row["blob"][:2] / row["blob"]
        if spoil == "gone":
            blob.unlink()
        elif spoil == "damaged":
            blob.write_bytes(b"x" + blob.read_bytes()[1:])
        else:
            await town.rows(
                "update licence_papers set site = 'http://old' where licence = $1 returning 1", given.licence
            )
        answer = await paper_of(citizen, given)
        assert answer.content.startswith(b"%PDF-")
        [again] = await town.rows("select blob, site from licence_papers where licence = $1", given.licence)
        assert (again["blob"] != row["blob"], again["site"]) == (True, "http://127.0.0.1")


async def test_a_licence_rests_and_runs_again_and_each_time_there_is_a_letter(town: Town, keeper: Caller) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    await town.publish()
    done = await deed(keeper, given, "suspend", **WORDS)
    assert done.headers["location"] == f"/desk/licences/{given.licence}"
    assert (await checked(town, given))["verdict"] == "suspended", "what is worse is told before the next list"
    await town.publish()
    answer = await checked(town, given)
    assert (answer["verdict"], answer["code"]) == ("suspended", "02")
    [letter] = await letters(town, citizen, "licences.suspended")
    assert all(words in letter for words in WORDS.values())
    assert (await deed(keeper, given, "resume", facts="装好了")).status_code == 303
    assert (await checked(town, given))["verdict"] == "being_checked", "what is better waits for the list"
    await town.publish()
    assert (await checked(town, given))["verdict"] == "valid"
    [letter] = await letters(town, citizen, "licences.resumed")
    assert "装好了" in letter


@pytest.mark.parametrize(
    ("name", "code", "kind", "proposed"),
    [
        ("revoke", "07", "revoked", "licences.revocation_proposed"),
        ("annul", "03", "annulled", "licences.annulment_proposed"),
    ],
)
async def test_two_officers_end_a_licence_and_one_alone_cannot(
    town: Town, keeper: Caller, second: Caller, name: str, code: str, kind: str, proposed: str
) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    assert (await deed(keeper, given, name, facts="厨房没有下水", rule="某法第 9 条")).status_code == 303
    await town.publish()
    assert (await checked(town, given))["verdict"] == "valid", "an end that is only proposed is no end"
    assert f"/desk/licences/{given.licence}" in (await second.get("/desk/licences")).text
    assert "还没有定" in (await letters(town, citizen, proposed))[0]
    alone = await keeper.post(f"/desk/licences/{given.licence}/confirm", {"sure": "yes", "key": str(uuid4())})
    assert alone.status_code == 409
    assert "另一个人" in alone.text
    assert (await deed(second, given, "confirm")).status_code == 303
    await town.publish()
    answer = await checked(town, given)
    assert (answer["verdict"], answer["code"]) == ("revoked", code)
    [letter] = await letters(town, citizen, f"licences.{kind}")
    assert "厨房没有下水" in letter
    assert f"/desk/licences/{given.licence}" not in (await second.get("/desk/licences")).text
    assert (await paper_of(citizen, given)).status_code == 409
    history = await town.city.memory.ledger.history(given.licence)
    assert history[-1].by.person != history[-2].by.person


async def test_a_proposal_can_be_dropped(town: Town, keeper: Caller, second: Caller) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    await deed(keeper, given, "revoke", facts="x", rule="y")
    assert (await deed(second, given, "drop", facts="弄错了")).status_code == 303
    assert "弄错了" in (await letters(town, citizen, "licences.proposal_dropped"))[0]
    await town.publish()
    assert (await checked(town, given))["verdict"] == "valid"


async def test_a_second_click_does_a_deed_once(town: Town, keeper: Caller) -> None:
    given = await town.issue(town.citizen)
    fields = {**WORDS, "sure": "yes", "key": str(uuid4())}
    for _ in range(2):
        again = await keeper.post(f"/desk/licences/{given.licence}/suspend", fields)
        assert again.status_code == 303
    assert len(await town.city.memory.ledger.history(given.licence)) == 2


@pytest.mark.parametrize("missing", ["facts", "rule", "remedy"])
async def test_an_officer_must_write_every_part(town: Town, keeper: Caller, missing: str) -> None:
    given = await town.issue(town.citizen)
    page = await keeper.post(f"/desk/licences/{given.licence}/suspend", WORDS | {missing: " "})
    assert page.status_code == 422
    assert "还差一栏" in page.text
    assert len(await town.city.memory.ledger.history(given.licence)) == 1


@pytest.mark.parametrize("name", ["resume", "confirm", "drop", "nonsense", "cancel"])
async def test_a_deed_that_is_not_possible_is_refused_and_writes_nothing(town: Town, keeper: Caller, name: str) -> None:
    given = await town.issue(town.citizen)
    path = f"/desk/licences/{given.licence}/{name}"
    answers = [await keeper.get(path), await keeper.post(path, WORDS), await keeper.post(path, WORDS | {"sure": "yes"})]
    assert {answer.status_code for answer in answers} == {409}
    assert len(await town.city.memory.ledger.history(given.licence)) == 1


@pytest.mark.parametrize(("department", "area"), [("fire_rescue", AREA), (AGENCY, "410200"), (AGENCY, "420000")])
async def test_an_officer_of_another_department_or_city_finds_no_licence(
    town: Town, department: str, area: str
) -> None:
    given = await town.issue(town.citizen)
    stranger = await town.sign_in(await town.new_officer(Held("licences.revoke", Scope(department, area))))
    there = await stranger.get(f"/desk/licences/{given.licence}")
    nowhere = await stranger.get(f"/desk/licences/{uuid4()}")
    assert there.status_code == nowhere.status_code == 404
    assert (await stranger.get(f"/desk/licences?identifier={given.identifier}")).status_code == 404
    posted = await stranger.post(f"/desk/licences/{given.licence}/suspend", WORDS | {"sure": "yes"})
    assert posted.status_code == 404
    assert await town.rows("select from reads where about = $1", given.licence) == []
    assert len(await town.city.memory.ledger.history(given.licence)) == 1


async def test_an_officer_finds_a_licence_by_its_identifier_and_the_holder_sees_the_look(
    town: Town, keeper: Caller
) -> None:
    citizen = await town.new_citizen("林晓梅")
    given = await town.issue(citizen)
    sent = await keeper.get(f"/desk/licences?identifier={given.identifier}")
    assert sent.headers["location"] == f"/desk/licences/{given.licence}"
    assert await town.rows("select from reads where about = $1", given.licence) == []
    page = await keeper.get(sent.headers["location"])
    assert "林晓梅" in page.text
    [look] = await town.rows("select duty, department, what from reads where about = $1", given.licence)
    assert tuple(look) == ("licences.revoke", AGENCY, "licence")
    mine = (await citizen.get(f"/wallet/{given.licence}")).text
    assert "市场监督管理局 韩*" in mine
    assert "韩立" not in mine


async def test_who_waits_for_a_second_officer_is_named_with_stars_only(town: Town, keeper: Caller) -> None:
    given = await town.issue(await town.new_citizen("鱻龘靐"), name="鱻龘靐")
    await deed(keeper, given, "revoke", facts="x", rule="y")
    page = (await keeper.get("/desk/licences")).text
    assert "鱻**" in page
    assert "鱻龘靐" not in page


async def test_a_holder_gives_a_licence_up(town: Town) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    page = await citizen.get(f"/wallet/{given.licence}/cancel")
    fields = {"key": hidden(page, "key")}
    for _ in range(2):
        done = await citizen.post(f"/wallet/{given.licence}/cancel", fields)
        assert done.headers["location"] == f"/wallet/{given.licence}"
    await town.publish()
    answer = await checked(town, given)
    assert (answer["verdict"], answer["code"]) == ("cancelled", "04")
    assert len(await letters(town, citizen, "licences.cancelled")) == 1
    assert (await citizen.get(f"/wallet/{given.licence}/cancel")).status_code == 409


async def renewed(town: Town, given: Given) -> Changed | Refused:
    found = await load(given.licence, licences=town.city.cabinet.licences)
    assert found is not None
    licences, holder = town.city.cabinet.licences, Acting(found.holder, Channel.PHONE)
    asked = await ask_renewal(given.licence, licences=licences, key=uuid4(), by=holder, now=town.clock())
    assert isinstance(asked, Changed)
    by = Acting(PersonId(uuid4()), Channel.API, "licences.renew", Scope(AGENCY, AREA))
    return await renew(given.licence, licences=licences, key=uuid4(), by=by, now=town.clock())


async def test_a_renewed_licence_has_a_new_identifier_and_the_old_one_points_to_it(town: Town) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    await paper_of(citizen, given)
    done = await renewed(town, given)
    assert isinstance(done, Changed)
    assert identified(done.identifier) == identified(given.identifier).in_edition(2)
    newest = Given(given.licence, done.identifier)
    assert (await checked(town, newest))["verdict"] in ("proof_follows", "being_checked")
    await town.publish()
    assert {(await checked(town, one))["verdict"] for one in (given, newest)} == {"valid"}
    page = (await town.caller().get(f"/verify/{given.identifier}")).text
    assert "这是旧的一版" in page
    assert f"/verify/{done.identifier}" in page
    assert "这是旧的一版" not in (await town.caller().get(f"/verify/{done.identifier}")).text
    typed = quote(f"{done.identifier.lower()} ", safe="")
    assert "这是旧的一版" not in (await town.caller().get(f"/verify/{typed}")).text
    assert "2030年" in (await letters(town, citizen, "licences.renewed"))[0]
    text = said(await paper_of(citizen, given))
    assert done.identifier in text
    assert given.identifier not in text


async def test_a_licence_that_is_renewed_lives_on_in_the_list(town: Town) -> None:
    given = await town.issue(await town.new_citizen())
    await renewed(town, given)
    with town.clock.later(YEARS):
        await town.publish()
        assert (await checked(town, given))["verdict"] == "valid"
    await town.publish()


async def test_another_item_uses_a_licence_instead_of_a_copy(town: Town) -> None:
    citizen, licences = await town.new_citizen(), town.city.cabinet.licences
    given = await town.issue(citizen, kind="business_licence")
    holder, day = PersonId(await town.person(citizen)), town.clock().date()
    [found] = await held_of_type(holder, "business_licence", day=day, licences=licences)
    assert found.id == given.licence
    assert await held_of_type(holder, "food_business_licence", day=day, licences=licences) == ()
    assert await held_of_type(PersonId(uuid4()), "business_licence", day=day, licences=licences) == ()
    consent, case = Acting(holder, Channel.PHONE), uuid4()
    change = await use(given.licence, [Reliance("fire_rescue", case, "fire_safety_inspection")], licences=licences, consent=consent, day=day)  # fmt: skip
    assert not isinstance(change, Refused)
    answer = LicenceUsed("fire_rescue", case, "fire_safety_inspection", holder)

    async def decide() -> Decision:
        return Decision(change, answer)

    await licences.ledger.record(uuid4(), decide, LicenceUsed, by=consent, now=town.clock())
    page = (await citizen.get(f"/wallet/{given.licence}")).text
    assert "消防救援支队" in page
    assert town.city.counter.scribe.matter("zh", "fire_safety_inspection") in page
    await town.publish()
    assert (await checked(town, given))["verdict"] == "valid"
    stranger = await use(
        given.licence, [Reliance("fire_rescue", case, "x")], licences=licences,
        consent=Acting(PersonId(uuid4()), Channel.PHONE), day=day,
    )  # fmt: skip
    assert stranger == Refused(Why.NO_CONSENT)
    nothing = await use(uuid4(), [Reliance("fire_rescue", case, "x")], licences=licences, consent=consent, day=day)
    assert nothing == Refused(Why.NOT_FOUND)


async def test_what_was_given_up_is_no_material_any_more(town: Town) -> None:
    citizen, licences = await town.new_citizen(), town.city.cabinet.licences
    given = await town.issue(citizen, kind="business_licence")
    holder, day = PersonId(await town.person(citizen)), town.clock().date()
    by = Acting(holder, Channel.PHONE)
    assert isinstance(await cancel(given.licence, licences=licences, key=uuid4(), by=by, now=town.clock()), Changed)
    assert await held_of_type(holder, "business_licence", day=day, licences=licences) == ()
    assert [one.id for one in await held_by(holder, licences=licences)] == [given.licence]


async def test_only_values_that_the_type_knows_stand_on_a_licence(town: Town) -> None:
    given = await town.issue(town.citizen, values=ANSWERS | {"number": "410199198806120029"})
    found = await load(given.licence, licences=town.city.cabinet.licences)
    assert found is not None
    known = ("shop_name", "premises_address", "premises_area", "food_sold")
    assert found.issued.values == {name: ANSWERS[name] for name in known}


async def test_a_forgotten_holder_leaves_a_state_without_a_name(town: Town, keeper: Caller) -> None:
    citizen = await town.new_citizen("鱻龘靐")
    given = await town.issue(citizen, name="鱻龘靐")
    paper = await paper_of(citizen, given)
    assert paper.status_code == 200
    await town.publish()
    subject = await town.person(citizen)
    town.city.memory.keys.destroy(subject)
    await town.rows("update accounts set name = null where person = $1 returning person", subject)
    answer = await checked(town, given)
    assert (answer["verdict"], answer["holder"], answer["values"]) == ("valid", None, {})
    pages = [
        await town.caller().get(f"/verify/{given.identifier}"),
        await keeper.get(f"/desk/licences/{given.licence}"),
        await citizen.get("/wallet"),
        await citizen.get(f"/wallet/{given.licence}"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "鱻" not in page.text
        assert "（已按本人要求删除）" in page.text
    [row] = await town.rows("select blob from licence_papers where licence = $1", given.licence)
    assert town.city.cabinet.papers._opened(await loaded(town, given), row["blob"]) is None
    await town.publish()
    assert (await checked(town, given))["verdict"] == "valid"


async def loaded(town: Town, given: Given) -> Any:
    return await load(given.licence, licences=town.city.cabinet.licences)


async def test_the_list_names_no_identifier_and_opens_with_the_ledger_s_key(town: Town) -> None:
    given = await town.issue(town.citizen)
    await town.publish()
    hashed = identified(given.identifier).hashed
    answer = await town.caller().get(f"/licences/status/{hashed[:2]}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=30"
    text = town.city.memory.signer.opened(answer.text)
    assert text is not None
    assert f'"hash":"{hashed}","state":"01"' in text
    assert given.identifier not in text
    assert str(given.licence) not in text
    point = town.city.memory.signer.published(town.city.memory.folder)
    assert point is not None
    assert f'"origin":"{point.origin}","size":{point.size}' in text


@pytest.mark.parametrize("shard", ["", "0", "000", "0G", "AA", "..", "%2e%2e", "checkpoint", "00%00"])
async def test_what_is_no_list_is_not_there(town: Town, shard: str) -> None:
    await town.publish()
    assert (await town.caller().get(f"/licences/status/{shard}")).status_code == 404


async def test_the_job_renews_every_list_each_minute(town: Town, tmp_path: Path) -> None:
    given = await town.issue(town.citizen)
    await town.seal()
    [job] = list_jobs_of(town.city)
    assert job.every_s == 60
    done = await run_once([job], town.clock())
    assert done["licences.status"] >= 1
    assert len(list(town.city.memory.status.glob("[0-9a-f][0-9a-f]"))) == 256
    assert (await checked(town, given))["verdict"] == "valid"


async def test_the_index_of_licences_holds_nothing_about_the_holder_but_an_id(town: Town) -> None:
    given = await town.issue(town.citizen)
    [row] = await town.rows("select * from licences where licence = $1", given.licence)
    assert row["stem"] == identified(given.identifier).stem
    assert set(dict(row)) == {"licence", "holder", "type", "agency", "area", "stem", "issued"}


async def test_a_renewal_is_refused_to_whoever_lacks_the_duty(town: Town) -> None:
    given = await town.issue(town.citizen)
    licences = town.city.cabinet.licences
    by = Acting(PersonId(await town.person(town.citizen)), Channel.PHONE)
    refused = await renew(given.licence, licences=licences, key=uuid4(), by=by, now=town.clock())
    assert refused == Refused(Why.NOT_YOUR_DUTY)
    unknown = await renew(uuid4(), licences=licences, key=uuid4(), by=by, now=town.clock())
    assert unknown == Refused(Why.NOT_FOUND)
    early = await renew(given.licence, licences=licences, key=uuid4(), by=the_city(), now=town.clock())
    assert early == Refused(Why.NOT_ASKED)
    stranger = Acting(PersonId(uuid4()), Channel.PHONE)
    asked = await ask_renewal(given.licence, licences=licences, key=uuid4(), by=stranger, now=town.clock())
    assert asked == Refused(Why.NOT_FOUND)


async def test_no_fact_of_a_licence_names_its_holder_in_clear(town: Town, keeper: Caller) -> None:
    given = await town.issue(town.citizen, name="鱻龘靐", values=ANSWERS | {"shop_name": "犇羴小馆"})
    await deed(keeper, given, "suspend", facts="厵瀑", rule="y", remedy="z")
    rows = await town.rows("select body from ledger.facts where stream = $1", given.licence)
    assert len(rows) == 2
    assert not any(secret in row["body"].decode() for row in rows for secret in ("鱻", "犇", "厵"))
    assert "犇羴小馆" in repr((await town.city.memory.ledger.history(given.licence))[0].fact)


async def test_a_paper_goes_after_thirty_days_and_can_be_drawn_again(town: Town) -> None:
    citizen = await town.new_citizen()
    given = await town.issue(citizen)
    await paper_of(citizen, given)
    [row] = await town.rows("select blob from licence_papers where licence = $1", given.licence)
    blob = town.city.memory.blobs / "papers" / row["blob"][:2] / row["blob"]
    papers = town.city.cabinet.papers
    await papers.purge(town.clock() + timedelta(days=29))
    assert blob.is_file()
    assert await papers.purge(town.clock() + timedelta(days=31)) >= 1
    assert not blob.is_file()
    assert await town.rows("select from licence_papers where licence = $1", given.licence) == []
    assert (await paper_of(citizen, given)).status_code == 200
