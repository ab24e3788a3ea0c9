"""How people speak: words that mean the same, and words that say nothing about what is wanted."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from onecity.kernel.search.texts import is_word, plain, runs


class Idioms:
    """Groups of words that mean the same, and fillers; both are the content of a pack."""

    def __init__(self, groups: Iterable[Sequence[str]] = (), fillers: Iterable[str] = ()) -> None:
        self._heads: Mapping[str, str] = {plain(word): plain(group[0]) for group in groups for word in group}
        begins: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._heads, key=len, reverse=True):
            begins[word[0]].append(word)
        self._begins: Mapping[str, Sequence[str]] = dict(begins)
        self._fillers = frozenset(plain(word) for word in fillers)
        self._longest = max(map(len, self._fillers), default=0)

    @property
    def words(self) -> Collection[str]:
        """Every word that has others of its meaning, plain."""
        return self._heads.keys()

    def one_way(self, text: str) -> str:
        """A plain text with the first word of each group in the place of the others.

        >>> Idioms([("驾驶证", "驾照")]).one_way("换驾照")
        '换驾驶证'
        """
        if self._begins.keys().isdisjoint(text):
            return text
        found, at = "", 0
        for start, word in self._words(text):
            found += text[at:start] + self._heads[word]
            at = start + len(word)
        return found + text[at:]

    def _words(self, text: str) -> Iterator[tuple[int, str]]:
        """Where words of a group stand in a plain text: from the left, the longest first, none inside another."""
        free = 0
        for at, sign in enumerate(text):
            if at < free or sign not in self._begins:
                continue
            for word in self._begins[sign]:
                if text.startswith(word, at) and (not word.isascii() or _is_whole(word, text, at)):
                    yield at, word
                    free = at + len(word)
                    break

    def others(self, asked: str, said: str) -> list[tuple[str, str]]:
        """Each word of a question beside the other word of its group that a text has instead.

        >>> Idioms([("驾驶证", "驾照")]).others("换驾照", "驾驶证换证")
        [('驾照', '驾驶证')]
        """
        told = {self._heads[word]: word for _, word in self._words(said)}
        return [
            (word, told[head])
            for word in dict.fromkeys(word for _, word in self._words(asked))
            if (head := self._heads[word]) in told and told[head] != word
        ]

    def wanted(self, text: str, known: Collection[str]) -> str:
        """A plain text without fillers; all of it if it has nothing else.

        A filler of one sign stays where it makes a known pair with a neighbour, because it may be half of a word.

        >>> idioms = Idioms(fillers=["我想", "怎么弄", "给", "办"])
        >>> idioms.wanted("我想给娃上户口怎么弄", ()), idioms.wanted("举办活动去办", {"举办", "办"})
        ('娃上户口', '举办活动去')
        """
        found = " ".join(
            left
            for run in runs(text)
            if (left := ("" if run in self._fillers else run) if is_word(run) else self._signs_left(run, known))
        )
        return found or text

    def _signs_left(self, run: str, known: Collection[str]) -> str:
        left, at, kept = "", 0, False
        while at < len(run):
            many = next((many for many in range(self._longest, 0, -1) if run[at : at + many] in self._fillers), 0)
            beside = [run[at : at + 2], run[at - 1 : at + 1] if kept else ""]
            half = many == 1 and any(len(pair) == 2 and pair in known for pair in beside)
            kept = not many or half
            left += run[at] if kept else ""
            at += 1 if kept else many
        return left


def _is_whole(word: str, text: str, at: int) -> bool:
    """Whether a word of letters that stands at a place of a text is no part of a longer one."""
    around = text[max(at - 1, 0) : at] + text[at + len(word) : at + len(word) + 1]
    return not any(one.isascii() and one.isalnum() for one in around)
