"""`onecity governance route`: what a message is about, learnt from messages that people have labelled."""

import sys
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

import click

from onecity.bootstrap.content import shipped_pack
from onecity.bootstrap.settings import Settings
from onecity.cli.configured import configured
from onecity.cli.exits import Exit
from onecity.cli.pack import loaded
from onecity.cli.places import machine_readable, pack_option, tell_machine
from onecity.governance import default_model
from onecity.governance.routing import (
    KEPT_AT,
    LEAST_OF_LABEL,
    LEAST_TOLD,
    Example,
    Model,
    answers,
    are_enough,
    begins_with_mark,
    decided,
    examples_of,
    kept,
    learned_from,
    model_of,
)
from onecity.kernel.refusal import Refused
from onecity.machinery.files import put_whole
from onecity.packs import Words, load_words

_TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--train", "teaching", metavar="FILE", type=_TABLE, help="Learn from these: label, title, perhaps body.")
@click.option("--predict", "asking", metavar="FILE", type=_TABLE, help="Give these a label: title, perhaps body.")
@pack_option("phrases, where nothing was trained")
@machine_readable
@configured("data")
def route(
    teaching: Path | None, asking: Path | None, folder: Path | None, *, as_json: bool, settings: Settings
) -> None:
    """Learn from messages with --train, or say with --predict what each is about: label, tab, probability.

    A FILE is a table with tabs between its columns, as Python's csv writes it; one answer for each of its rows, in
    their order. --json tells the words that decided and the other labels as well.

    Where every label is the code of a matter of the catalogue, the city guesses with what was learnt from its next
    start on; else it says so at its start and guesses with the phrases of its pack.

    Example: onecity governance route --predict messages.tsv
    """
    if (teaching is None) == (asking is None):
        raise click.UsageError("Name one of --train FILE and --predict FILE.")
    home = settings.data
    if teaching is not None:
        _train(_read(teaching, labelled=True), home, as_json=as_json)
    elif asking is not None:
        examples = _read(asking, labelled=False)
        model = _model(home, folder)
        _tell(examples, model, as_json=as_json)


def _read(path: Path, *, labelled: bool) -> Sequence[Example]:
    content = path.read_bytes()
    found = examples_of(content, labelled=labelled)
    if isinstance(found, Refused):
        _end(found, Exit.REFUSED, path)
    if begins_with_mark(content):
        _say("governance.routing.mark", path)
    return found


def _train(examples: Sequence[Example], home: Path, *, as_json: bool) -> None:
    model = learned_from(examples)
    if isinstance(model, Refused):
        _end(model, Exit.REFUSED)
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    put_whole(home / KEPT_AT, kept(model))
    enough = are_enough(one.label for one in examples)
    if as_json:
        told = {"examples": model.examples, "labels": model.labels, "right": model.right if enough else None}
        tell_machine(told | {"model": str(home / KEPT_AT)})
        return
    click.echo(str(home / KEPT_AT))
    said, more = "governance.routing.learned", {"share": f"{model.right:.1%}"}
    if not enough:
        said, more = "governance.routing.learned_of_few", {"least": str(LEAST_TOLD), "least_each": str(LEAST_OF_LABEL)}
    _say(said, None, examples=model.examples, labels=len(model.labels), **more)


def _model(home: Path, folder: Path | None) -> Model:
    """The model that was trained last, else what the pack's phrases teach."""
    if (home / KEPT_AT).is_file():
        found = model_of((home / KEPT_AT).read_bytes())
        if isinstance(found, Refused):
            _end(found, Exit.OUTSIDE, home / KEPT_AT)
        return found
    by_default = default_model(loaded(folder or shipped_pack()))
    if isinstance(by_default, Refused):
        _end(by_default, Exit.REFUSED)
    return by_default


def _tell(examples: Sequence[Example], model: Model, *, as_json: bool) -> None:
    if as_json:
        tell_machine([{"line": one.line, "decided": decided(model, one.title, one.body)} for one in examples])
        return
    click.echo("".join(f"{one.label}\t{one.probability:.6f}\n" for one in answers(model, examples)), nl=False)


@cache
def _words() -> Words:
    return load_words([files("onecity") / "governance" / "words"])


def _say(key: str, path: Path | None = None, **details: object) -> None:
    """A sentence in both languages, to whoever sits before the terminal."""
    said = " / ".join(_words().say(lang, key, **details) for lang in ("zh", "en"))
    click.echo(f"{path}: {said}" if path else said, err=True)


def _end(refused: Refused, code: Exit, path: Path | None = None) -> NoReturn:
    _say(refused.reason, path, **refused.details)
    sys.exit(code)
