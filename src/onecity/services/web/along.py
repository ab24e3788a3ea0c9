"""What a success would do to licences that somebody has already, said before they apply."""

from collections.abc import Mapping, Sequence

import msgspec

from onecity.kernel.ids import PersonId
from onecity.licences import goes_along
from onecity.machinery.web import Visit
from onecity.services.usecases.giving import in_words
from onecity.services.web.counter import Counter


class AlongRow(msgspec.Struct, frozen=True):
    """A licence that goes along: its name, its identifier, and where its holder finds it."""

    name: str
    identifier: str
    href: str


class AlongCard(msgspec.Struct, frozen=True):
    """What the review says of licences that go along: that a success `ends` or `changes` them."""

    what: str
    rows: tuple[AlongRow, ...]


async def along_cards(
    visit: Visit, counter: Counter, matters: Sequence[str], typed: Mapping[str, str]
) -> list[AlongCard]:
    """For each of some matters what its success would do to licences of whoever applies."""
    licences, found = counter.intake.licences, list[AlongCard]()
    for matter in matters:
        values = in_words(counter.catalogue.fields([matter]), typed, lambda key: counter.scribe.words.say("zh", key))
        along = await goes_along(matter, PersonId(visit.subject), values, licences=licences, day=visit.today)
        if along is None or not along.licences:
            continue
        rows = [
            AlongRow(
                (await licences.type_of(one.issued)).name.said(visit.lang),
                str(one.identifier),
                visit.at(f"/wallet/{one.id}"),
            )
            for one in along.licences
        ]
        found.append(AlongCard("ends" if along.ends else "changes", tuple(rows)))
    return found
