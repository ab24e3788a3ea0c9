"""What people read: every refusal has its sentence, in both languages, and nobody keeps a sentence that nobody says."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jinja2 import Environment, nodes
from tests.architecture.house import HOUSE, ROOT, imported, modules, texts

from onecity.bootstrap.content import PACKAGES_WITH_WORDS
from onecity.kernel.refusal import Reason

LANGUAGES: Final = ("zh", "en")
PACKS: Final = tuple(sorted((ROOT / "packs").iterdir()))

BANNED: Final = ("办结", "予以", "提交成功", "敬请谅解", "系统繁忙", "暂无数据", "赋能", "一站式")
BANNED_PATTERN: Final = re.compile("|".join((*BANNED, "进行.{1,6}操作")))
"""What no clerk of this city says. Source: the house's interface rules, section 6."""

LAW: Final = ("phrase", "law")
"""Keys of a pack under which the words of a law stand, which are quoted as they are."""

_KEY: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


def read(path: Path) -> Any:
    """A file of YAML, read as the house reads it."""
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


@cache
def words(package: str, lang: str) -> dict[str, str]:
    """The sentences that a package ships in a language."""
    found: dict[str, str] = read(HOUSE / package / "words" / f"{lang}.yaml")
    return found


@cache
def said(lang: str) -> dict[str, str]:
    """Every sentence of the house in a language."""
    return {key: text for package in PACKAGES_WITH_WORDS for key, text in words(package, lang).items()}


@pytest.mark.parametrize("path", sorted(HOUSE.glob("*/words/*.yaml")), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_key_stands_twice_for_the_last_one_would_silently_count(path: Path) -> None:
    node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    assert isinstance(node, yaml.MappingNode)
    keys = [key.value for key, _ in node.value]
    assert [key for key, times in Counter(keys).items() if times > 1] == []


def base(key: str) -> str:
    """The key by which a sentence is said: that for one thing alone belongs to that for several."""
    several = key.removesuffix(".one")
    return several if several in said("en") else key


def lists_of_sentences() -> Iterator[type[StrEnum]]:
    """The reasons of all packages, and whatever else is a list of word keys: what is wrong with an answer, a file."""
    imported()
    left: list[type[StrEnum]] = list(StrEnum.__subclasses__())
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        if kind.__module__.startswith("onecity.") and kind.__members__:
            reason = issubclass(kind, Reason)
            if reason or all(_KEY.fullmatch(member) and member in said("en") for member in kind):
                yield kind


def test_every_folder_of_words_is_entered_and_speaks_both_languages() -> None:
    assert {path.parent.relative_to(HOUSE).as_posix() for path in HOUSE.rglob("words")} == set(PACKAGES_WITH_WORDS)
    for package in PACKAGES_WITH_WORDS:
        # Chinese does not tell one from several.
        assert words(package, "zh").keys() == {base(key) for key in words(package, "en")}, package


def test_every_reason_of_every_package_has_its_sentence_among_the_words_of_that_package() -> None:
    reasons = [kind for kind in lists_of_sentences() if issubclass(kind, Reason)]
    assert len(reasons) > 2
    for kind in lists_of_sentences():
        package = kind.__module__.split(".")[1]
        for member in kind:
            for lang in LANGUAGES:
                assert words(package, lang).get(member), f"{kind.__module__}.{member.name} says nothing in {lang}"


def test_no_two_packages_say_the_same_key() -> None:
    for lang in LANGUAGES:
        assert sum(len(words(package, lang)) for package in PACKAGES_WITH_WORDS) == len(said(lang))


def test_a_sentence_has_the_same_gaps_in_both_languages() -> None:
    for key, text in said("zh").items():
        gaps = [set(re.findall(r"{(\w*)", sentence)) for sentence in (text, said("en")[key])]
        assert gaps[0] == gaps[1], key
    for key, text in said("en").items():
        assert set(re.findall(r"{(\w*)", text)) <= set(re.findall(r"{(\w*)", said("en")[base(key)])), key


@cache
def templates() -> tuple[tuple[Path, nodes.Template], ...]:
    """Every template of the house."""
    environment = Environment(trim_blocks=True, autoescape=True)
    return tuple((path, environment.parse(path.read_text("utf-8"))) for path in sorted(HOUSE.rglob("*.html")))


def _joined(node: nodes.Node) -> str:
    """A text of a template; what it gets filled in stands as `{}`."""
    match node:
        case nodes.Const(value=str() as text):
            return text
        case nodes.Concat(nodes=parts):
            return "".join(_joined(part) for part in parts)
        case nodes.Add(left=left, right=right):
            return _joined(left) + _joined(right)
        case _:
            return "{}"


def spoken() -> Iterator[str]:
    """Every text of code and templates that may be a word key, and of packs what may name a letter."""
    for module in modules():
        yield from (text for _, text in texts(module))
    for _, tree in templates():
        for kind in (nodes.Const, nodes.Concat, nodes.Add):
            yield from (_joined(node) for node in tree.find_all(kind))


def asked_for() -> Iterator[tuple[str, str]]:
    """Every key that a template or a page asks for by its whole name, and where."""
    for path, tree in templates():
        for call in tree.find_all(nodes.Call):
            match call:
                case nodes.Call(node=nodes.Name(name="t"), args=[nodes.Const(value=str() as key), *_]):
                    yield key, f"{path.relative_to(ROOT)}:{call.lineno}"
    for module in modules():
        for node in ast.walk(module.tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="say") | ast.Name(id="say"), args=given):
                    # The first word of a sentence may be its language, which is no key.
                    for one in given:
                        if isinstance(one, ast.Constant) and isinstance(one.value, str) and _KEY.fullmatch(one.value):
                            yield one.value, module.at(one)


