"""Messages about letters: none is forgotten, each ends once, and wherever the city is killed it finds its way again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs
from tests.shipped import shipped

from onecity.bootstrap.content import words_of
from onecity.bootstrap.database import Database
from onecity.bootstrap.memory import Memory, open_memory
from onecity.bootstrap.rooms import SCHEMAS
from onecity.kernel.acting import Acting, Channel, the_city
from onecity.kernel.ids import PersonId, derived_id
from onecity.kernel.refusal import Refused
from onecity.ledger import Basis, Change, Decision, Fact, fold_version, key_of, rebuild
from onecity.machinery.postgres import Address, connect, migrate, read_migrations
from onecity.notices import LetterDelivered, LetterOpened, letter_to, publish, store
from onecity.notices.facts import PostChannel, PostEnd
from onecity.notices.post import Failed, Handed, Sent
from onecity.notices.rules import MOST_TRIES, PAUSES, Choice
from onecity.notices.sending import Postman
from onecity.notices.usecases import choose, open_letter
from onecity.notices.writing import Scribe
from onecity.packs import Text
from onecity.people import AccountKind, AccountOpened

SMS, EMAIL = PostChannel
NOON: Final = datetime(2020, 9, 22, 4, tzinfo=UTC)
PHONE: Final = "13912345678"
ADDRESS: Final = "lin@example.cn"
WORDS: Final = words_of(shipped())


def bare(_lang: str, name: str) -> str:
    """Everything is called by its id."""
    return name


SCRIBE: Final = Scribe(WORDS, bare, bare, bare, lambda _, day: str(day), lambda _, at: str(at), bare)


class Killed(BaseException):
    """What a power cut is to the code that runs."""


class Carrier:
    """A post that keeps what it takes and answers as it is told to; `before` and `after` are where the power goes."""

    channels: Final = frozenset(PostChannel)
    simulated: Final = True

    def __init__(self) -> None:
        self.taken: list[tuple[PostChannel, str, str]] = []
        self.answers: list[Handed] = []
        self.before: Callable[[str], None] = lambda _: None
        self.after: Callable[[str], None] = lambda _: None

    async def send(self, channel: PostChannel, to: str, text: str) -> Handed:
        self.before(text)
        await asyncio.sleep(0)
        answer = self.answers.pop(0) if self.answers else Sent()
        if isinstance(answer, Sent):
            self.taken.append((channel, to, text))
        self.after(text)
        return answer

    @property
    def told(self) -> list[tuple[PostChannel, str]]:
        return [(channel, to) for channel, to, _ in self.taken]


class Recorded(Fact, frozen=True):
    """The answer to a test's own command."""


