"""A step of the schema finds what was written before it."""

from typing import Final
from uuid import UUID

from onecity.bootstrap.rooms import SCHEMAS
from onecity.machinery.postgres import Address, connect, migrate, read_migrations

AFFAIR: Final = UUID(int=7)
BODY: Final = b'{"data":{"materials":{"floor_plan":"aa","hygiene_rules":"bb"},"number":"20200922-DJ4BTU8"}}'
MORE: Final = b'{"data":{"materials":{"floor_plan":"cc","hygiene_rules":"bb"}}}'
OTHER: Final = b'{"data":{"materials":{"floor_plan":"dd"}}}'


async def test_files_that_older_applications_quote_are_known_to_the_purge(owner: Address) -> None:
    steps = read_migrations(SCHEMAS)
    before = tuple(step for step in steps if step.package != "services" or step.number < 3)
    connection = await connect(owner)
    await migrate(connection, before)
    insert = "insert into ledger.facts (stream, version, kind, body, mac) values ($1, $2, $3, $4, $5)"
    await connection.execute(insert, AFFAIR, 1, "services.applied/1", BODY, bytes(16))
    await connection.execute(insert, AFFAIR, 2, "services.supplemented/1", MORE, bytes(16))
    await connection.execute(insert, AFFAIR, 3, "casework.opened/1", OTHER, bytes(16))
    await connection.execute(insert, UUID(int=8), 1, "services.applied/1", b'{"data":{}}', bytes(16))
    assert await migrate(connection, steps) == len(steps) - len(before)
    found = await connection.fetch("select blob, affair from brought order by 1")
    assert found == [("aa", AFFAIR), ("bb", AFFAIR), ("cc", AFFAIR)]
    await connection.close()
