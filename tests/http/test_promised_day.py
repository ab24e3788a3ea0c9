"""The day that a guide names before an application is the day that the application bears once it is handed in."""

import re

import pytest
from tests.http.restaurant import ANSWERS as RESTAURANT
from tests.http.towns import Town

from onecity.drills.cities import ANSWERS

_ANSWERED = r"每一步都用满的话，最晚 (.+?)。"


def said(pattern: str, page: str) -> str:
    found = re.search(pattern, re.sub("<[^>]+>", "", page))
    assert found is not None, page
    return found[1].strip()


@pytest.mark.parametrize(
    ("guide", "command"),
    [
        ("/items/food_business", {"items": ["food_business"], "answers": ANSWERS}),
        ("/life-events/open_restaurant", {"event": "open_restaurant", "answers": RESTAURANT}),
    ],
)
async def test_the_guide_names_the_day_that_the_application_then_bears(
    town: Town, guide: str, command: dict[str, object]
) -> None:
    citizen = await town.new_citizen()
    promised = said(_ANSWERED, (await citizen.get(guide)).text)
    affair = (await citizen.send("/api/applications", command)).json()["affair"]
    page = (await citizen.get(f"/affairs/{affair}")).text
    # One matter names the day of the answer first, and that of the result below it.
    assert said(r"(?:结果最晚|全部有结果，预计最晚) ?(\d+月\d+日 ?星期.)", page) == promised
