"""A child is born: one form, five agencies, and each thing begins as soon as what it waits for is there."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import pytest
from tests.http.test_api import reason
from tests.http.towns import AREA, Caller, Town

from onecity.kernel.acting import Held, Scope

EVENT: Final = "/life-events/newborn"
QUESTIONS: Final = {
    "born_here": "yes", "child_household": "mother", "claims_maternity_allowance": "yes",
    "claims_delivery_refund": "yes",
}  # fmt: skip
ANSWERS: Final = QUESTIONS | {
    "child_name": "周小满", "surname_from": "father", "child_sex": "female", "child_birth_day": "2020-9-20",
    "mother_name": "沈若兰", "mother_number": "410199199203050249", "father_name": "周远",
    "father_number": "410199199108180133", "ethnic_group_from": "father", "child_street": "金水区经八路街道",
    "card_form": "both", "babies_born": "2", "difficult_birth": "no", "paid_first_because": "urgent",
}  # fmt: skip
AGENCIES: Final = {
    "birth_medical_certificate": "maternity_hospital",
    "vaccination_record": "health_commission",
    "birth_registration": "public_security",
    "resident_medical_insurance": "medical_insurance",
    "social_security_card": "human_resources",
    "maternity_allowance": "medical_insurance",
    "delivery_cost_refund": "medical_insurance",
}
SUM: Final = {"sum": "113 天，每天 210 元，一共 23,730 元"}
NO: Final = {"facts": "两家医院都开了证明", "rule": "民法典第 15 条", "remedy": "请出生的医院说明哪一张是真的"}


class Birth:
    """An application for the event: its cases by item, and an officer in each agency for whom it waits."""

    def __init__(self, town: Town, citizen: Caller, affair: str, officers: Mapping[str, Caller]) -> None:
        self._town = town
        self.citizen = citizen
        self.affair = affair
        self.officers = officers

    async def cases(self) -> dict[str, Mapping[str, str]]:
        """The cases as the citizen sees them."""
        found = (await self.citizen.get(f"/api/affairs/{self.affair}")).json()["cases"]
        return {case["item"]: case for case in found}

    async def states(self) -> dict[str, str]:
        return {item: case["state"] for item, case in (await self.cases()).items()}

    async def move(self, item: str, step: str, outcome: str, *, agency: str = "", **words: str) -> str:
        """What an officer of the item's agency, or of another, is answered: `good`, or the reason of the no."""
        case = (await self.cases())[item]["case"]
        body = {"step": step, "outcome": outcome, "words": words}
        answer = await self.officers[agency or AGENCIES[item]].send(f"/api/cases/{case}/moves", body)
        return "good" if answer.status_code < 400 else reason(answer)

    async def letters(self) -> list[str]:
        """The kinds of letters about the application, in the order of their sending."""
        rows = await self._town.rows("select kind from letters where about = $1 order by sent, kind", UUID(self.affair))
        return [row["kind"] for row in rows]


async def officer(town: Town, agency: str) -> Caller:
    held = [Held(duty, Scope(agency, AREA)) for duty in ("services.accept", "services.decide")]
    return await town.sign_in(await town.new_officer(*held))


async def born(town: Town, answers: Mapping[str, str] = ANSWERS) -> Birth:
    """A child is born, and its mother applies for everything in one go."""
    citizen = await town.new_citizen("沈若兰")
    receipt = await citizen.send("/api/applications", {"event": "newborn", "answers": dict(answers)})
    receipt.raise_for_status()
    agencies = sorted(set(AGENCIES.values()))
    return Birth(town, citizen, receipt.json()["affair"], {one: await officer(town, one) for one in agencies})


