"""The materials of whole flows: what is asked again, what another office has, and what nobody can bring."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec

from onecity.packs import Text
from onecity.services.auditing.alike import Names, shared_by
from onecity.services.auditing.lists import Row
from onecity.services.auditing.model import Act, Confidence, Counted, Figure
from onecity.services.auditing.naming import is_conditional, parts, plainly
from onecity.services.auditing.patterns import Hit, fitting, is_own_work, patterns, stem
from onecity.services.auditing.repeating import Again, again, names_nothing

_OPEN_ENDED: Final = re.compile(
    r"(其他|其它|另行|有关|相关).{0,10}(规定|要求|需要|认为|必要).{0,8}(材料|资料|文件|证件|证明|手续|要件)|(需要|要求)(提供|提交)的其[他它]|规定的其[他它]|^附件$|等(材料|资料|文件)?$"
)
"""What ends a list without saying where."""
_PAPER: Final = re.compile(
    "[证照批单表函号]|意见|备案|登记|手续|合格|核准|审查|审批|许可|预审|验收|决定|通知|文件|结论|合同"
)
"""What the name of a result holds; `建设项目` alone stands in many names and is no paper."""
_REPORT: Final = re.compile("(报告书?|设计文件)$")
"""What is handed in where something is approved or filed; no item gives it."""
_LEAST_SHARED: Final = 4
_LONGEST: Final = 80
"""Signs of the longest name of a result; what is longer tells a story."""


class Group(msgspec.Struct, frozen=True):
    """One thing that a flow asks for under several names."""

    id: str
    name: Text
    figure: Figure


class Giver(msgspec.Struct, frozen=True):
    """An item of the flow whose result is asked for as `part`, by all of its name or by most of it."""

    item: str
    part: str
    whole: bool


class Fetch(msgspec.Struct, frozen=True):
    """A material of a row that another office has: by the result of an item of the flow, or by a pattern.

    `only` are the things of the row that it has, if the row asks for others beside them.
    """

    row: Row
    act: Act
    hits: tuple[Hit, ...]
    giver: Giver | None
    only: tuple[str, ...]

    @property
    def confidence(self) -> Confidence:
        """How sure it is: only what has the whole name of an item is exact."""
        return Confidence.EXACT if self.giver is not None and self.giver.whole else Confidence.ALIAS

    @property
    def key(self) -> str:
        """The sentence that proposes it."""
        what = "declare" if self.act is Act.DECLARE else "result" if self.giver else "fetch"
        return f"services.audit.flow.{what}{'_only' if self.only else ''}"

    def gaps(self, lang: str) -> Mapping[str, str]:
        """What fills the sentence; names of a foreign file stay as they are."""
        return {
            "item": self.row.item, "material": self.row.material, "giver": self.giver.item if self.giver else "",
            "holder": self._holders(lang), "only": "、".join(self.only),
        }  # fmt: skip

    def _holders(self, lang: str) -> str:
        """Who has it; if several have a part each, which."""
        found: dict[str, list[str]] = {}
        for hit in self.hits:
            if hit.pattern.holder is not None:
                found.setdefault(hit.pattern.holder.said(lang), []).append(hit.part)
        if len(found) < 2:
            return "".join(found)
        told = [(who, "、".join(parts_)) for who, parts_ in found.items()]
        if lang == "zh":
            return "、".join(f"{who}（{what}）" for who, what in told)
        return ", ".join(f"{who} ({what})" for who, what in told)

    def as_row(self) -> dict[str, object]:
        """The proposal as plain data."""
        first = self.hits[0].pattern if self.hits else None
        return {
            "id": f"{self.act}:{self.row.line}", "row": self.row.line, "item": self.row.item,
            "material": self.row.material, "only": list(self.only), "act": str(self.act),
            "confidence": str(self.confidence),
            "result_of": self.giver.item if self.giver else None, "patterns": [hit.pattern.id for hit in self.hits],
            "signs": [hit.signs for hit in self.hits],
            "holder": self._holders("zh") or None, "holder_en": self._holders("en") or None,
            "way": str(first.way) if first else "between", "law": first.source if first else None,
        }  # fmt: skip


class Flow(msgspec.Struct, frozen=True, dict=True):
    """All rows of one flow, looked at; every figure is derived from them."""

    name: str
    rows: tuple[Row, ...]

    @cached_property
    def items(self) -> Figure:
        """The items, each with the number of materials that it asks for."""
        asks: defaultdict[str, list[int]] = defaultdict(list)
        for row in self.rows:
            asks[row.item].append(row.line)
        lines = [Counted(item, Text(item, item), more={"rows": rows}) for item, rows in asks.items()]
        return Figure(tuple(lines), len(self.rows), "materials")

    @cached_property
    def materials(self) -> Figure:
        """Every row."""
        return self._figure(_line(row, conditional=is_conditional(row.material)) for row in self.rows)

    @cached_property
    def _same(self) -> Mapping[str, Sequence[Row]]:
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[plainly(row.material)].append(row)
        return found

    @cached_property
    def different(self) -> Figure:
        """The materials, each once, by its plain name."""
        return self._figure(
            Counted(str(rows[0].line), Text(name, name), 1, None, {"rows": [row.line for row in rows]})
            for name, rows in self._same.items()
        )

    @cached_property
    def again(self) -> Sequence[Again]:
        """The rows whose material an earlier row has asked for already, in their order."""
        found = (again(row, rows[:number]) for rows in self._same.values() for number, row in enumerate(rows) if number)
        return tuple(sorted(found, key=lambda one: one.row.line))

    @cached_property
    def repeats(self) -> Figure:
        """The rows of `again`, each with the earlier row, and why its paper is another one if it is."""
        return self._figure(
            _line(one.row, first=one.first.line, first_item=one.first.item, anew=one.anew and str(one.anew))
            for one in self.again
        )

    @cached_property
    def reusable(self) -> Figure:
        """The rows of `again` for which what was handed in before serves."""
        return self._figure(
            _line(one.row, given_row=one.given.line, given_with=one.given.item) for one in self.again if one.given
        )

    @cached_property
    def fetches(self) -> Sequence[Fetch]:
        """What another office has or a promise replaces, row by row."""
        return tuple(found for row in self.rows if (found := self._fetch(row)) is not None)

    @cached_property
    def proposals(self) -> Sequence[Fetch | Again]:
        """What need not be asked for, one proposal a row at most: what is fetched need not be used again."""
        fetched = {one.row.line for one in self.fetches}
        reused = (one for one in self.again if one.given and one.row.line not in fetched)
        return sorted((*self.fetches, *reused), key=lambda one: one.row.line)

    @cached_property
    def obtainable(self) -> Figure:
        """The rows that ask for a result or a fact of another office."""
        return self._figure(
            _line(one.row, confidence=str(one.confidence), result_of=one.giver and one.giver.item, only=list(one.only),
                  patterns=[hit.pattern.id for hit in one.hits])
            for one in self.fetches
            if one.act is Act.FETCH
        )  # fmt: skip

    @cached_property
    def declarable(self) -> Figure:
        """The rows that ask for what nobody can check."""
        return self._figure(
            _line(one.row, patterns=[hit.pattern.id for hit in one.hits])
            for one in self.fetches
            if one.act is Act.DECLARE
        )

    @cached_property
    def vague(self) -> Figure:
        """The rows that name nothing."""
        return self._figure(_line(row) for row in self.rows if names_nothing(row.material))

    @cached_property
    def open_ended(self) -> Figure:
        """The rows that name something and leave it open what else is meant."""
        vague = {line.id for line in self.vague.lines}
        return self._figure(
            _line(row) for row in self.rows if str(row.line) not in vague and _OPEN_ENDED.search(plainly(row.material))
        )

    @cached_property
    def groups(self) -> Sequence[Group]:
        """What is asked for more than once under whatever names, by pattern, the most frequent first."""
        found: defaultdict[str, list[Counted]] = defaultdict(list)
        for one in self.fetches:
            for id_ in dict.fromkeys(hit.pattern.id for hit in one.hits):
                found[id_].append(_line(one.row))
        named = {one.id: one.holder for one in patterns()}
        groups = [
            Group(id_, holder, self._figure(lines))
            for id_, lines in found.items()
            if len(lines) > 1 and (holder := named[id_]) is not None
        ]
        return sorted(groups, key=lambda group: (-group.figure.number, group.id))

    def _figure(self, lines: Iterator[Counted] | Sequence[Counted]) -> Figure:
        return Figure(tuple(sorted(lines, key=lambda line: int(line.id))), len(self.rows), "materials")

    def _fetch(self, row: Row) -> Fetch | None:
        giver, hits = self._giver(row), fitting(row.material, given_by=plainly(row.item))
        held = tuple(hit for hit in hits if hit.pattern.holder is not None)
        if giver is None and not hits:
            return None
        act = Act.FETCH if giver or held else Act.DECLARE
        had = {hit.part for hit in held or hits} | ({giver.part} if giver else set())
        every = parts(row.material)
        only = tuple(part for part in every if part in had) if had < set(every) else ()
        return Fetch(row, act, held if act is Act.FETCH else hits, giver, only)

    def _giver(self, row: Row) -> Giver | None:
        """The item of this flow whose result a row asks for."""
        best: tuple[int, Giver] | None = None
        for part in parts(row.material):
            if not _may_be_given(part):
                continue
            if shared_by(part, plainly(row.item)) >= _least(part):
                continue
            for number in self._names.near(part):
                item = self._items[number]
                name = plainly(item)
                # 非机动车登记 is the very thing that 机动车登记证书 is not.
                shared = shared_by(part, name) if f"非{part[:2]}" not in name else 0
                if shared == len(part):
                    return Giver(item, part, whole=True)
                if shared >= _least(part) and (best is None or shared > best[0]):
                    best = (shared, Giver(item, part, whole=False))
        return best[1] if best else None

    @cached_property
    def _items(self) -> Sequence[str]:
        return tuple(dict.fromkeys(row.item for row in self.rows))

    @cached_property
    def _names(self) -> Names:
        return Names([plainly(item) for item in self._items])


def _may_be_given(part: str) -> bool:
    """Whether a thing is called as what an item gives: a paper, and none that the applicant or a builder makes."""
    made = is_own_work(part) or _REPORT.search(part) is not None
    return not made and _LEAST_SHARED <= len(part) <= _LONGEST and _PAPER.search(part) is not None


def _least(part: str) -> int:
    """So many signs of a name must stand in that of an item: all but those that say what kind of paper it is."""
    return max(_LEAST_SHARED, len(stem(part)))


def _line(row: Row, **more: object) -> Counted:
    return Counted(str(row.line), Text(row.material, row.material), 1, row.item, {"row": row.line, **more})


def flows_of(rows: Sequence[Row]) -> Sequence[Flow]:
    """The flows of a file in their order."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.flow].append(row)
    return tuple(Flow(name, tuple(rows)) for name, rows in found.items())
