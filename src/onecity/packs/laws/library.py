"""A folder of law texts, or such a folder packed as a tar: which texts it has of a law, and of which day."""

import gzip
import lzma
import re
import tarfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Set
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from onecity.kernel.errors import CityError
from onecity.packs.laws.texts import Article, LawText, cut_off, hash_of, read_law, squeezed

MOST_BYTES: Final = 8_000_000
"""The longest law of the country has a tenth of it."""

_ENDINGS: Final = (".md", ".txt")
_DATED: Final = re.compile(r"(?P<law>.*?)\s?[(（]\s?(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})\s?[)）]")
_PARTS: Final = re.compile("[·•・]")
_TITLE: Final = re.compile(r"[\u4e00-\u9fff]")
"""The title of a law is Chinese; what lies beside the texts, a README, is none."""

_STATE: Final = "中华人民共和国"


class Volume(msgspec.Struct, frozen=True, dict=True):
    """A law as a library has it: its articles in their order, and the days by which it may be cited.

    Without a day nobody knows of when it is, and any is taken for its own. `whole` is false where articles are missing.
    """

    name: str
    articles: tuple[Article, ...]
    days: tuple[date, ...]
    whole: bool

    @cached_property
    def by_number(self) -> Mapping[str, tuple[Article, ...]]:
        """The articles by number; a text may have two of one number, and then nobody knows which counts."""
        found: dict[str, tuple[Article, ...]] = {}
        for one in self.articles:
            found[one.number] = (*found.get(one.number, ()), one)
        return found

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The number of an article by the hash of its text."""
        return {hash_of(one.text): one.number for one in reversed(self.articles)}

    def moved(self, number: str, sha256: str) -> tuple[str, ...]:
        """The articles that read like the one of a hash, but for their number."""
        if sha256 in self.hashes:
            return (self.hashes[sha256],)
        return tuple(one.number for one in self.articles if hash_of(one.called(number)) == sha256)

    def saying(self, phrase: str) -> tuple[str, ...]:
        """The articles in which a phrase stands."""
        wanted = squeezed(phrase)
        return tuple(dict.fromkeys(one.number for one in self.articles if wanted in squeezed(one.text)))


class Library(msgspec.Struct, frozen=True):
    """The law texts of a folder: how many there are, and what was read of those that somebody asked for.

    `unread` names the files that are no text, by the law that they are named after.
    """

    texts: int
    volumes: Mapping[str, tuple[Volume, ...]]
    unread: Mapping[str, str]

    def of(self, law: str) -> tuple[Volume, ...]:
        """What there is of a law, the oldest first."""
        return self.volumes.get(title_of(law), ())

    def unread_of(self, law: str) -> str | None:
        """The file of a law that could not be read."""
        return self.unread.get(title_of(law))


class _File(msgspec.Struct, frozen=True):
    """A file of a library, by what its name says."""

    name: str
    law: str
    part: str
    day: date | None

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles under which it is cited: that of the law, and that of its part."""
        return (self.law, f"{self.law}·{self.part}") if self.part else (self.law,)


def title_of(law: str) -> str:
    """The title by which a law is found: 中华人民共和国 and the form of brackets make no other law.

    >>> title_of("《中华人民共和国行政许可法》"), title_of("会计档案管理办法（财政部令第79号）")
    ('行政许可法', '会计档案管理办法(财政部令第79号)')
    """
    found = squeezed(law).replace(_STATE, "").replace("（", "(").replace("）", ")")
    found = _PARTS.sub("·", found)
    return found[1:-1] if re.fullmatch("《[^《》]*》", found) else found