async def test_five_agencies_grant_what_a_child_needs_each_as_soon_as_the_one_before_it_is_done(town: Town) -> None:
    birth = await born(town)
    assert await birth.states() == {
        "birth_medical_certificate": "running",
        "vaccination_record": "running",
        "birth_registration": "held",
        "resident_medical_insurance": "held",
        "social_security_card": "held",
        "maternity_allowance": "running",
        "delivery_cost_refund": "running",
    }
    assert await birth.move("birth_registration", "check", "record") == "casework.no_such_step"

    assert await birth.move("birth_medical_certificate", "check", "record") == "good"
    states = await birth.states()
    assert (states["birth_medical_certificate"], states["birth_registration"]) == ("granted", "running")
    assert {states["resident_medical_insurance"], states["social_security_card"]} == {"held"}
    assert await birth.move("social_security_card", "check", "register") == "casework.no_such_step"

    assert await birth.move("birth_registration", "check", "record") == "good"
    states = await birth.states()
    assert states["birth_registration"] == "granted"
    assert {states["resident_medical_insurance"], states["social_security_card"]} == {"running"}

    assert await birth.move("resident_medical_insurance", "check", "register") == "good"
    assert await birth.move("social_security_card", "check", "register") == "good"
    assert await birth.move("vaccination_record", "issue", "issue") == "good"
    for benefit in ("maternity_allowance", "delivery_cost_refund"):
        assert await birth.move(benefit, "review", "pass") == "good"
        assert await birth.move(benefit, "decision", "pay", **SUM) == "good"
    assert set((await birth.states()).values()) == {"granted"}
    letters = await birth.letters()
    counted = {kind: letters.count(kind) for kind in letters}
    assert counted == {"services.received": 1, "services.granted": 5, "services.paid": 2, "casework.released": 3}


async def test_all_cases_lie_in_the_street_in_which_the_child_lives(town: Town) -> None:
    birth = await born(town)
    rows = await town.rows("select area from cases where affair = $1", UUID(birth.affair))
    assert [row["area"] for row in rows] == ["410105001"] * len(AGENCIES)


async def test_days_run_from_the_receipt_and_for_what_waits_from_the_day_it_begins(town: Town) -> None:
    birth = await born(town)
    cases = await birth.cases()
    # From a Tuesday: the week of holidays does not count, a Sunday before it and a Saturday after it do.
    assert cases["birth_medical_certificate"]["due"] == "2020-09-23"
    assert cases["maternity_allowance"]["due"] == "2020-10-12"
    assert cases["delivery_cost_refund"]["due"] == "2020-11-09"
    assert cases["birth_registration"]["due"] == "2020-09-24"
    assert await birth.move("birth_medical_certificate", "check", "record") == "good"
    assert (await birth.cases())["birth_registration"]["due"] == "2020-09-23"


@pytest.mark.parametrize("item", ["birth_medical_certificate", "vaccination_record", "maternity_allowance"])
async def test_no_agency_decides_what_is_anothers(town: Town, item: str) -> None:
    birth = await born(town)
    step, outcome = {
        "birth_medical_certificate": ("check", "record"),
        "vaccination_record": ("issue", "issue"),
        "maternity_allowance": ("review", "pass"),
    }[item]
    for agency in sorted(set(AGENCIES.values()) - {AGENCIES[item]}):
        assert await birth.move(item, step, outcome, agency=agency) == "casework.not_found"
    assert (await birth.states())[item] == "running"
    assert await birth.move(item, step, outcome) == "good"


@pytest.mark.parametrize("outcome", ["refuse", "decline", "supplement"])
async def test_a_vaccination_record_cannot_be_refused(town: Town, outcome: str) -> None:
    birth = await born(town)
    assert await birth.move("vaccination_record", "issue", outcome, **NO) == "casework.no_such_outcome"
    assert (await birth.states())["vaccination_record"] == "running"


async def test_money_is_paid_only_after_a_review_and_with_the_sum_in_the_letter(town: Town) -> None:
    birth = await born(town)
    assert await birth.move("maternity_allowance", "decision", "pay", **SUM) == "casework.no_such_step"
    assert await birth.move("maternity_allowance", "review", "pass") == "good"
    assert await birth.move("maternity_allowance", "decision", "pay") == "casework.unsaid"
    assert await birth.move("maternity_allowance", "decision", "again") == "good"
    assert await birth.move("maternity_allowance", "review", "pass") == "good"
    assert await birth.move("maternity_allowance", "decision", "again") == "casework.once"
    assert await birth.move("maternity_allowance", "decision", "pay", **SUM) == "good"
    [letter] = await town.rows(
        "select letter from letters where about = $1 and kind = 'services.paid'", UUID(birth.affair)
    )
    assert SUM["sum"] in (await birth.citizen.get(f"/letters/{letter['letter']}")).text