def test_whatever_is_said_has_words() -> None:
    found = list(asked_for())
    assert len(found) > 100
    assert [f"{where} {key}" for key, where in found if key not in said("zh")] == []


def letters() -> set[str]:
    """The kinds of letter that anybody sends: named by the process of a pack, or in the code."""
    sent = {text for text in spoken() if _KEY.fullmatch(text)}
    for pack in PACKS:
        for path in (pack / "casework").rglob("*.yaml"):
            sent.update(re.findall(r"letter: ([\w.]+)", path.read_text("utf-8")))
    return sent


def test_nobody_keeps_a_sentence_that_nobody_says() -> None:
    found = set(spoken())
    # A key that is put together is known by its beginning, which names at least one room: `ui.month.` and a number.
    patterns = [text for text in found if "{}" in text and re.match(r"[a-z_]+\.", text)]
    together = re.compile("|".join(re.escape(text).replace(r"\{\}", r"[a-z0-9_.]+") for text in patterns))
    keys = {key for key in said("zh") if not key.startswith("letter.")}
    assert sorted(key for key in keys if key not in found and not together.fullmatch(key)) == []


def test_every_kind_of_letter_that_has_words_is_sent_and_is_written_whole() -> None:
    kinds = {key.split(".", 1)[1].rsplit(".", 1)[0] for key in said("zh") if key.startswith("letter.")}
    assert sorted(kinds - letters()) == []
    for kind in kinds:
        assert {f"letter.{kind}.short", f"letter.{kind}.title", f"letter.{kind}.1"} <= said("zh").keys(), kind


def chinese(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a declaration with the path of its keys."""
    match node:
        case dict():
            for key, value in node.items():
                yield from chinese(value, f"{path}.{key}")
        case list():
            for value in node:
                yield from chinese(value, path)
        case str():
            yield path, node


def test_no_page_and_no_pack_says_what_no_clerk_would() -> None:
    wrong = [f"{key}: {text}" for key, text in said("zh").items() if BANNED_PATTERN.search(text)]
    for pack in PACKS:
        for file in sorted(pack.rglob("*.yaml")):
            for path, text in chinese(read(file)):
                if path.rsplit(".", 1)[-1] not in LAW and BANNED_PATTERN.search(text):
                    wrong.append(f"{file.relative_to(ROOT)}{path}: {text}")
    for template, tree in templates():
        wrong += [str(template) for node in tree.find_all(nodes.TemplateData) if BANNED_PATTERN.search(node.data)]
    assert wrong == []
