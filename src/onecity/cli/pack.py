"""`onecity pack`: a city's content, checked."""

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click
import msgspec

from onecity.bootstrap.content import KINDS, words_of
from onecity.bootstrap.first_pack import write_pack
from onecity.bootstrap.moment import now
from onecity.bootstrap.settings import Settings
from onecity.bootstrap.tools import at_hand
from onecity.casework import (
    Looked,
    cited_in_words,
    counted,
    hashes_lacking,
    law_checked,
    laws_cited,
    numbered_otherwise,
    numbers_lacking,
)
from onecity.cli.configured import on_a_city
from onecity.cli.drafting import Draft, draft
from onecity.cli.exits import Exit, end_on
from onecity.cli.places import machine_readable, tell_machine
from onecity.kernel.acting import Acting, Channel
from onecity.kernel.refusal import Refused
from onecity.ledger import PackVersion, holding
from onecity.packs import Fault, Manifest, Pack, Text, Words, differing, load_pack, readable_pack, schema_of
from onecity.packs.laws import Library, Result, read_library, write_hashes, write_numbers
from onecity.places import CITY, ID_FORM
from onecity.services.amending import undone
from onecity.services.amending.rules import Why
from onecity.services.counting import tally
from onecity.services.declared import ForWhom, Permits
from onecity.services.sampling import drawn, standing_for

_ENGINEER: Final = Acting(person=None, channel=Channel.CLI)
"""Whoever can start a command on the city's own machine; nobody signs in for it."""


def loaded(folder: Path) -> Pack:
    """A pack without faults; else its faults go to stderr and the command ends with exit code 3."""
    pack, faults = load_pack(folder, KINDS)
    end_on(faults)
    return pack


@click.group()
def pack() -> None:
    """The content of a city: items, calendars, agencies."""


@pack.command()
@click.argument("path", type=click.Path(path_type=Path))
@machine_readable
def check(path: Path, *, as_json: bool) -> None:
    """Read every file of a pack, follow every reference, run every example.

    Example: onecity pack check packs/zhengzhou --json
    """
    found, faults = load_pack(path, KINDS)
    if as_json:
        rows = [msgspec.to_builtins(fault) | {"text": str(fault)} for fault in faults]
        click.echo(json.dumps({"counts": found.counts(), "faults": rows}, ensure_ascii=False))
    else:
        for fault in faults:
            click.echo(str(fault))
        counts = ", ".join(f"{number} {kind}" for kind, number in found.counts().items())
        said = _how_many(faults)
        click.echo(f"{said}; {counts}" if counts else said, err=True)
    sys.exit(Exit.PACK_FAULT if faults else Exit.DONE)


@pack.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--id", "name", required=True, help="Lower-case letters, digits and _: the name in files.")
@click.option("--name-zh", "zh", required=True, help="What the city, or the item, is called in Chinese.")
@click.option("--name-en", "en", required=True, help="What it is called in English.")
@click.option("--from-law", metavar="LAW", help="Draft an item of the pack in DIR from an article of this law.")
@click.option("--article", metavar="N", help="The article that founds it, like 42 or 120-1.")
@click.option("--laws", type=click.Path(path_type=Path, exists=True), help="The law texts, as for law-check.")
@click.option(
    "--kind",
    type=click.Choice([str(one) for one in Permits]),
    default=str(Permits.PERMIT),
    show_default=True,
    help="What kind of power it exercises.",
)
@click.option(
    "--subject",
    type=click.Choice([str(one) for one in ForWhom]),
    default=str(ForWhom.BOTH),
    show_default=True,
    help="Whose affair it is.",
)
@click.option("--agency", help="The agency whose item it is.")
@click.option("--process", default="", help="By which process it goes; the list takes an item without one, too.")
@click.option("--result-zh", help="What somebody has in hand at the end, in Chinese.")
@click.option("--result-en", help="The same in English.")
def new(
    folder: Path, *, name: str, zh: str, en: str, from_law: str | None, article: str | None, laws: Path | None,
    kind: str, subject: str, agency: str | None, process: str, result_zh: str | None, result_en: str | None,
) -> None:  # fmt: skip
    """Write the first pack of another city into an empty DIR, with notes on what to change.

    With --from-law, --article, --laws and --agency: draft the lines of an item in the pack in DIR instead. Its limit
    is taken only from a sentence about what an organ does; what else names days is told and left out. Lists of
    conditions and materials in the article and beside it become demands, whose English is to be written.

    Example: onecity pack new packs/kaifeng --id kaifeng --name-zh 开封 --name-en Kaifeng
    """
    if from_law is not None:
        if article is None or laws is None or agency is None:
            raise click.UsageError("--from-law needs --article, --laws and --agency.")
        result = Text(result_zh, result_en) if result_zh and result_en else None
        wanted = Draft(
            from_law, article, laws, name, Text(zh, en), Permits(kind), ForWhom(subject), agency, process, result
        )
        draft(folder, wanted)
        return
    if not re.fullmatch(ID_FORM, name):
        raise click.BadParameter(f"{name} is no id. Write lower-case letters, like kaifeng.", param_hint="--id")
    if folder.is_dir() and any(folder.iterdir()):
        click.echo(f"{folder} is not empty. Name a new folder.", err=True)
        sys.exit(Exit.REFUSED)
    write_pack(folder, name=name, zh=zh, en=en)
    click.echo(str(folder))
    click.echo(f"Read {folder / CITY.folder} first. Then: onecity pack check {folder}", err=True)


