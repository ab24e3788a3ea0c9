"""DuckDB in this process, with what it brings: no extension is fetched from anywhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis
from ibis.expr.types import Table

from onecity.analytics.asking import FACTS
from onecity.ledger.columnar import Manifest

_SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class DuckDB:
    """Reads the files that the manifest names, and no other."""

    def __init__(self, folder: Path, manifest: Manifest, scratch: Path) -> None:
        self._connection = duckdb.connect(config=_SETTINGS | {"temp_directory": str(scratch)})
        self._connection.execute("set TimeZone = 'UTC'")
        files = [str(folder / part.path) for part in manifest.parts]
        self._connection.read_parquet(files).create_view(FACTS)

    def rows(self, expression: Table) -> Sequence[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._connection.execute(
            str(ibis.to_sql(expression, dialect="duckdb"))
        ).fetchall()
        return found

    def close(self) -> None:
        self._connection.close()
