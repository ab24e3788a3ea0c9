"""What the tables say of people is what the facts say."""

from tests.http.towns import Town

from onecity.ledger import Projections, rebuild
from onecity.machinery.postgres import connect
from onecity.people import PEOPLE


async def test_every_row_about_people_follows_from_the_facts(alone: Town) -> None:
    await alone.proposal()
    await alone.absence(alone.decide)
    await alone.question(await alone.apply(alone.citizen))
    mandate = await alone.mandate(alone.citizen, alone.other)
    await alone.citizen.post(f"/mandates/{mandate}/end", {})
    await alone.consent(alone.citizen)
    await alone.window.post(f"/window/{await alone.reception(alone.citizen)}/end", {})
    await alone.reception(alone.other)
    connection = await connect(alone.city.memory.database.owner)
    try:
        count, found = await rebuild(connection, alone.city.memory.book, Projections(PEOPLE), replace=False)
    finally:
        await connection.close()
    assert count > 0
    assert found == []
