"""A city's declarations: YAML and tables that become typed values which still know the line they were written on.

This package knows no pillar. Each pillar says with a `Kind` what a pack may declare for it.
"""

from onecity.packs.differing import Difference, Part, differing
from onecity.packs.faults import Fault, Place, in_reading_order
from onecity.packs.kinds import Declared, Kind
from onecity.packs.pack import Pack, checked, load_pack, readable_pack, with_drawn
from onecity.packs.printing import written
from onecity.packs.schema import schema_of
from onecity.packs.tables import Table, appended
from onecity.packs.texts import Text
from onecity.packs.versions import PACK, WORDS, Kept, Manifest, kept, parts_of, stored, version_of
from onecity.packs.words import Words, load_words
from onecity.packs.written import read_file

__all__ = [
    "PACK",
    "WORDS",
    "Declared",
    "Difference",
    "Fault",
    "Kept",
    "Kind",
    "Manifest",
    "Pack",
    "Part",
    "Place",
    "Table",
    "Text",
    "Words",
    "appended",
    "checked",
    "differing",
    "in_reading_order",
    "kept",
    "load_pack",
    "load_words",
    "parts_of",
    "read_file",
    "readable_pack",
    "schema_of",
    "stored",
    "version_of",
    "with_drawn",
    "written",
]
