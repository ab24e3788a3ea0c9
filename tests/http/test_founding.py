"""The simulated city is founded at every start; what is there already stays."""

from tests.http.towns import Town

from onecity.bootstrap.founding import found


async def test_founding_again_writes_no_fact_and_every_password_still_opens(town: Town) -> None:
    [before] = await town.rows("select count(*) from ledger.facts")
    town.clock.tick()
    await found(town.city, town.accounts, at=town.clock())
    [after] = await town.rows("select count(*) from ledger.facts")
    assert after == before
    for account in town.accounts.accounts:
        assert (await town.sign_in(account)).token


async def test_every_register_row_belongs_to_a_batch_that_a_fact_names(town: Town) -> None:
    town.clock.tick()
    await found(town.city, town.accounts, at=town.clock())
    lost = await town.rows("select batch from register_rows where batch not in (select stream from ledger.facts)")
    assert lost == []
