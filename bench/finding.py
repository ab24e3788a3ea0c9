"""Everyday words: how soon a search of the shipped catalogue answers, how long it gets ready, and what it finds."""

import csv
import time
from statistics import quantiles
from typing import Final

from bench.figures import ROOT
from onecity.bootstrap.content import KINDS, sayings_of, shipped_pack
from onecity.drills.figures import Figure, at_least, at_most, plain
from onecity.kernel.search import Index
from onecity.machinery.postgres import Cluster
from onecity.packs import Pack, load_pack
from onecity.services import ITEM
from onecity.services.everyday import index_of
from onecity.services.life_events import LIFE_EVENT

PHRASES: Final = ROOT / "tests" / "data" / "everyday_phrases.csv"
_AMONG: Final = 3


async def measure_search(_cluster: Cluster) -> list[Figure]:
    """The phrases of the tests and every everyday word of the pack, each with a sign wrong at the end as well."""
    pack, faults = load_pack(shipped_pack(), KINDS)
    assert not faults, "the shipped pack has none"
    index = index_of(pack, sayings_of(pack))
    began = time.perf_counter()
    index.prepare()
    ready = time.perf_counter() - began
    with PHRASES.open(encoding="utf-8", newline="") as file:
        meant = [(row["phrase"], row["meant"].split()) for row in csv.DictReader(file)]
    asked = [phrase for phrase, _ in meant] + _also(pack)
    took = [_took(index, question) for phrase in asked for question in (phrase, f"{phrase[:-1]}仪")]
    note = f"{len(pack.all(ITEM))} items and {len(pack.all(LIFE_EVENT))} life events, {len(took):,} questions"
    right = sum(any(one.path[1:] in wanted for one in index.find(phrase)[:_AMONG]) for phrase, wanted in meant)
    return [
        at_most("everyday words: search, p95", 1000 * quantiles(took, n=20)[-1], "ms", 30, note=note),
        plain("everyday words: search, slowest", 1000 * max(took), "ms", note=note),
        at_most("everyday words: index made ready", ready, "s", 1, note=note),
        at_least("everyday words: meant among the first three", [100 * right / len(meant)], "%", 85, note=note),
    ]


def _also(pack: Pack) -> list[str]:
    items = [word for one in pack.all(ITEM).values() for word in one.value.also]
    return items + [word for one in pack.all(LIFE_EVENT).values() for word in one.value.also]


def _took(index: Index, question: str) -> float:
    began = time.perf_counter()
    index.find(question)
    return time.perf_counter() - began
