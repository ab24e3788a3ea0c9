"""A paper that only a third party may make says so on the guide, with its article, in both languages."""

from tests.http.test_laws import english
from tests.http.towns import Town
from tests.shipped import shipped

from onecity.services.intermediaries import INTERMEDIARY


async def test_the_guide_says_who_has_to_make_a_paper_and_by_which_article(town: Town) -> None:
    row = next(one for one in shipped().one(INTERMEDIARY).rows if one.item == "direct_selling_company_approval")
    page = await town.caller().get(f"/items/{row.item}")
    assert f"要由{row.who.zh}出具" in page.text
    assert "直销管理条例" in page.text
    assert f"has to be made by: {row.who.en}" in await english(town.citizen, f"/items/{row.item}")
    plain = await town.caller().get("/items/food_business")
    assert "要由" not in plain.text
