"""The law library: texts of laws beside the citations of a pack. No text of a law is kept, shown or told further."""

from onecity.packs.laws.comparing import Citation, Compared, Result, compared
from onecity.packs.laws.library import Library, Volume, read_library
from onecity.packs.laws.places import articles_in
from onecity.packs.laws.texts import Article, hash_of, read_law, squeezed
from onecity.packs.laws.writing import write_hashes, write_numbers

__all__ = [
    "Article",
    "Citation",
    "Compared",
    "Library",
    "Result",
    "Volume",
    "articles_in",
    "compared",
    "hash_of",
    "read_law",
    "read_library",
    "squeezed",
    "write_hashes",
    "write_numbers",
]
