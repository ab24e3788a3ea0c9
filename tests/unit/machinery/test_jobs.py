"""What is due is done page by page, some abreast, and what breaks keeps nothing else from its turn."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from onecity.machinery.jobs import each_due

PAGE, ABREAST = 5, 2
DUE = range(12)


class NoPool:
    """Connections to a database that nobody asks anything."""

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[None]:
        yield


async def found(_: object, after: int | None) -> Sequence[int]:
    first = 0 if after is None else after + 1
    return DUE[first : first + PAGE]


@pytest.mark.parametrize("broken", [0, 5, 11])
async def test_some_are_done_abreast_and_one_that_fails_keeps_no_other(broken: int) -> None:
    done, at_work, most = list[int](), 0, 0

    async def do(number: int) -> bool:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        if number == broken:
            raise ValueError(number)
        done.append(number)
        return True

    with pytest.raises(ExceptionGroup) as raised:
        await each_due(cast(Any, NoPool()), found, do, abreast=ABREAST)
    assert [str(one) for one in raised.value.exceptions] == [str(broken)]
    assert sorted(done) == [number for number in DUE if number != broken]
    assert most == ABREAST


async def test_what_was_done_is_counted_and_what_could_not_be_done_is_not() -> None:
    async def even(number: int) -> bool:
        return number % 2 == 0

    assert await each_due(cast(Any, NoPool()), found, even, abreast=ABREAST) == len(DUE) // 2
