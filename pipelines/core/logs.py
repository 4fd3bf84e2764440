"""Logging: what a command does, one line per stage, for a person on a terminal or as JSON for a machine.

Belongs here: where lines go and how they look. Does not: any line; each is written beside what it is about. A line
names places, counts and durations, never a value of a record.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

Format = Literal["text", "json"]
ROOT = "arobase"
FACTS = "facts"


def logger(name: str) -> logging.Logger:
    """The logger of a module, below the one that a front door sets up."""
    return logging.getLogger(f"{ROOT}.{name}")


def set_up(*, verbose: int, log_format: Format) -> None:
    """Let lines go to the standard error: warnings, with `verbose` one line per stage, with more of it everything."""
    levels = (logging.WARNING, logging.INFO, logging.DEBUG)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    top = logging.getLogger(ROOT)
    top.handlers = [handler]
    top.setLevel(levels[min(verbose, len(levels) - 1)])
    top.propagate = False


def facts(**values: object) -> dict[str, dict[str, object]]:
    """What a line has beside its message, as `extra=` of a logger's methods: numbers and names, no personal value."""
    return {FACTS: values}


def error_line(message: str, **values: object) -> bool:
    """Say what ended a command in one line for a machine, where lines are for machines; whether that is so."""
    top = logging.getLogger(ROOT)
    if not any(isinstance(handler.formatter, _Json) for handler in top.handlers):
        return False
    top.error(message, extra=facts(**values))
    return True


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        pairs = " ".join(f"{key}={value}" for key, value in getattr(record, FACTS, {}).items())
        return f"{moment} {record.levelname.lower():7} {record.getMessage()}{' ' if pairs else ''}{pairs}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": moment,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        return json.dumps({**line, **getattr(record, FACTS, {})}, ensure_ascii=False, default=str)
