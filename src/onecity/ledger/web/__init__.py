"""The public pages of the ledger: the newest checkpoint, and the proof of one fact."""

from onecity.ledger.web.proofs import Proofs

__all__ = ["Proofs"]
