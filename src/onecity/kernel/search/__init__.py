"""Finding things by everyday words: by pairs of signs and by words, by what means the same, and by sound.

Nothing here knows a language: which words mean the same, which say nothing, and how a sign is read is told to it.
"""

from onecity.kernel.search.finding import Found, How, Index
from onecity.kernel.search.idioms import Idioms
from onecity.kernel.search.shelves import Findable
from onecity.kernel.search.sounds import Readings
from onecity.kernel.search.texts import bare, pairs, plain

__all__ = ["Findable", "Found", "How", "Idioms", "Index", "Readings", "bare", "pairs", "plain"]
