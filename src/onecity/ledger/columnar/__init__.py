"""The ledger as a folder of Parquet files: for counting on one machine or many, and it still verifies."""

from onecity.ledger.columnar.archiving import Archived, archive_month, archived_in, span_of
from onecity.ledger.columnar.checking import Checked, check, older_of
from onecity.ledger.columnar.exporting import export_columns, put_in_place
from onecity.ledger.columnar.manifest import MANIFEST, Manifest, Part, key_of, manifest_of, write_manifest
from onecity.ledger.columnar.parts import PartsWriter, arrow

__all__ = [
    "MANIFEST",
    "Archived",
    "Checked",
    "Manifest",
    "Part",
    "PartsWriter",
    "archive_month",
    "archived_in",
    "arrow",
    "check",
    "export_columns",
    "key_of",
    "manifest_of",
    "older_of",
    "put_in_place",
    "span_of",
    "write_manifest",
]
