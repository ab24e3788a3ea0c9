"""The city's memory: what happened is appended, what is shown is folded from it, outsiders can check both."""

from onecity.ledger.answers import Repeat
from onecity.ledger.checkpoint import Checkpoint, CheckpointKey, Renewal, VerifierKey
from onecity.ledger.columns import Columns, ColumnType, Sheet
from onecity.ledger.declarations import Declarations
from onecity.ledger.export import export
from onecity.ledger.facts import Basis, Fact, FactBook, FactType, Personal, Recorded, Stored, key_of
from onecity.ledger.following import Placed, Stretch, follow, sealed_until, stretch
from onecity.ledger.ledger import Change, Decision, Ledger, fold_version
from onecity.ledger.looking import Together
from onecity.ledger.projections import PACKS, Projection, Projections, Row, Statement, Table
from onecity.ledger.prove import Proof, Unproven, prove
from onecity.ledger.proven import History, Proven, proven, touched, whole_between
from onecity.ledger.rebuild import Damage, Difference, Told, damages, each_fact, facts_of, rebuild
from onecity.ledger.sealer import Seal, Sealer
from onecity.ledger.store.declarations import pack_versions
from onecity.ledger.store.eras import settle_in
from onecity.ledger.store.histories import first_seal
from onecity.ledger.tree import leaf_hash, root_of
from onecity.ledger.versions import FACTS, How, PackApplied, PackVersion, Why, holding
from onecity.ledger.writer import Writer

__all__ = [
    "FACTS",
    "PACKS",
    "Basis",
    "Change",
    "Checkpoint",
    "CheckpointKey",
    "ColumnType",
    "Columns",
    "Damage",
    "Decision",
    "Declarations",
    "Difference",
    "Fact",
    "FactBook",
    "FactType",
    "History",
    "How",
    "Ledger",
    "PackApplied",
    "PackVersion",
    "Personal",
    "Placed",
    "Projection",
    "Projections",
    "Proof",
    "Proven",
    "Recorded",
    "Renewal",
    "Repeat",
    "Row",
    "Seal",
    "Sealer",
    "Sheet",
    "Statement",
    "Stored",
    "Stretch",
    "Table",
    "Together",
    "Told",
    "Unproven",
    "VerifierKey",
    "Why",
    "Writer",
    "damages",
    "each_fact",
    "export",
    "facts_of",
    "first_seal",
    "fold_version",
    "follow",
    "holding",
    "key_of",
    "leaf_hash",
    "pack_versions",
    "prove",
    "proven",
    "rebuild",
    "root_of",
    "sealed_until",
    "settle_in",
    "stretch",
    "touched",
    "whole_between",
]
