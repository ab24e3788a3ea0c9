"""Parquet files of facts: written month by month with few rows in memory, read in the order of positions."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import file_digest
from heapq import heapify, heappop, heapreplace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from onecity.kernel.errors import CannotStart
from onecity.ledger.columnar.manifest import FACTS, REST, Part
from onecity.ledger.columns import ColumnType, Value
from onecity.ledger.tree import Node

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE: Final = 16_384
"""Rows of a group. A writer keeps at most so many in memory, for each of the months that are open."""
_OPEN_MONTHS: Final = 4
_READ_AT_ONCE: Final = 2_048
NEW: Final = ".new"
_IDS: Final = ("stream", "case_id")
"""Texts that hardly ever come twice in a group; a dictionary of them would only cost."""
_NODE: Final = {"first": ColumnType.WHOLE, "height": ColumnType.WHOLE, "digest": ColumnType.BYTES}

Row = Mapping[str, Value]


def arrow() -> "tuple[Any, Any]":
    """The library for Parquet and its files. Raises CannotStart where it is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as failure:
        raise CannotStart("Parquet needs a library that is not here. Install onecity[analytics].") from failure
    return pa, parquet


def schema_of(types: Mapping[str, ColumnType]) -> "pa.Schema":
    """The columns as Parquet types."""
    pa, _ = arrow()
    kinds = {
        ColumnType.TEXT: pa.string(),
        ColumnType.WHOLE: pa.int64(),
        ColumnType.NUMBER: pa.float64(),
        ColumnType.FLAG: pa.bool_(),
        ColumnType.DAY: pa.date32(),
        ColumnType.INSTANT: pa.timestamp("us", tz="UTC"),
        ColumnType.BYTES: pa.binary(),
    }
    return pa.schema([(name, kinds[kind]) for name, kind in types.items()])


class _File:
    """One file that is being written; its real name it gets when the whole export is written."""

    def __init__(self, folder: Path, path: str, types: Mapping[str, ColumnType]) -> None:
        self._pa, parquet = arrow()
        self._folder, self._path = folder, path
        self.fresh = fresh_name(folder / path)
        self.fresh.parent.mkdir(parents=True, exist_ok=True)
        self._schema = schema_of(types)
        texts = [name for name, kind in types.items() if kind is ColumnType.TEXT and name not in _IDS]
        self._writer = parquet.ParquetWriter(self.fresh, self._schema, compression="zstd", use_dictionary=texts)
        self._waiting: list[Row] = []
        self.rows, self.first, self.last = 0, -1, -1

    def add(self, row: Row, position: int) -> None:
        if not self.rows:
            self.first = position
        self.rows, self.last = self.rows + 1, position
        self._waiting.append(row)
        if len(self._waiting) == ROWS_AT_ONCE:
            self._write()

    def close(self) -> Part:
        if self._waiting:
            self._write()
        self._writer.close()
        size, digest = measured(self.fresh)
        return Part(self._path, self.rows, self.first, self.last, size, digest)

    def _write(self) -> None:
        columns = {name: [row[name] for row in self._waiting] for name in self._schema.names}
        self._writer.write_table(self._pa.table(columns, schema=self._schema), row_group_size=ROWS_AT_ONCE)
        self._waiting = []


class PartsWriter:
    """Writes facts, in the order of their positions, into a file for each month; old files are left alone.

    A month that was left for others and comes again gets one more file.
    """

    def __init__(self, folder: Path, types: Mapping[str, ColumnType]) -> None:
        self._folder, self._types = folder, types
        self._open: OrderedDict[str, _File] = OrderedDict()
        self._done: list[Part] = []

    def add(self, row: Row) -> None:
        """Add a fact."""
        month, position = row["month"], row["position"]
        assert isinstance(month, str)
        assert isinstance(position, int)
        file = self._open.get(month)
        if file is None:
            if len(self._open) == _OPEN_MONTHS:
                self._done.append(self._open.popitem(last=False)[1].close())
            file = self._open[month] = _File(self._folder, f"{FACTS}/{month}/{position:012}.parquet", self._types)
        self._open.move_to_end(month)
        file.add(row, position)

    def close(self) -> list[Part]:
        """The files, still under their names of an unfinished export, in the order of their first positions."""
        self._done += [file.close() for file in self._open.values()]
        self._open.clear()
        return sorted(self._done, key=lambda part: part.first)


class RestWriter:
    """Writes the hashes of all that an archive lacks."""

    def __init__(self, folder: Path) -> None:
        self._file = _File(folder, REST, _NODE)

    def add(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self._file.add(node._asdict(), node.first)

    def close(self) -> Part:
        return self._file.close()


def fresh_name(path: Path) -> Path:
    """The name of a file of an unfinished export."""
    return path.with_name(f".{path.name}{NEW}")


def measured(path: Path) -> tuple[int, str]:
    """The size of a file, and its SHA-256."""
    with path.open("rb") as file:
        return path.stat().st_size, file_digest(file, "sha256").hexdigest()


def rows_of(folder: Path, part: Part) -> Iterator[dict[str, Any]]:
    """The rows of a file in their order. Raises OSError or ValueError if it cannot be read."""
    _, parquet = arrow()
    with parquet.ParquetFile(folder / part.path) as file:
        for batch in file.iter_batches(_READ_AT_ONCE):
            yield from batch.to_pylist()


class Merged:
    """The rows of many files in the order of their positions; a file is opened only when its turn comes."""

    def __init__(self, folder: Path, parts: Sequence[Part]) -> None:
        self._folder = folder
        self._waiting = sorted(parts, key=lambda part: part.first, reverse=True)

    def __iter__(self) -> Iterator[tuple[Part, dict[str, Any]]]:
        open_: list[tuple[int, int, dict[str, Any], Part, Iterator[dict[str, Any]]]] = []
        while open_ or self._waiting:
            while self._waiting and (not open_ or self._waiting[-1].first <= open_[0][0]):
                part = self._waiting.pop()
                rows = rows_of(self._folder, part)
                if (row := next(rows, None)) is not None:
                    open_.append((row["position"], len(self._waiting), row, part, rows))
                    heapify(open_)
            if not open_:
                continue
            _, order, row, part, rows = open_[0]
            yield part, row
            following = next(rows, None)
            if following is None:
                heappop(open_)
            else:
                heapreplace(open_, (following["position"], order, following, part, rows))
