"""What a pack says about forms: their sections in order, and the materials that people bring."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from onecity.packs import Declared, Fault, Kind, Pack, Text

VAGUE: Final = ("其他材料", "有关材料", "相关材料")
"""Catch-alls that no list may hold. Source: 河南省优化营商环境条例 (2020-11-28) article 28."""


class Section(msgspec.Struct, frozen=True):
    """Questions that belong together; sections are asked in the `order` of their numbers."""

    name: Text
    order: int


class FileType(StrEnum):
    """What may be uploaded; checked by content, whatever the name says."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class Material(msgspec.Struct, frozen=True):
    """A thing that items need, whatever the number of items: asked for once, or fetched where another item gives it.

    `hint` says what a good one is. `accept` are the types of file that are taken, `most_mb` is their greatest size.
    """

    name: Text
    hint: Text
    accept: Annotated[tuple[FileType, ...], msgspec.Meta(min_length=1)]
    most_mb: Annotated[int, msgspec.Meta(ge=1, le=20)] = 10


def _check_material(_pack: Pack, declared: Declared[Material]) -> Iterator[Fault]:
    if any(vague in declared.value.name.zh for vague in VAGUE):
        yield declared.fault("name", "A catch-all is no material.", "Name what is needed.")


SECTION: Kind[Section] = Kind("section", "services/sections", Section)
MATERIAL: Kind[Material] = Kind("material", "services/materials", Material, _check_material)
