"""Which registers of the city lie on the map: every collection of the atlas is entered here and nowhere else."""

from collections.abc import Sequence

from onecity import __version__
from onecity.governance import web as street
from onecity.machinery.features import Atlas, Collection
from onecity.packs import Pack
from onecity.places import CITY, GRID, ground_collections


def atlas_of(pack: Pack, centre: street.Centre | None) -> Atlas:
    """The atlas of a city; a city without governance of the street has no cells, and nothing on its map."""
    return Atlas(_collections(pack, centre) if centre else (), version=__version__)


def _collections(pack: Pack, centre: street.Centre) -> Sequence[Collection]:
    ground, say = centre.street.ground, centre.scribe.words.say
    return (
        *ground_collections(ground.places, lambda: ground.cells, pack.one(GRID), say),
        street.Problems(centre),
        street.MappedParts(centre, simulated=pack.one(CITY).simulated),
    )
