"""What the tables say of people is what the facts say, whatever happened before."""

from tests.http.towns import Town

from onecity.ledger import Projections, rebuild
from onecity.machinery.postgres import connect
from onecity.people import PEOPLE


async def test_every_row_about_people_follows_from_the_facts(town: Town) -> None:
    await town.proposal()
    await town.absence(town.decide)
    await town.question(await town.apply(town.citizen))
    mandate = await town.mandate(town.citizen, town.other)
    await town.citizen.post(f"/mandates/{mandate}/end", {})
    await town.consent(town.citizen)
    await town.window.post(f"/window/{await town.reception(town.citizen)}/end", {})
    await town.reception(town.other)
    connection = await connect(town.city.memory.database.owner)
    try:
        count, found = await rebuild(connection, town.city.memory.book, Projections(PEOPLE), replace=False)
    finally:
        await connection.close()
    assert count > 0
    assert found == []