async def test_a_registration_that_is_refused_leaves_nothing_waiting_and_stops_nothing_else(town: Town) -> None:
    birth = await born(town)
    assert await birth.move("birth_medical_certificate", "check", "record") == "good"
    assert await birth.move("birth_registration", "check", "doubt") == "good"
    assert await birth.move("birth_registration", "decision", "refuse", **NO) == "good"
    states = await birth.states()
    assert states["birth_registration"] == "refused"
    assert {states["resident_medical_insurance"], states["social_security_card"]} == {"lapsed"}
    assert {states["vaccination_record"], states["maternity_allowance"]} == {"running"}


async def test_without_insurance_at_work_no_allowance_is_begun_and_nothing_is_asked_for_it(town: Town) -> None:
    asked_for_it = ("babies_born", "difficult_birth", "paid_first_because")
    answers = {name: answer for name, answer in ANSWERS.items() if name not in asked_for_it}
    off = {"claims_maternity_allowance": "no", "claims_delivery_refund": "no"}
    birth = await born(town, answers | off)
    assert (await birth.cases()).keys() == AGENCIES.keys() - {"maternity_allowance", "delivery_cost_refund"}
    refused = await birth.citizen.send("/api/applications", {"event": "newborn", "answers": answers})
    assert reason(refused) == "services.answers"
    assert sorted(refused.json()["details"]["fields"]) == sorted(asked_for_it)


async def test_a_child_born_elsewhere_brings_its_certificate_and_is_registered_at_once(town: Town) -> None:
    citizen = await town.new_citizen()
    answers = ANSWERS | {"born_here": "no", "claims_maternity_allowance": "no", "claims_delivery_refund": "no"}
    for page in ("questions", "newborn", "parents", "newborn_home", "birth_benefits"):
        answer = await citizen.post(f"{EVENT}/apply/{page}", answers)
        assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == f"{EVENT}/materials"
    page = (await citizen.get(f"{EVENT}/materials")).text
    assert 'name="birth_certificate"' in page
    assert 'name="household_register_page"' not in page
    birth = await born(town, answers)
    states = await birth.states()
    assert "birth_medical_certificate" not in states
    assert states["birth_registration"] == "running"


async def test_a_child_whose_household_is_elsewhere_is_vaccinated_here_and_registered_there(town: Town) -> None:
    off = {"child_household": "elsewhere", "claims_maternity_allowance": "no", "claims_delivery_refund": "no"}
    birth = await born(town, ANSWERS | off)
    assert (await birth.cases()).keys() == {"birth_medical_certificate", "vaccination_record"}


@pytest.mark.parametrize("item", AGENCIES)
async def test_every_item_of_the_event_has_a_guide_and_stands_alone(town: Town, item: str) -> None:
    guide = await town.nobody.get(f"/items/{item}")
    assert guide.status_code == 200
    asked = (await town.nobody.get(f"/api/items/{item}")).json()["asks"]
    answers = {one["field"]: ANSWERS[one["field"]] for one in asked}
    citizen = await town.new_citizen()
    alone = await citizen.send("/api/applications", {"items": [item], "answers": answers})
    assert alone.status_code == 200
    [case] = (await citizen.get(f"/api/affairs/{alone.json()['affair']}")).json()["cases"]
    assert case["state"] == "running"


async def test_the_event_says_in_both_languages_what_it_does_and_what_to_bring(town: Town) -> None:
    page = (await town.nobody.get(EVENT)).text
    assert "孩子出生" in page
    assert "出生医学证明" in page
    visitor = await town.new_citizen()
    visitor.http.cookies.set("lang", "en")
    english = (await visitor.get(EVENT)).text
    assert "A child is born" in english
    assert "Medical record of the birth" in english
