"""Licences by holder and by identifier. An index to histories, never an answer: what it says of a licence is asked
of the licence's own facts."""

from collections.abc import Iterator
from uuid import UUID

from onecity.ledger import Projection, Recorded, Row, Statement, Table
from onecity.licences.facts import (
    LicenceCancelled,
    LicenceEndsSoon,
    LicenceIssued,
    LicenceRenewed,
    LicenceRevoked,
    LicenceStruckOff,
    RenewalAsked,
    RenewalRefused,
    RevocationDropped,
    RevocationProposed,
)
from onecity.licences.model import folded

_ISSUE = Statement(
    "licences",
    "insert into licences (licence, holder, type, agency, area, stem, issued) select * from"
    " unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[])",
)
_PROPOSE = Statement(
    "licence_proposals",
    "insert into licence_proposals (licence, proposed) select * from unnest($1::uuid[], $2::timestamptz[])",
)
_SETTLE = Statement(
    "licence_proposals",
    "delete from licence_proposals p using unnest($1::uuid[]) t(licence) where p.licence = t.licence",
)


_ASK = Statement(
    "licence_renewals",
    "insert into licence_renewals (licence, asked, until) select * from unnest($1::uuid[], $2::date[], $3::date[])",
)
_ENDS = Statement(
    "licence_ends",
    "insert into licence_ends (licence, until) select * from unnest($1::uuid[], $2::date[])"
    " on conflict (licence) do update set until = excluded.until, told = false",
)
_TOLD = Statement(
    "licence_ends",
    "update licence_ends e set told = true from unnest($1::uuid[]) t(licence) where e.licence = t.licence",
)
_OVER = Statement(
    "licence_ends", "delete from licence_ends e using unnest($1::uuid[]) t(licence) where e.licence = t.licence"
)
_ANSWER = Statement(
    "licence_renewals",
    "delete from licence_renewals r using unnest($1::uuid[]) t(licence) where r.licence = t.licence",
)


def _apply(recorded: Recorded) -> Iterator[Row]:
    licence = recorded.stream
    match recorded.fact:
        case LicenceIssued() as issued:
            found = folded((recorded,))
            assert found is not None, "a licence begins with this fact"
            params = (licence, issued.holder, issued.type, issued.agency, issued.area)
            yield Row(_ISSUE, (licence,), (*params, found.identifier.stem, issued.issued))
            if issued.valid_until is not None:
                yield Row(_ENDS, (licence,), (licence, issued.valid_until))
        case RevocationProposed(case=UUID()):
            # Its case waits on a desk; nobody confirms it here.
            return
        case RevocationProposed():
            yield Row(_PROPOSE, (licence,), (licence, recorded.at))
        case RevocationDropped():
            yield Row(_SETTLE, (licence,), (licence,))
        case LicenceRevoked() | LicenceCancelled() | LicenceStruckOff():
            yield Row(_SETTLE, (licence,), (licence,))
            yield Row(_ANSWER, (licence,), (licence,))
            yield Row(_OVER, (licence,), (licence,))
        case LicenceEndsSoon():
            yield Row(_TOLD, (licence,), (licence,))
        case RenewalAsked(asked=asked, until=until):
            yield Row(_ASK, (licence,), (licence, asked, until))
        case LicenceRenewed(valid_until=until):
            yield Row(_ANSWER, (licence,), (licence,))
            yield Row(_ENDS, (licence,), (licence, until))
        case RenewalRefused():
            yield Row(_ANSWER, (licence,), (licence,))
        case _:
            raise AssertionError("a projection is asked only for its own facts")


LICENCES = Projection(
    tables=(Table("licences"), Table("licence_proposals"), Table("licence_renewals"), Table("licence_ends")),
    facts=(
        LicenceIssued,
        RevocationProposed,
        RevocationDropped,
        LicenceRevoked,
        LicenceCancelled,
        LicenceStruckOff,
        LicenceEndsSoon,
        RenewalAsked,
        RenewalRefused,
        LicenceRenewed,
    ),
    apply=_apply,
)
