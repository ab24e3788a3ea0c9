"""One word per idea: what the house names is a word of `GLOSSARY.md`, and the page is true of the house."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.architecture.house import ROOT, Module, modules, rows, tools
from tests.shipped import shipped

from onecity.bootstrap.content import KINDS
from onecity.bootstrap.rooms import FACT_TYPES
from onecity.cli.main import onecity
from onecity.people import DUTY

PAGE: Final = (ROOT / "GLOSSARY.md").read_text("utf-8")
TERMS: Final = rows(PAGE, "Official terms")
WORDS: Final = rows(PAGE, "Words of the house")
VERBS: Final = rows(PAGE, "Verbs of facts")
UNWRITTEN: Final = rows(PAGE, "Words that nobody writes")

KNOWN: Final = {row[1] for row in TERMS} | {row[0] for row in (*WORDS, *VERBS)}
NOT_YET: Final = "–"


def unknown(name: str) -> str:
    """What of a name is no word of the glossary: words that belong together are looked up together first."""
    left = re.sub(r"[._]", " ", name)
    for word in sorted(KNOWN, key=len, reverse=True):
        left = re.sub(rf"\b{re.escape(word)}\b", "", left)
    return left.strip()


def test_every_kind_of_declaration_is_a_word_of_the_glossary() -> None:
    assert [kind.name for kind in KINDS if unknown(kind.name)] == []


def test_every_fact_is_named_in_words_of_the_glossary() -> None:
    # A fact's name begins with its package, which is the name of a room and not a word about what happened.
    named = {kind.name: kind.name.partition(".")[2] for kind in FACT_TYPES}
    assert {name: unknown(what) for name, what in named.items() if unknown(what)} == {}
    verbs = {row[0].split()[0] for row in VERBS}
    assert [name for name, what in named.items() if not verbs & set(what.split("_"))] == []


def test_every_duty_and_every_noun_of_the_command_line_is_a_word_of_the_glossary() -> None:
    pack = shipped()
    assert [name for name in pack.all(DUTY) if unknown(name)] == []
    assert [name for name in onecity.commands if unknown(name)] == []


def test_a_word_stands_once_and_lies_where_the_page_says() -> None:
    assert [word for word, times in Counter(row[0] for row in (*TERMS, *WORDS, *VERBS)).items() if times > 1] == []
    assert [row[0] for row in WORDS] == sorted(row[0] for row in WORDS)
    for word, sentence, where in (*WORDS, *VERBS):
        assert sentence.endswith("."), word
        if where == NOT_YET:
            assert "not built yet" in sentence, word
            continue
        text = (ROOT / where).read_text("utf-8").lower()
        # The first word will do: `life event` is LifeEvent in a type and life_event in a key.
        assert word.split()[0].removesuffix("s") in text, f"{word} does not lie in {where}"


def test_an_official_term_has_one_english_word_and_stands_where_the_page_says() -> None:
    assert [word for word, times in Counter(row[1] for row in TERMS).items() if times > 1] == []
    assert [row[0] for row in TERMS if row[0] not in (ROOT / row[2]).read_text("utf-8")] == []


def texts_of(node: Any) -> Iterator[tuple[str, str]]:
    """Every pair of a Chinese and an English text of a declaration."""
    match node:
        case {"zh": str() as zh, "en": str() as en}:
            yield zh, en
        case dict():
            for value in node.values():
                yield from texts_of(value)
        case list():
            for value in node:
                yield from texts_of(value)


@pytest.mark.parametrize("pack", sorted((ROOT / "packs").iterdir()), ids=lambda path: path.name)
def test_a_pack_translates_an_official_term_as_the_glossary_does(pack: Path) -> None:
    english = {row[0]: row[1] for row in TERMS}
    found = 0
    for path in sorted(pack.rglob("*.yaml")):
        for zh, en in texts_of(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)):
            if zh in english:
                found += 1
                # Grammar bends the end of a word, not its beginning: accept, Acceptance; filing, File.
                stem = english[zh][:3]
                assert re.search(rf"\b{stem}", en, flags=re.IGNORECASE), f"{path}: {zh} is {english[zh]}, not {en}"
    assert found > 0


def names(module: Module) -> Iterator[tuple[str, str]]:
    """Every name that a module gives, with its place."""
    yield module.path.stem, str(module.path.relative_to(ROOT))
    for node in ast.walk(module.tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, module.at(node)
            case ast.arg(arg=name):
                yield name, f"{module.path.relative_to(ROOT)}:{node.lineno}"
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, module.at(node)


def parts(name: str) -> set[str]:
    """The words of a name, also in the plural.

    >>> sorted(parts("PermitsOf_HTTPFirms"))
    ['firm', 'firms', 'http', 'of', 'permit', 'permits']
    """
    found = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return found | {word.removesuffix("s") for word in found}


def test_nobody_writes_a_word_that_the_glossary_rules_out() -> None:
    written: list[str] = []
    named = {
        module.path.relative_to(ROOT).as_posix(): [(parts(name), f"{where} {name}") for name, where in names(module)]
        for module in (*modules(), *tools())
    }
    for row in UNWRITTEN:
        ruled_out = set(row[0].split(", "))
        own = {path for path in (row[2].split(", ") if len(row) > 2 else []) if path}
        used = set()
        for path, given in named.items():
            found = [place for words, place in given if ruled_out & words]
            if path in own:
                used |= {path} if found else set()
            else:
                written += found
        assert own == used, f"{row[0]} has no meaning of its own in {own - used}"
    assert written == []
