"""A decision gives a licence in the same moment, and another matter relies on it instead of a copy."""

from uuid import UUID

from tests.cities import ANSWERS
from tests.http.towns import Caller, Town

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
