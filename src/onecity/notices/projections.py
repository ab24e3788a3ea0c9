"""The inbox, by what people are told of letters, and the public board."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.notices.facts import (
    LetterDelivered,
    LetterOpened,
    LetterSent,
    NoticePublished,
    PostChannel,
    PostChosen,
)
from onecity.people import AccountKind, AccountOpened

_SEND = Statement(
    "letters",
    "insert into letters (letter, person, kind, about, case_id, matter, sender, sent) select * from"
    " unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[])",
)
_OPEN = Statement(
    "letters",
    "update letters l set opened = coalesce(l.opened, t.at) from unnest($1::uuid[], $2::timestamptz[]) t(letter, at)"
    " where l.letter = t.letter",
)
_DELIVER = Statement(
    "deliveries",
    "insert into deliveries (letter, channel, state, simulated, at) select * from"
    " unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::timestamptz[])",
)
# A channel that was wished before stays wished since then: letters on their way are not overlooked.
_WISH = Statement(
    "post_wishes",
    "insert into post_wishes (person, channel, since) select * from"
    " unnest($1::uuid[], $2::text[], $3::timestamptz[]) on conflict do nothing",
)
_WISH_ONLY = Statement(
    "post_wishes",
    "delete from post_wishes w using unnest($1::uuid[], $2::text[]) t(person, channels)"
    " where w.person = t.person and w.channel <> all (string_to_array(t.channels, ' '))",
)
_PUBLISH = Statement(
    "notices",
    "insert into notices (notice, kind, facts, about, agency, law, published) select * from"
    " unnest($1::uuid[], $2::text[], $3::jsonb[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[])",
)


def _letters(recorded: Recorded) -> Iterator[Row]:
    letter = recorded.stream
    match recorded.fact:
        case LetterSent() as sent:
            case_id = UUID(sent.facts["case"]) if "case" in sent.facts else None
            params = (letter, sent.to, sent.kind, sent.about, case_id, sent.facts.get("matter", ""), sent.sender)
            yield Row(_SEND, (letter,), (*params, recorded.at))
        case LetterOpened():
            yield Row(_OPEN, (letter,), (letter, recorded.at))
        case LetterDelivered(channel, state, simulated):
            yield Row(_DELIVER, (letter, channel), (letter, channel, state, simulated, recorded.at))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


def _wishes(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case AccountOpened(person=person, kind=AccountKind.CITIZEN):
            yield _wish(person, PostChannel.SMS, recorded.at)
        case PostChosen(person=person, channels=channels):
            yield Row(_WISH_ONLY, (person,), (person, " ".join(channels)))
            yield from (_wish(person, channel, recorded.at) for channel in channels)
        case _:
            pass


def _wish(person: UUID, channel: PostChannel, since: datetime) -> Row:
    return Row(_WISH, (person,), (person, channel, since))


def _board(recorded: Recorded) -> Iterator[Row]:
    match recorded.fact:
        case NoticePublished() as published:
            facts = msgspec.json.encode(published.facts).decode()
            params = (recorded.stream, published.kind, facts, published.about, published.agency, published.law)
            yield Row(_PUBLISH, (recorded.stream,), (*params, recorded.at))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


LETTERS = Projection(
    tables=(Table("letters"), Table("deliveries")), facts=(LetterSent, LetterOpened, LetterDelivered), apply=_letters
)
WISHES = Projection(tables=(Table("post_wishes"),), facts=(AccountOpened, PostChosen), apply=_wishes)
BOARD = Projection(tables=(Table("notices"),), facts=(NoticePublished,), apply=_board)
