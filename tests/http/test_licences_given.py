"""A decision gives a licence in the same moment, and another matter relies on it instead of a copy."""

from uuid import UUID

from tests.http.towns import Caller, Town

from onecity.drills.cities import ANSWERS
from onecity.licences.facts import LicenceUsed

SEAL = {"shop_name": ANSWERS["shop_name"], "seal_kind": "name_only"}


async def granted(town: Town, citizen: Caller, item: str, answers: dict[str, str], officer: Caller, *move: str) -> UUID:
    receipt = (await citizen.send("/api/applications", {"items": [item], "answers": answers})).json()
    case = receipt["cases"][0]
    body = {"step": move[0], "outcome": move[1], "words": {}}
    assert (await officer.send(f"/api/cases/{case}/moves", body)).status_code == 200
    return UUID(case)


async def test_a_registration_puts_a_licence_into_the_wallet_and_spares_the_next_matter_a_copy(town: Town) -> None:
    citizen = await town.new_citizen("拾小味")
    answers = {name: ANSWERS[name] for name in ("shop_name", "premises_address", "premises_street")}
    answers |= {"premises_right": "rented", "staff_count": "6"}
    case = await granted(
        town, citizen, "individual_business_registration", answers, town.accept, "acceptance", "register"
    )
    wallet = (await citizen.get("/wallet")).text
    assert "营业执照" in wallet
    page = (await citizen.get("/items/seal_filing/materials")).text
    assert "在您的证照包里" in page
    assert 'type="file"' not in page

    receipt = (await citizen.send("/api/applications", {"items": ["seal_filing"], "answers": SEAL})).json()
    police = await town.sign_in(town.account("gongan"))
    assert "从证照包调取" in (await police.get(f"/desk/cases/{receipt['cases'][0]}")).text
    [[licence]] = await town.rows(
        "select stream from ledger.facts where kind = 'licences.issued/1' and position(convert_to($1, 'utf8') in body) > 0",
        str(case),
    )
    kinds = await town.rows("select kind from ledger.facts where stream = $1 order by version", licence)
    assert [row["kind"] for row in kinds] == ["licences.issued/1", "licences.used/1"]
    assert "刻公章备案" in (await citizen.get(f"/wallet/{licence}")).text


async def test_a_refusal_gives_no_licence(town: Town) -> None:
    citizen = await town.new_citizen()
    thread = await town.apply(citizen)
    words = {"facts": "a", "remedy": "b"}
    move = {"step": "acceptance", "outcome": "decline", "words": words}
    assert (await town.accept.send(f"/api/cases/{thread.case}/moves", move)).status_code == 200
    assert "licences.issued" not in str(
        await town.rows(
            "select kind from ledger.facts where position(convert_to($1, 'utf8') in body) > 0", str(thread.case)
        )
    )


async def test_a_licence_that_came_later_is_used_by_another_try_and_by_what_is_brought(town: Town) -> None:
    citizen, police = await town.new_citizen("拾小味"), await town.sign_in(town.account("gongan"))
    receipt = (await citizen.send("/api/applications", {"items": ["seal_filing"], "answers": SEAL})).json()
    affair, [first] = receipt["affair"], receipt["cases"]
    lacks = {"step": "filing", "outcome": "supplement", "words": {}, "lacking": ["business_licence"]}
    assert (await police.send(f"/api/cases/{first}/moves", lacks)).status_code == 200
    bring = f"/api/affairs/{affair}/bring"
    assert (await citizen.send(bring, {"case": first})).status_code == 409

    answers = {name: ANSWERS[name] for name in ("shop_name", "premises_address", "premises_street")}
    answers |= {"premises_right": "rented", "staff_count": "6"}
    await granted(town, citizen, "individual_business_registration", answers, town.accept, "acceptance", "register")
    assert (await citizen.send(bring, {"case": first})).status_code == 200
    assert "从证照包调取" in (await police.get(f"/desk/cases/{first}")).text
    assert await used_by(town) == [first]

    no = {"step": "filing", "outcome": "decline", "words": {"facts": "a", "remedy": "b"}}
    assert (await police.send(f"/api/cases/{first}/moves", no)).status_code == 200
    again = await citizen.send(f"/api/affairs/{affair}/again", {"item": "seal_filing"})
    assert again.status_code == 200
    second = again.json()["case"]
    assert "从证照包调取" in (await police.get(f"/desk/cases/{second}")).text
    assert await used_by(town) == [first, second]


async def test_a_licence_is_used_by_the_branch_that_waited_for_it(town: Town) -> None:
    citizen = await town.new_citizen("拾小味")
    answers = {name: ANSWERS[name] for name in ("shop_name", "premises_address", "premises_street")}
    answers |= {"premises_right": "rented", "staff_count": "6", "seal_kind": "name_only"}
    items = ["individual_business_registration", "seal_filing"]
    receipt = (await citizen.send("/api/applications", {"items": items, "answers": answers})).json()
    registration, seal = receipt["cases"]
    body = {"step": "acceptance", "outcome": "register", "words": {}}
    assert (await town.accept.send(f"/api/cases/{registration}/moves", body)).status_code == 200
    assert await used_by(town) == [seal]


async def used_by(town: Town) -> list[str]:
    """The cases that rely on the newest licence, in the order in which they said so."""
    [[licence]] = await town.rows(
        "select stream from ledger.facts where kind = 'licences.issued/1' order by stream desc limit 1"
    )
    history = await town.city.memory.ledger.history(licence)
    return [str(one.fact.case) for one in history if isinstance(one.fact, LicenceUsed)]
