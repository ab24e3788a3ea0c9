"""Each demand of an item stands on its page with its article, or is named an example there."""

import re
from html import unescape

from tests.http.towns import Town

from onecity.casework import LAW
from onecity.services import ITEM
from onecity.services.forms import MATERIAL

LATER = "可以后补"
EXAMPLE = "示例，法律没有写到这么细"


def told(page: str) -> str:
    """What a page says, without its marks and the spaces between them."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", page)))


async def test_no_demand_stands_without_its_article_or_as_what_it_is_an_example(town: Town) -> None:
    pack = town.city.counter.catalogue.pack
    materials = pack.all(MATERIAL)
    for name, declared in pack.all(ITEM).items():
        item, said = declared.value, told((await town.nobody.get(f"/items/{name}")).text)
        for need in item.needs:
            source = need.because.citation if need.because else EXAMPLE
            hint = " · ".join(dict.fromkeys((need.why.zh, source)))
            assert told(materials[need.material].value.name.zh + LATER * need.later + hint) in said, name
        for condition in item.conditions:
            source = condition.because.citation if condition.because else EXAMPLE
            assert told(condition.say.zh + source) in said, name


async def test_days_that_only_the_simulated_city_names_are_not_called_those_of_a_law(town: Town) -> None:
    pack = town.city.counter.catalogue.pack
    made_up = {one.value.name.zh for one in pack.all(LAW).values() if one.value.simulated}
    items = {name: one.value for name, one in pack.all(ITEM).items()}
    simulated = next(name for name, item in items.items() if item.limit.because.law in made_up and item.limit.number)
    lawful = next(name for name, item in items.items() if item.limit.because.law not in made_up)
    assert "模拟城市给" in told((await town.nobody.get(f"/items/{simulated}")).text)
    assert "模拟城市给" not in told((await town.nobody.get(f"/items/{lawful}")).text)