class House:
    """A city with letters and nothing else."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.ledger = memory.ledger
        self.carrier = Carrier()
        self.postman = self.restarted()

    def restarted(self) -> Postman:
        """A postman who knows only what the city knows."""
        self.postman = Postman(self.ledger, self.carrier, SCRIBE, Text("郑州", "Zhengzhou"), "https://city.example")
        return self.postman

    async def record(self, *changes: Change, now: datetime = NOON) -> None:
        async def decide() -> Decision:
            return Decision(changes, Recorded())

        assert await self.ledger.record(uuid4(), decide, Recorded, by=the_city(), now=now) == Recorded()

    async def account(self, *, kind: AccountKind = AccountKind.CITIZEN, phone: str | None = PHONE) -> PersonId:
        person = PersonId(derived_id(uuid4(), now=NOON, what="person"))
        await self.record(Change(person, 0, (AccountOpened(person, kind, "林晓梅", None, phone),)))
        return person

    async def letter(self, to: PersonId, *, sent: datetime = NOON, kind: str = "services.granted") -> UUID:
        change = letter_to(
            to, kind, about=uuid4(), sender="market", facts={"matter": "food_business"}, words={"facts": "厨房"}, law="",
            key=uuid4(), now=sent,
        )  # fmt: skip
        await self.record(change, now=sent)
        return change.stream

    async def choose(
        self, person: PersonId, *channels: PostChannel, at: datetime = NOON, tells: bool = False, lang: str = "zh"
    ) -> None:
        done = await choose(
            Choice(channels, ADDRESS, tells), channels=self.carrier.channels, lang=lang, ledger=self.ledger, key=uuid4(),
            by=Acting(person, Channel.PHONE), now=at,
        )  # fmt: skip
        assert not isinstance(done, Refused)

    async def ends(self, letter: UUID) -> list[LetterDelivered]:
        return [one.fact for one in await self.ledger.history(letter) if isinstance(one.fact, LetterDelivered)]

    async def under_way(self) -> list[tuple[Any, ...]]:
        async with self.ledger.readers.acquire() as connection:
            rows = await connection.fetch("select letter, channel, tries, state from post order by letter, channel")
        return [tuple(row) for row in rows]

    async def differences(self) -> Sequence[object]:
        connection = await connect(self.memory.database.owner)
        try:
            return (await rebuild(connection, self.memory.book, self.memory.projections, replace=False))[1]
        finally:
            await connection.close()


@pytest.fixture
async def house(owner: Address, app: Address, tmp_path: Path) -> AsyncIterator[House]:
    admin = await connect(owner)
    await migrate(admin, read_migrations(SCHEMAS))
    await admin.close()
    async with open_memory(Database(owner, app, None), tmp_path, "ledger.test.example") as memory:
        yield House(memory)


async def test_a_letter_is_told_once_and_its_end_is_a_fact(house: House) -> None:
    person = await house.account()
    letter = await house.letter(person)
    assert await house.postman.run(NOON) == 1
    [(channel, to, text)] = house.carrier.taken
    assert (channel, to) == (SMS, PHONE)
    assert text == f"【郑州一城】您有一封信。\n看信：https://city.example/letters/{letter}"
    assert await house.ends(letter) == [LetterDelivered(SMS, PostEnd.DELIVERED, simulated=True)]
    assert await house.under_way() == []
    for _ in range(3):
        assert await house.postman.run(NOON + timedelta(days=1)) == 0
        house.restarted()
    assert len(house.carrier.taken) == 1
    assert await house.differences() == []


async def test_each_wished_channel_has_its_own_end(house: House) -> None:
    person = await house.account()
    await house.choose(person, SMS, EMAIL, tells=True, lang="en")
    letter = await house.letter(person)
    house.carrier.answers = [Failed(for_good=True), Sent()]
    assert await house.postman.run(NOON) == 2
    assert len(house.carrier.taken) == 1
    assert house.carrier.taken[0][2].startswith("One City Zhengzhou: you have a letter. food_business: Granted.\n")
    assert {one.state for one in await house.ends(letter)} == {PostEnd.DELIVERED, PostEnd.REFUSED}
    assert {one.channel for one in await house.ends(letter)} == {SMS, EMAIL}
    assert await house.differences() == []


async def test_who_wants_no_message_gets_none(house: House) -> None:
    person = await house.account()
    await house.choose(person)
    letter = await house.letter(person)
    assert await house.postman.run(NOON) == 0
    assert (house.carrier.taken, await house.ends(letter), await house.under_way()) == ([], [], [])


async def test_an_officer_gave_no_number_and_gets_no_message(house: House) -> None:
    await house.letter(await house.account(kind=AccountKind.OFFICER, phone=None))
    assert await house.postman.run(NOON) == 0
    assert house.carrier.taken == []


async def test_a_channel_tells_of_letters_sent_since_it_was_chosen(house: House) -> None:
    person = await house.account()
    await house.choose(person)
    await house.letter(person, sent=NOON + timedelta(minutes=1))
    await house.choose(person, EMAIL, at=NOON + timedelta(minutes=2))
    later = await house.letter(person, sent=NOON + timedelta(minutes=3))
    await house.postman.run(NOON + timedelta(minutes=4))
    assert house.carrier.told == [(EMAIL, ADDRESS)]
    assert house.carrier.taken[0][2].endswith(str(later))


async def test_a_channel_that_is_chosen_again_keeps_its_letters_on_their_way(house: House) -> None:
    person = await house.account()
    await house.letter(person, sent=NOON + timedelta(minutes=1))
    await house.choose(person, SMS, EMAIL, at=NOON + timedelta(minutes=2))
    await house.postman.run(NOON + timedelta(minutes=3))
    assert house.carrier.told == [(SMS, PHONE)]
    assert await house.differences() == []


async def test_a_choice_made_while_a_message_waits_holds_for_it(house: House) -> None:
    person = await house.account()
    letter = await house.letter(person)
    house.carrier.answers = [Failed()]
    await house.postman.run(NOON)
    await house.choose(person, at=NOON + timedelta(seconds=1))
    await house.postman.run(NOON + timedelta(hours=1))
    assert (house.carrier.taken, await house.ends(letter), await house.under_way()) == ([], [], [])


async def test_a_message_that_does_not_go_through_is_tried_after_each_pause_and_then_given_up(house: House) -> None:
    letter = await house.letter(await house.account())
    house.carrier.answers = [Failed() for _ in range(MOST_TRIES)]
    now = NOON
    for number, pause in enumerate(PAUSES, 1):
        assert await house.postman.run(now) == 0
        assert await house.under_way() == [(letter, "sms", number, "waiting")]
        # It stays quiet to the end of the pause, and a restart changes nothing.
        assert await house.restarted().run(now + pause - timedelta(seconds=1)) == 0
        assert len(house.carrier.answers) == MOST_TRIES - number
        now += pause
    assert await house.postman.run(now) == 1
    assert await house.ends(letter) == [LetterDelivered(SMS, PostEnd.GIVEN_UP, simulated=True)]
    assert (house.carrier.taken, await house.under_way()) == ([], [])


async def test_an_address_that_does_not_exist_is_not_tried_again(house: House) -> None:
    letter = await house.letter(await house.account())
    house.carrier.answers = [Failed(for_good=True)]
    await house.postman.run(NOON)
    await house.postman.run(NOON + timedelta(days=2))
    assert await house.ends(letter) == [LetterDelivered(SMS, PostEnd.REFUSED, simulated=True)]
    assert house.carrier.taken == []


async def test_a_forgotten_person_is_told_nothing_any_more(house: House) -> None:
    person = await house.account()
    letter = await house.letter(person)
    house.memory.keys.destroy(key_of(person, Basis.NOTHING))
    await house.postman.run(NOON)
    assert house.carrier.taken == []
    assert [one.state for one in await house.ends(letter)] == [PostEnd.REFUSED]


def cut(_text: str) -> None:
    raise Killed


async def test_killed_before_the_message_left_it_goes_out_once(house: House) -> None:
    letter = await house.letter(await house.account())
    house.carrier.before = cut
    with pytest.raises(Killed):
        await house.postman.run(NOON)
    house.carrier.before = lambda _: None
    assert await house.under_way() == [(letter, "sms", 1, "handed")]
    assert await house.restarted().run(NOON) == 0, "it waits for its next time, whoever asks"
    assert await house.postman.run(NOON + PAUSES[0]) == 1
    assert len(house.carrier.taken) == 1
    assert len(await house.ends(letter)) == 1


async def test_killed_after_the_message_left_it_goes_out_twice_and_ends_once(house: House) -> None:
    letter = await house.letter(await house.account())
    house.carrier.after = cut
    with pytest.raises(Killed):
        await house.postman.run(NOON)
    house.carrier.after = lambda _: None
    with capture_logs() as lines:
        assert await house.restarted().run(NOON + PAUSES[0]) == 1
    assert [line["event"] for line in lines] == ["a message may go out twice"]
    assert PHONE not in repr(lines)
    assert house.carrier.told == [(SMS, PHONE)] * 2
    assert await house.ends(letter) == [LetterDelivered(SMS, PostEnd.DELIVERED, simulated=True)]


async def test_killed_between_the_fact_and_the_list_it_goes_out_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = await house.letter(await house.account())

    async def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(store, "drop", killed)
        with pytest.raises(Killed):
            await house.postman.run(NOON)
    assert await house.restarted().run(NOON + PAUSES[0]) == 1
    assert len(house.carrier.taken) == 1
    assert len(await house.ends(letter)) == 1
    assert await house.under_way() == []


async def test_killed_at_every_try_it_is_given_up_in_the_end(house: House) -> None:
    letter = await house.letter(await house.account())
    house.carrier.before = cut
    now = NOON
    for pause in (*PAUSES, PAUSES[-1]):
        with pytest.raises(Killed):
            await house.restarted().run(now)
        now += pause
    assert await house.restarted().run(now) == 1
    assert [one.state for one in await house.ends(letter)] == [PostEnd.GIVEN_UP]


async def test_a_lost_list_of_what_is_under_way_is_written_again_from_the_facts(house: House) -> None:
    letter = await house.letter(await house.account())
    house.carrier.answers = [Failed()]
    await house.postman.run(NOON)
    async with house.ledger.readers.acquire() as connection:
        await connection.execute("delete from post")
    assert await house.restarted().run(NOON + timedelta(days=1)) == 1
    assert len(await house.ends(letter)) == 1


async def test_one_message_that_breaks_off_holds_up_no_other(house: House) -> None:
    people = [await house.account() for _ in range(3)]
    letters = [await house.letter(person) for person in people]

    def poisoned(text: str) -> None:
        if text.endswith(str(letters[0])):
            raise RuntimeError

    house.carrier.before = poisoned
    with pytest.raises(RuntimeError):
        await house.postman.run(NOON)
    assert len(house.carrier.taken) == 2
    assert [len(await house.ends(letter)) for letter in letters] == [0, 1, 1]


async def test_two_postmen_at_once_tell_everybody_once(house: House) -> None:
    letters = [await house.letter(await house.account()) for _ in range(30)]
    first, second = house.restarted(), house.restarted()
    done = await asyncio.gather(first.run(NOON), second.run(NOON))
    assert sum(done) == 30
    assert sorted(text.rpartition("/")[2] for _, _, text in house.carrier.taken) == sorted(map(str, letters))


async def test_a_run_has_an_end_although_more_is_due(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onecity.notices.sending._MOST_ROUNDS", 2)
    person = await house.account()
    for _ in range(20):
        await house.letter(person)
    assert [await house.postman.run(NOON) for _ in range(3)] == [16, 4, 0]


async def test_a_letter_whose_command_took_long_is_found_by_a_later_look(house: House) -> None:
    person = await house.account()
    await house.letter(person)
    await house.postman.run(NOON + timedelta(minutes=30))
    await house.letter(person, sent=NOON + timedelta(minutes=1))
    assert await house.postman.run(NOON + timedelta(minutes=31)) == 1


async def test_nobody_is_told_of_a_letter_from_long_ago(house: House) -> None:
    await house.letter(await house.account())
    assert await house.postman.run(NOON + timedelta(days=8)) == 0


async def test_nothing_new_is_sent_by_a_channel_that_the_city_does_not_have(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await house.account()
    await house.choose(person, SMS, EMAIL)
    await house.letter(person)
    monkeypatch.setattr(Carrier, "channels", frozenset({EMAIL}))
    await house.postman.run(NOON)
    assert house.carrier.told == [(EMAIL, ADDRESS)]
    assert await house.under_way() == []


async def test_a_message_whose_channel_the_city_lost_waits_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = await house.letter(await house.account())
    house.carrier.answers = [Failed()]
    await house.postman.run(NOON)
    with monkeypatch.context() as patch:
        patch.setattr(Carrier, "channels", frozenset({EMAIL}))
        await house.postman.run(NOON + PAUSES[0])
    assert await house.under_way() == [(letter, "sms", 2, "waiting")]
    assert await house.postman.run(NOON + PAUSES[0] + PAUSES[1]) == 1
    assert house.carrier.told == [(SMS, PHONE)]


async def test_a_letter_opened_while_its_message_ends_has_both_facts(house: House) -> None:
    person = await house.account()
    letters = [await house.letter(person) for _ in range(8)]
    by = Acting(person, Channel.PHONE)
    opening = [open_letter(letter, ledger=house.ledger, by=by, now=NOON) for letter in letters * 2]
    await asyncio.gather(house.postman.run(NOON), *opening)
    for letter in letters:
        kinds = [type(one.fact) for one in await house.ledger.history(letter)]
        assert sorted(kind.__name__ for kind in kinds[1:]) == ["LetterDelivered", "LetterOpened"]
    assert await house.differences() == []


async def test_whoever_acts_for_a_person_opens_their_letter_and_no_other(house: House) -> None:
    person, agent = await house.account(), await house.account()
    letter, other = await house.letter(person), await house.letter(agent)
    acting = Acting(agent, Channel.PHONE, on_behalf_of=person)
    assert not isinstance(await open_letter(letter, ledger=house.ledger, by=acting, now=NOON), Refused)
    assert isinstance(await open_letter(other, ledger=house.ledger, by=acting, now=NOON), Refused)
    again = Acting(person, Channel.PHONE)
    assert not isinstance(await open_letter(letter, ledger=house.ledger, by=again, now=NOON), Refused)
    opened = [one for one in await house.ledger.history(letter) if isinstance(one.fact, LetterOpened)]
    assert [one.by for one in opened] == [acting]


async def test_an_address_that_nothing_goes_to_is_not_kept(house: House) -> None:
    person = await house.account()
    await house.choose(person, SMS)
    async with house.ledger.readers.acquire() as connection:
        bodies = await connection.fetch("select body from ledger.facts where kind like 'notices.post_chosen/%'")
    assert [b"sealed" in row["body"] for row in bodies] == [False]


async def test_a_notice_is_on_the_board_and_the_board_is_a_fold(house: House) -> None:
    about = uuid4()
    facts = {"matter": "food_business", "days": "3", "reason": "等一份鉴定"}
    notice = publish(
        "casework.overrun",
        facts=facts,
        about=about,
        agency="market",
        law="优化营商环境条例第 36 条",
        key=uuid4(),
        now=NOON,
    )
    await house.record(notice)
    assert fold_version(await house.ledger.history(notice.stream)) == 1
    async with house.ledger.readers.acquire() as connection:
        [row] = await store.board(connection, None, limit=5, offset=0)
        assert await store.board(connection, "elsewhere", limit=5, offset=0) == []
        assert await store.board_agencies(connection) == {"market": 1}
    assert (row.notice, row.kind, row.facts, row.published) == (notice.stream, "casework.overrun", facts, NOON)
    assert await house.differences() == []


async def test_the_same_command_publishes_once(house: House) -> None:
    key, about = uuid4(), uuid4()
    both = [publish("x", facts={}, about=about, agency="a", law="", key=key, now=NOON) for _ in range(2)]
    assert both[0] == both[1]
    assert publish("x", facts={}, about=uuid4(), agency="a", law="", key=key, now=NOON).stream != both[0].stream


async def test_letters_and_accounts_from_before_are_carried_over(house: House, owner: Address) -> None:
    """What the migration writes of them is what their facts say."""
    citizen, officer = await house.account(), await house.account(kind=AccountKind.OFFICER, phone=None)
    plain = await house.letter(citizen)
    about_case = letter_to(
        officer, "services.granted", about=uuid4(), sender="market", facts={"case": str(uuid4())}, words=None, law="",
        key=uuid4(), now=NOON,
    )  # fmt: skip
    await house.record(about_case)
    [step] = [one for one in read_migrations(["notices"]) if one.number == 2]
    admin = await connect(owner)
    for table in ("projections.deliveries", "projections.post_wishes", "working.post"):
        await admin.execute(f"drop table {table}")
    await admin.execute("alter table projections.letters drop column matter, drop column case_id")
    await admin.execute("drop index projections.letters_by_time")
    await admin.execute(step.sql)
    await admin.close()
    assert await house.differences() == []
    assert await house.postman.run(NOON) == 1
    assert house.carrier.taken[0][2].endswith(str(plain))