@pack.command()
@click.argument("path", type=click.Path(path_type=Path))
@machine_readable
def stats(path: Path, *, as_json: bool) -> None:
    """How many items and life events of each level a pack declares, counted anew. What cannot be read is not counted:
    a file with faults, of a table only the rows that have some.

    Example: onecity pack stats packs/zhengzhou --json
    """
    found, faults = readable_pack(path, KINDS)
    if faults:
        click.echo(f"This pack has {_how_many(faults)}: `onecity pack check {path}` tells them.", err=True)
    if not found.declared:
        sys.exit(Exit.PACK_FAULT)
    figures = tally(found).figures
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    for name, figure in figures.items():
        parts = figure.items() if isinstance(figure, dict) else [("", figure)]
        click.echo(f"{name:<8} " + "  ".join(f"{part} {number}".strip() for part, number in parts))


@pack.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@machine_readable
def diff(before: Path, after: Path, *, as_json: bool) -> None:
    """What the pack in the folder AFTER says otherwise than that in BEFORE: each declaration, each row, each part.

    What was drawn from lines is left out: the lines say what changed.

    Example: onecity pack diff packs/zhengzhou ../theirs/packs/zhengzhou
    """
    found = differing(loaded(before), loaded(after))
    if as_json:
        tell_machine(found)
        return
    for one in found:
        click.echo(f"{one.kind} {one.id}: {one.what}")
        for part in one.parts:
            click.echo(f"  {part.path}: {part.before or '–'} → {part.after or '–'}")
    click.echo(f"{len(found)} differences", err=True)


@pack.command()
@click.argument("kind", type=click.Choice([kind.name for kind in KINDS]))
def schema(kind: str) -> None:
    """The JSON Schema of one KIND of declaration, for an editor.

    Example: onecity pack schema item
    """
    found = next(one for one in KINDS if one.name == kind)
    click.echo(json.dumps(schema_of(found), ensure_ascii=False, indent=2))


@pack.command("apply")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--at", "instant", metavar="INSTANT", help="When it begins, in the city's zone (default: now).")
@click.option("--over-amendments", "over", is_flag=True, help="Also where it undoes what departments have amended.")
@machine_readable
@on_a_city
def apply_to_city(path: Path, *, instant: str | None, over: bool, as_json: bool, settings: Settings) -> None:
    """Let a pack hold from an instant on, in every process of the city, without a restart.

    Cases keep the version under which they were opened. The same instant again puts another pack in its place. A
    folder that would undo what departments have published in the browser is refused, with the items.

    Example: onecity pack apply packs/zhengzhou --at 2027-01-01T00:00
    """
    brought = loaded(path)
    city = brought.one(CITY)
    at = None if instant is None else _instant(instant, city.clock_zone())

    async def applied() -> tuple[PackVersion | Refused, list[PackVersion], list[str]]:
        async with at_hand(settings) as memory:
            moment, lost = now(), await undone(memory.ledger, memory.declarations, brought)
            if lost and not over:
                return Refused(Why.OVER_AMENDMENTS, {"items": ", ".join(lost)}), [], lost
            found = await memory.declarations.apply(
                brought, city.ledger_origin, since=at or moment, ledger=memory.ledger, by=_ENGINEER, now=moment
            )
            return found, await memory.declarations.versions(), lost

    found, known, lost = asyncio.run(applied())
    if isinstance(found, Refused):
        click.echo(words_of(brought).say("en", found.reason, **found.details), err=True)
        sys.exit(Exit.REFUSED)
    if as_json:
        tell_machine({"version": found.version, "since": found.since, "undone": lost})
    else:
        click.echo(f"{found.version} from {_local(found.since, city.clock_zone())}")
    if lost:
        click.echo(f"What departments had amended is undone: {', '.join(lost)}.", err=True)
    later = next((one for one in known if one.since > found.since), None)
    if later is not None:
        click.echo(f"Until {_local(later.since, city.clock_zone())}: then {later.version} begins.", err=True)


