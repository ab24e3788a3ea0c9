"""Those who come at one moment are counted together, and each is told what they would have been told alone."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from os import urandom
from random import Random

from tests.http.towns import Town

from onecity.kernel.rates import Rate
from onecity.people.store.sessions import Coming, too_often

TWICE = Rate(2, 60)


async def told(town: Town, comings: Sequence[Coming]) -> list[bool]:
    async with town.city.memory.pool.acquire() as connection:
        return await too_often(connection, comings)


async def test_who_comes_several_times_in_one_batch_is_counted_each_time_and_answered_in_order(town: Town) -> None:
    now = town.clock()
    one, other = (Coming(urandom(32), TWICE, now) for _ in range(2))
    assert await told(town, [one, other, one, one]) == [False, False, False, True]
    assert await told(town, [other, one, other]) == [False, True, True]


async def test_a_window_begins_anew_for_whoever_came_too_often_in_the_last(town: Town) -> None:
    # The last second of a window, whenever that is.
    last = town.clock().replace(second=59, microsecond=999_999)
    key = urandom(32)
    before, after = Coming(key, TWICE, last), Coming(key, TWICE, last + timedelta(microseconds=1))
    assert await told(town, [before, after, before, before, after]) == [False, False, False, True, False]
    assert await told(town, [after]) == [True]


async def test_batches_at_one_moment_leave_nobody_uncounted(town: Town) -> None:
    dice, keys, now = Random(7), [urandom(32) for _ in range(300)], town.clock()
    batches = [[Coming(key, TWICE, now) for key in dice.sample(keys, dice.randint(5, 250))] for _ in range(12)]
    answers = await asyncio.gather(*(told(town, batch) for batch in batches))
    came = Counter(one.key for batch in batches for one in batch)
    assert sum(map(sum, answers)) == sum(max(0, times - TWICE.times) for times in came.values())
