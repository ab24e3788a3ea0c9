"""Who may act for whom, and what people agreed to."""

from collections.abc import Iterator

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.people.facts import ConsentEnded, ConsentGiven, MandateEnded, MandateGiven

_GIVE = Statement(
    "mandates",
    "insert into mandates (mandate, kind, grantor, agent, matters, since, until, given)"
    " select mandate, kind, grantor, agent, string_to_array(matters, ' '), since, until, given from"
    " unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::date[], $8::timestamptz[])"
    " t(mandate, kind, grantor, agent, matters, since, until, given)",
)
_END = Statement(
    "mandates",
    "update mandates m set ended = t.at from unnest($1::uuid[], $2::timestamptz[]) t(mandate, at)"
    " where m.mandate = t.mandate",
)
_AGREE = Statement(
    "consents",
    "insert into consents (consent, person, purpose, register, readers, until, given)"
    " select consent, person, purpose, register, string_to_array(readers, ' '), until, given from"
    " unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::timestamptz[])"
    " t(consent, person, purpose, register, readers, until, given)",
)
_TAKE_BACK = Statement(
    "consents",
    "update consents c set ended = t.at from unnest($1::uuid[], $2::timestamptz[]) t(consent, at)"
    " where c.consent = t.consent",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    stream, at = recorded.stream, recorded.at
    match recorded.fact:
        case MandateGiven() as given:
            who = (given.kind, given.grantor, given.agent, " ".join(given.matters))
            yield Row(_GIVE, (stream,), (stream, *who, given.since, given.until, at))
        case MandateEnded():
            yield Row(_END, (stream,), (stream, at))
        case ConsentGiven() as agreed:
            what = (agreed.person, agreed.purpose, agreed.register, " ".join(agreed.readers))
            yield Row(_AGREE, (stream,), (stream, *what, agreed.until, at))
        case ConsentEnded():
            yield Row(_TAKE_BACK, (stream,), (stream, at))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


MANDATES = Projection(
    tables=(Table("mandates"), Table("consents")),
    facts=(MandateGiven, MandateEnded, ConsentGiven, ConsentEnded),
    apply=_apply,
)
