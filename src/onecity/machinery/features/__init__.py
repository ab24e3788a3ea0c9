"""OGC API – Features: collections of things on the map over HTTP, read only. It knows no collection by itself."""

from onecity.machinery.features.asking import Why
from onecity.machinery.features.atlas import PROTOCOLS, Atlas
from onecity.machinery.features.drawn import Drawing, Drawn
from onecity.machinery.features.model import (
    NOWHERE,
    About,
    Asked,
    Box,
    Collection,
    Extent,
    Feature,
    Page,
    Reader,
    Span,
    point,
)

__all__ = [
    "NOWHERE",
    "PROTOCOLS",
    "About",
    "Asked",
    "Atlas",
    "Box",
    "Collection",
    "Drawing",
    "Drawn",
    "Extent",
    "Feature",
    "Page",
    "Reader",
    "Span",
    "Why",
    "point",
]
