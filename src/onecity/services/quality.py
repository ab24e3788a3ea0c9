"""How complete an item is, computed from what it has and from its recorded runs; nobody types it.

For whoever counts levels: `levels_of(pack)` gives the level of every item, `lacks_of` what keeps one from the next.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from onecity.casework import PROCESS
from onecity.licences import LICENCE_TYPE
from onecity.packs import Declared, Pack, Text
from onecity.services.checking import FIELD, ITEM
from onecity.services.declared import Condition, Item, Needed, Online, Origin, Quality, ResultKind
from onecity.services.runs import How, ItemRun, counts, recorded

COMPLETE: Final = "complete"
"""What an example of an item gives whose answers are all good."""


class Lack(StrEnum):
    """Something that keeps an item from a level."""

    BASIS = "basis"
    RESULT_NAME = "result_name"
    LIMIT = "limit"
    CONDITIONS = "conditions"
    SOURCES = "sources"
    PROCESS = "process"
    REMEDY = "remedy"
    ASKS = "asks"
    EXAMPLE = "example"
    ONLINE = "online"
    RESULT = "result"
    MACHINE_RUN = "machine_run"
    BROWSER_RUN = "browser_run"
    PLAIN = "plain"
    FAQ = "faq"


_ONLINE: Final = frozenset((Online.ACCEPTANCE, Online.HANDLING, Online.ANSWER, Online.LICENCE))
"""What can be done online where nobody need bring an application to a window."""

Holds = Callable[[Declared[Item], Pack, Sequence[ItemRun]], bool]
"""Whether an item of a pack with some recorded runs has something that a level asks for."""


def level_of(item: Declared[Item], pack: Pack, runs: Sequence[ItemRun]) -> Quality:
    """The highest level of which an item lacks nothing, and nothing of those below it."""
    reached = Quality.Q0
    for level, lacking in lacks_of(item, pack, runs).items():
        if lacking:
            break
        reached = level
    return reached


def levels_of(pack: Pack) -> dict[str, Quality]:
    """The level of every item of a pack, by id, with the runs that the pack has recorded."""
    runs = recorded(pack)
    return {name: level_of(item, pack, runs) for name, item in sorted(pack.all(ITEM).items())}


def lacks_of(item: Declared[Item], pack: Pack, runs: Sequence[ItemRun]) -> dict[Quality, tuple[Lack, ...]]:
    """What an item lacks for each level, the lowest first, whatever it lacks for those below."""
    return {
        level: tuple(lack for lack, holds in asked.items() if not holds(item, pack, runs))
        for level, asked in _ASKED.items()
    }


def _has_basis(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return item.value.basis.sha256 is not None


def _names_result(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return _said(item.value.result.name)


def _has_limit(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return bool(item.value.limit.because.article)


def _has_conditions(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return bool(item.value.conditions)


def _has_sources(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    demands: tuple[Condition | Needed, ...] = (*item.value.conditions, *item.value.needs)
    return all(one.because is not None or one.origin is Origin.EXAMPLE for one in demands)


def _has_process(item: Declared[Item], pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return item.value.process in pack.all(PROCESS)


def _has_remedy(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return bool(item.value.remedy.because.article)


def _asks_facts(item: Declared[Item], pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    fields = pack.all(FIELD)
    asked = [one.field for one in item.value.asks]
    return bool(asked) and all(name in fields and fields[name].value.examples for name in asked)


def _has_example(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return any(one.gives == COMPLETE for one in item.value.examples)


def _is_online(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return not _ONLINE.isdisjoint(item.value.online)


def _gives_something(item: Declared[Item], pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    """A licence of a declared type, a document, or the fact alone, as it then stands in a register."""
    result = item.value.result
    return result.kind is not ResultKind.LICENCE or result.licence in pack.all(LICENCE_TYPE)


def _was_played(how: How) -> Holds:
    def holds(item: Declared[Item], _pack: Pack, runs: Sequence[ItemRun]) -> bool:
        return any(run.how is how and counts(run, item) for run in runs)

    return holds


def _is_plain(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return _said(item.value.plain)


def _has_faq(item: Declared[Item], _pack: Pack, _runs: Sequence[ItemRun]) -> bool:
    return any(_said(one.ask) and _said(one.answer) for one in item.value.faq)


def _said(text: Text) -> bool:
    """Whether a text says something in both languages."""
    return bool(text.zh.strip() and text.en.strip())


_ASKED: Final[Mapping[Quality, Mapping[Lack, Holds]]] = {
    Quality.Q1: {Lack.BASIS: _has_basis, Lack.RESULT_NAME: _names_result, Lack.LIMIT: _has_limit},
    Quality.Q2: {
        Lack.CONDITIONS: _has_conditions,
        Lack.SOURCES: _has_sources,
        Lack.PROCESS: _has_process,
        Lack.REMEDY: _has_remedy,
    },
    Quality.Q3: {
        Lack.ASKS: _asks_facts,
        Lack.EXAMPLE: _has_example,
        Lack.ONLINE: _is_online,
        Lack.RESULT: _gives_something,
        Lack.MACHINE_RUN: _was_played(How.MACHINE),
    },
    Quality.Q4: {Lack.BROWSER_RUN: _was_played(How.BROWSER), Lack.PLAIN: _is_plain, Lack.FAQ: _has_faq},
}
