"""Logs as one JSON object a line, for people with `grep` and machines alike; personal data never enters them."""

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime

FIELDS = "fields"


class Lines(logging.Formatter):
    """Formats a record as JSON: when, how grave, from where, what, and the fields that were given with it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; of a fault the places it passed, not its own words, which may repeat somebody's data."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, object] = {"at": at, "level": record.levelname.lower(), "logger": record.name}
        told |= {"message": record.getMessage(), **getattr(record, FIELDS, {})}
        if record.exc_info and record.exc_info[1]:
            kind, fault = type(record.exc_info[1]).__name__, record.exc_info[1]
            told |= {"fault": kind, "where": traceback.format_tb(fault.__traceback__)}
        return json.dumps(told, ensure_ascii=False, default=str)


def told(fields: Mapping[str, object]) -> dict[str, object]:
    """What `extra=` of a logging call wants, so that the fields stand in the line."""
    return {FIELDS: dict(fields)}


def log_lines(level: int = logging.INFO) -> None:
    """Let all loggers of this process write such lines to standard error; libraries only from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("craftsman").setLevel(level)
