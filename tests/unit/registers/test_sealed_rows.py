"""Rows of the registers lie sealed, found by a keyed hash, quoted by a proof that nobody guesses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Final

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from onecity.registers import (
    FIRMS,
    GUARDIANS,
    PERSONS,
    FactRow,
    FirmRow,
    GuardianRow,
    Guardianship,
    PersonRow,
    Registers,
)

KEY: Final = bytes(range(32))
OTHER_KEY: Final = bytes(32)
NUMBER: Final = "41019919880612002X"
ROW: Final = PersonRow(NUMBER, "林晓梅", date(1988, 6, 12), "女", "郑州市", "410199", "simulated")


class OneRow:
    """A stand-in for the pool of a database in which one row lies, whatever is asked for."""

    def __init__(self, sealed: bytes | None) -> None:
        self._sealed = sealed
        self.asked: tuple[object, ...] = ()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["OneRow"]:
        yield self

    async def fetchval(self, _query: str, *values: object) -> bytes | None:
        self.asked = values
        return self._sealed


def registers(sealed: bytes | None = None, key: bytes = KEY) -> Registers:
    return Registers(OneRow(sealed), key)


def changed(**fields: object) -> PersonRow:
    return msgspec.structs.replace(ROW, **fields)


async def test_a_sealed_row_is_read_again_by_its_number() -> None:
    sealed = registers()._sealed(ROW)
    assert await registers(sealed).person(NUMBER, day=date(2020, 9, 22)) == ROW
    assert await registers(sealed).person(NUMBER.lower(), day=date(2020, 9, 22)) == ROW


async def test_a_number_without_a_row_is_nobody() -> None:
    assert await registers(None).person(NUMBER, day=date(2020, 9, 22)) is None


async def test_the_database_is_asked_by_a_keyed_hash_and_never_by_the_number() -> None:
    pool = OneRow(None)
    await Registers(pool, KEY).person(NUMBER, day=date(2020, 9, 22))
    assert pool.asked == ("persons", registers()._hidden(NUMBER, PERSONS), date(2020, 9, 22))
    assert NUMBER not in repr(pool.asked)


def test_a_sealed_row_shows_nothing_and_never_looks_the_same_twice() -> None:
    first, second = registers()._sealed(ROW), registers()._sealed(ROW)
    assert first != second
    for part in (ROW.number, ROW.name, ROW.address, "1988"):
        assert part.encode() not in first


@pytest.mark.parametrize("place", [0, 11, 12, 40, -1])
async def test_a_changed_byte_is_noticed(place: int) -> None:
    forged = bytearray(registers()._sealed(ROW))
    forged[place] ^= 1
    with pytest.raises(InvalidTag):
        await registers(bytes(forged)).person(NUMBER, day=date(2020, 9, 22))


async def test_a_row_that_was_moved_to_another_number_does_not_open() -> None:
    sealed = registers()._sealed(ROW)
    with pytest.raises(InvalidTag):
        await registers(sealed).person("410199195703030013", day=date(2020, 9, 22))


async def test_another_citys_key_opens_nothing_and_finds_nothing() -> None:
    with pytest.raises(InvalidTag):
        await registers(registers()._sealed(ROW), OTHER_KEY).person(NUMBER, day=date(2020, 9, 22))
    assert registers()._hidden(NUMBER, PERSONS) != registers(key=OTHER_KEY)._hidden(NUMBER, PERSONS)


def test_a_quotation_holds_for_one_row_and_one_key() -> None:
    quoted = registers().quoted(ROW)
    assert quoted == registers().quoted(changed())
    others = [
        changed(number="410199195703030013"), changed(name="林晓海"), changed(born=date(1988, 6, 13)), changed(sex="男"),
        changed(address="洛阳市"), changed(area="410300"), changed(source="other"),
    ]  # fmt: skip
    assert len({quoted, registers(key=OTHER_KEY).quoted(ROW), *map(registers().quoted, others)}) == 9
    assert len(bytes.fromhex(quoted)) == 32


FIRM: Final = FirmRow("91410199MA0000X15D", "拾味（模拟）", NUMBER, "郑州市", "410199", "simulated")
GUARDIAN: Final = GuardianRow(NUMBER, Guardianship.CHILD, ("410199195703030013",), "simulated")


async def test_a_firm_and_a_guardianship_are_read_again_by_their_numbers() -> None:
    day = date(2020, 9, 22)
    assert await registers(registers()._sealed(FIRM)).firm(FIRM.number, day=day) == FIRM
    assert await registers(registers()._sealed(GUARDIAN)).guardianship(NUMBER, day=day) == GUARDIAN


async def test_a_register_of_the_pack_tells_facts_under_its_own_name_only() -> None:
    day = date(2020, 9, 22)
    row = FactRow(NUMBER, "premises", {"area": "182.4"}, date(2019, 5, 6), "simulated")
    assert await registers(registers()._sealed(row)).facts("premises", NUMBER, day=day) == row
    with pytest.raises(InvalidTag):
        await registers(registers()._sealed(row)).facts("home_sales", NUMBER, day=day)


def test_a_number_is_hidden_in_each_register_in_its_own_way() -> None:
    hidden = {registers()._hidden(NUMBER, name) for name in (PERSONS, FIRMS, GUARDIANS, "premises")}
    assert len(hidden) == 4


async def test_a_row_of_one_register_does_not_open_in_another() -> None:
    with pytest.raises(InvalidTag):
        await registers(registers()._sealed(GUARDIAN)).person(NUMBER, day=date(2020, 9, 22))
