"""`python -m fuzz`: some or all fuzzers for a while; with `--runs`, the same runs each time.

Each target works in a process of its own, forked from one that has read the city: the fuzzer ends the process that it
is in. An input that breaks a reader is kept in the folder `--found`.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType, ModuleType
from typing import NoReturn

import atheris
from PIL import Image

from fuzz.targets import SEEDS, TARGETS

READ_BY = (
    "fuzz.readers", "onecity.casework.mining", "onecity.governance.events.arriving", "onecity.governance.masking",
    "onecity.governance.open311", "onecity.governance.parts.reading", "onecity.governance.photos",
    "onecity.governance.replay.reading", "onecity.governance.routing.examples", "onecity.governance.routing.keeping",
    "onecity.governance.tokens", "onecity.kernel.identity", "onecity.kernel.instants", "onecity.kernel.numerals",
    "onecity.ledger.checkpoint", "onecity.licences.identifier", "onecity.machinery.features.asking",
    "onecity.machinery.outgoing", "onecity.machinery.web.decoding", "onecity.machinery.web.forms", "onecity.packs",
    "onecity.services.approvals", "onecity.services.auditing", "onecity.services.uploads", "tools.verify_ledger",
    "PIL.ImageOps",
    "PIL.JpegImagePlugin", "PIL.MpoImagePlugin", "PIL.PngImagePlugin", "PIL.TiffImagePlugin", "PIL.WebPImagePlugin",
    "python_multipart", "starlette.formparsers",
)  # fmt: skip
"""What the fuzzer sees the branches of; all of the house would take half a minute to prepare."""


_SLOW_S = 20
"""What takes longer is a bug: a reader is done in milliseconds. So long, because others may hold the machine."""
_MEMORY_MB = 2048


def main(words: Sequence[str]) -> int:
    """Run the targets that are named, all if none is; 1 if one found a bug."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"of: {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--runs", type=int, default=-1, help="for each target, with the same seed: the same each time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="where inputs are kept (fuzz-found)")
    given = parser.parse_args(words)
    if strange := sorted(set(given.targets) - set(TARGETS)):
        parser.error(f"there is no target {strange[0]}")
    given.found.mkdir(parents=True, exist_ok=True)
    # Readers of pictures are else imported when the first one comes, which is too late to see into them.
    Image.init()
    for module in [one for name, one in sys.modules.items() if name.startswith(READ_BY)]:
        for function in _functions(module, module.__name__):
            atheris.instrument_func(function)
    broken = [name for name in given.targets or TARGETS if not _holds(name, given)]
    for name in broken:
        print(f"{name}: broken; the input lies in {given.found}")
    return 1 if broken else 0


def _functions(home: ModuleType | type, module: str) -> Iterator[FunctionType]:
    """The functions of a module and of its classes, but for those that it has from elsewhere."""
    for value in vars(home).values():
        plain = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if isinstance(plain, FunctionType) and plain.__module__ == module:
            yield plain
        elif isinstance(value, type) and value.__module__ == module and value is not home:
            yield from _functions(value, module)


def _holds(name: str, given: argparse.Namespace) -> bool:
    """Whether a target stands its fuzzer."""
    with TemporaryDirectory() as grown:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _fuzz(name, given, grown)
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _fuzz(name: str, given: argparse.Namespace, grown: str) -> NoReturn:
    target = TARGETS[name]
    limit = [f"-runs={given.runs}"] if given.runs >= 0 else [f"-max_total_time={given.seconds}"]
    options = [
        f"-seed={given.seed}", f"-max_len={target.longest}", f"-timeout={_SLOW_S}", f"-rss_limit_mb={_MEMORY_MB}",
        f"-artifact_prefix={given.found}/{name}-", "-print_final_stats=1",
    ]  # fmt: skip
    # What is found on the way goes into the first folder, and the seeds stay as they are.
    atheris.Setup([name, *limit, *options, grown, str(SEEDS / name)], target.reads)
    atheris.Fuzz()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
