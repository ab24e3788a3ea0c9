"""Questions to the ledger in columns, written once: DuckDB answers them on one machine, a Spark cluster on many."""

from onecity.analytics.asking import Asked, Question, facts_of
from onecity.analytics.duck import DuckDB
from onecity.analytics.questions import QUESTIONS
from onecity.analytics.running import Answer, Engine, answered

__all__ = [
    "QUESTIONS",
    "Answer",
    "Asked",
    "DuckDB",
    "Engine",
    "Question",
    "answered",
    "facts_of",
]
