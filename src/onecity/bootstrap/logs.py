"""The log: one JSON object a line, with request ids and without a word that may be personal."""

import json
import logging
import sys
from datetime import UTC, datetime
from io import StringIO
from logging.handlers import WatchedFileHandler
from pathlib import Path

import structlog


class _Json(logging.Formatter):
    """Our lines are JSON already. Of a line of a library only its name and level: its words may quote anybody."""

    def format(self, record: logging.LogRecord) -> str:
        if getattr(record, "ours", False):
            return record.getMessage()
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        line = {"logger": record.name, "event": "a library spoke", "level": record.levelname.lower(), "timestamp": at}
        return json.dumps(line)


class _Lines(StringIO):
    """Hands each line to a handler at once. The way there through `logging` costs more than the line: it looks for
    the caller, and for whoever else may want to hear.
    """

    def __init__(self, handler: logging.Handler) -> None:
        super().__init__()
        self._handler = handler

    def write(self, line: str) -> int:
        self._handler.handle(logging.makeLogRecord({"msg": line.rstrip("\n"), "ours": True}))
        return len(line)


def write_logs(path: Path | None) -> None:
    """Send the log to a file that may be rotated, or to stderr."""
    handler = WatchedFileHandler(path, encoding="utf-8") if path else logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # Libraries log what they please, also statements; only their warnings without arguments would be safe, so none.
    for noisy in ("asyncio", "asyncpg", "uvicorn", "multipart", "python_multipart"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=_Lines(handler)),
        cache_logger_on_first_use=True,
    )
