"""The log: one JSON object a line, with request ids and without a word that may be personal."""

import logging
import sys
from logging.handlers import WatchedFileHandler
from pathlib import Path

import structlog


def write_logs(path: Path | None) -> None:
    """Send the log to a file that may be rotated, or to stderr."""
    handler = WatchedFileHandler(path, encoding="utf-8") if path else logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
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
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