@pack.command()
@machine_readable
@on_a_city
def versions(*, as_json: bool, settings: Settings) -> None:
    """Every version of the pack that the city had, has and will have; `*` marks the one in force.

    Example: onecity pack versions
    """

    async def told() -> tuple[list[PackVersion], list[Manifest], ZoneInfo, PackVersion | None]:
        async with at_hand(settings) as memory:
            known = await memory.declarations.versions()
            manifests = [await memory.declarations.manifest(one.version) for one in known]
            newest = await memory.declarations.pack(known[-1].version, [CITY])
            return known, manifests, newest.one(CITY).clock_zone(), holding(known, now())

    known, manifests, zone, held = asyncio.run(told())
    if as_json:
        rows = [
            {"version": one.version, "since": one.since, "recorded": one.recorded, "how": one.how,
             "in_force": one is held, "counts": manifest.counts}
            for one, manifest in zip(known, manifests, strict=True)
        ]  # fmt: skip
        tell_machine(rows)
        return
    for one, manifest in zip(known, manifests, strict=True):
        counts = ", ".join(f"{number} {kind}" for kind, number in manifest.counts.items())
        click.echo(f"{'*' if one is held else ' '} {_local(one.since, zone)}  {one.version}  {counts}")


@pack.command("law-check")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--laws", required=True, metavar="DIR", type=click.Path(path_type=Path, exists=True),
    help="The folder of law texts, named like 行政许可法(2019-04-23).md, or a tar of it.",
)  # fmt: skip
@click.option("--sample", metavar="N", type=click.IntRange(1), help="Only N items, with their process and licence.")
@click.option("--seed", help="Which items --sample draws: the same seed draws the same.")
@click.option(
    "--write",
    is_flag=True,
    help="Write behind each citation that agrees the hash of its article, also where only its number does, and behind "
    "each law from which article to which its cited versions go.",
)
@machine_readable
def law_check(path: Path, *, laws: Path, sample: int | None, seed: str | None, write: bool, as_json: bool) -> None:
    """Compare every citation of a pack with the texts of the laws; nothing of a text is shown or kept.

    Exit code 1: an article changed, moved, was replaced or is missing. A citation without a phrase and a hash is
    named as unproven; what texts cite (`in_words`) is only counted, as it names no version. --write never replaces a
    hash: remove the old one after you read the article.

    Example: onecity pack law-check packs/zhengzhou --laws laws.tar.gz --sample 30 --seed 7 --json
    """
    if (sample is None) != (seed is None):
        raise click.UsageError("Give --sample and --seed together, or neither.")
    found = loaded(path)
    library = read_library(laws, laws_cited(found))
    items = None if sample is None else drawn(found, sample, seed or "")
    only = None if items is None else standing_for(found, items)
    looked = _looked(found, library, only)
    hashes = hashes_lacking(looked) if write else {}
    numbers = numbers_lacking(found, library) if write and only is None else {}
    if hashes or numbers:
        write_hashes(path, hashes)
        write_numbers(path, numbers)
        found = loaded(path)
        looked = _looked(found, library, only)
    findings = _findings(looked, words_of(found))
    counts = counted(looked) | {"written": len(hashes), "numbered": sum(map(len, numbers.values()))}
    counts |= {"texts": library.texts, "in_words": cited_in_words(found)}
    if as_json:
        of_items = {} if items is None else {"items": items}
        click.echo(json.dumps(counts | of_items | {"findings": findings}, ensure_ascii=False))
    else:
        for one, row in zip(_told(looked), findings, strict=True):
            what = "《{law}》{article} ({version}) {result}:".format_map(row)
            click.echo(str(Fault(one.cited.place, what, "{zh} / {en}".format_map(row))))
        click.echo(", ".join(f"{number} {name}" for name, number in counts.items() if number), err=True)
    sys.exit(Exit.REFUSED if any(one.found.result.is_wrong for one in looked) else Exit.DONE)


def _looked(pack: Pack, library: Library, only: Sequence[tuple[str, str]] | None) -> tuple[Looked, ...]:
    """The citations of a pack beside a library; where all are asked for, also how its laws are numbered."""
    otherwise = numbered_otherwise(pack, library) if only is None else ()
    return (*law_checked(pack, library, only), *otherwise)


def _how_many(faults: Sequence[Fault]) -> str:
    return "1 fault" if len(faults) == 1 else f"{len(faults)} faults"


def _told(looked: Sequence[Looked]) -> list[Looked]:
    """The citations that do not agree, and those of which nobody knows."""
    return [one for one in looked if one.found.result.is_wrong or one.found.result is Result.UNPROVEN]


def _findings(looked: Sequence[Looked], words: Words) -> list[dict[str, object]]:
    """What there is to tell of citations, as plain data with what to do."""
    return [
        msgspec.to_builtins(one.cited.place)
        | {"kind": one.cited.kind, "id": one.cited.id, "law": one.cited.because.law}
        | {"article": one.cited.because.article, "version": one.cited.because.version.isoformat()}
        | {"result": str(one.found.result), "proposed": list(one.found.proposed)}
        | {lang: words.say(lang, f"laws.{one.found.why}", **one.facts) for lang in ("zh", "en")}
        for one in _told(looked)
    ]


def _instant(text: str, zone: ZoneInfo) -> datetime:
    """An instant as an engineer writes it; without an offset it is the city's time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is no instant. Write it like 2027-01-01T00:00.", param_hint="--at") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat(sep=" ", timespec="seconds")