def read_library(place: Path, wanted: Collection[str]) -> Library:
    """The texts of the laws that are wanted, from a folder or a tar of one, packed or not."""
    if not place.exists():
        raise CityError(f"{place}: there is no such folder. Name the folder of law texts, or a tar of it.")
    titles = {title_of(law) for law in wanted}
    texts, kept, unread = 0, dict[_File, LawText](), dict[str, str]()
    for file, content in _opened(place, titles):
        texts += 1
        if content is None:
            continue
        text = _decoded(content)
        if text is None:
            unread.update(dict.fromkeys(file.titles, file.name))
        else:
            kept[file] = read_law(text)
    if not texts:
        raise CityError(
            f"{place} holds no law text. A file is named like 行政许可法(2019-04-23).md, and may end in .txt."
        )
    return Library(texts, _volumes(kept), unread)


def _opened(place: Path, titles: Set[str]) -> Iterator[tuple[_File, bytes | None]]:
    """Every law text of a library, with its bytes if it is wanted."""
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            file = _named(path.relative_to(place).as_posix())
            if file is not None and path.is_file():
                with path.open("rb") as opened:
                    yield file, opened.read(MOST_BYTES + 1) if not titles.isdisjoint(file.titles) else None
        return
    try:
        with tarfile.open(place) as packed:
            for member in packed:
                file = _named(member.name)
                if file is not None and member.isfile():
                    found = packed.extractfile(member) if not titles.isdisjoint(file.titles) else None
                    yield file, found.read(MOST_BYTES + 1) if found else None
            _ended(packed)
    except (OSError, tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError) as broken:
        raise CityError(f"{place} is neither a folder nor a tar that can be read.") from broken


def _ended(packed: tarfile.TarFile) -> None:
    """A tar ends with an empty block; what breaks off before would be read as a smaller library. Raises ReadError."""
    opened = packed.fileobj
    assert opened is not None, "it is open"
    opened.seek(packed.offset)
    block = opened.read(tarfile.BLOCKSIZE)
    if len(block) < tarfile.BLOCKSIZE or block.strip(b"\0"):
        raise tarfile.ReadError("no end")


def _named(path: str) -> _File | None:
    """What the name of a file says; None if it is that of no law text."""
    name = PurePosixPath(path)
    if name.suffix.lower() not in _ENDINGS or not _TITLE.search(name.stem):
        return None
    dated, day = _DATED.fullmatch(name.stem), None
    if dated is not None:
        try:
            day = date.fromisoformat(dated["day"])
        except ValueError:
            dated = None
    law, _, part = title_of(dated["law"] if dated else name.stem).partition("·")
    return None if not law or part.startswith("_") else _File(path, law, part, day)


def _decoded(content: bytes) -> str | None:
    """The text of a file, or None if it is none that is read."""
    if len(content) > MOST_BYTES:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _volumes(kept: Mapping[_File, LawText]) -> dict[str, tuple[Volume, ...]]:
    """The laws that were read, by title; the parts of one law are one volume, and each is one of its own as well."""
    found: dict[str, list[Volume]] = {}
    parts: dict[tuple[str, date | None], list[tuple[_File, LawText]]] = {}
    for file, text in sorted(kept.items(), key=lambda one: one[0].name):
        found.setdefault(file.titles[-1], []).append(_volume(file.name, file.day, [text], part=bool(file.part)))
        if file.part:
            parts.setdefault((file.law, file.day), []).append((file, text))
    for (law, day), several in parts.items():
        home = str(PurePosixPath(several[0][0].name).with_name(law))
        found.setdefault(law, []).append(_volume(home, day, [text for _, text in several], part=False))
    return {law: tuple(sorted(those, key=lambda one: (one.days[-1:], one.name))) for law, those in found.items()}


def _volume(name: str, day: date | None, texts: list[LawText], *, part: bool) -> Volume:
    in_order = sorted((text for text in texts if text.articles), key=lambda text: text.articles[0].main)
    articles = tuple(one for text in in_order for one in text.articles)
    days = (day,) if day else tuple(sorted({one for text in texts for one in text.days}))
    return Volume(name, articles, days, whole=not cut_off(articles, part=part))
