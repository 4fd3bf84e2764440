"""Dagster's history on PostgreSQL: over a connection that stays open, and asked again when it dies in the midst.

Dagster opens a connection for every statement, for which PostgreSQL starts a process: with nothing to do, a run of the
main job spent most of its time on that. And it takes the death of a connection for an error of the step that reported
or asked something just then, fails its run and does not try it again, for it tries crashes only.
`docs/decisions/event-log.md`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, OperationalError

CONNECTIONS = 3
"""How many may die before the error is the step's."""
ASKED = ("fetch_", "get_", "has_")
"""How the names of methods begin that change nothing."""
WRITTEN = ("store_event", "store_event_batch", "handle_run_event", "add_run_tags")
"""What a run writes. Done twice it says the same, but that an event is twice in the log whose connection died
between its own line and those of its asset."""
CONNECTING = ("connect", "_connect")
STORAGES = ("PostgresEventLogStorage", "PostgresRunStorage")
RENEWED = 1800
"""Seconds after which a connection is made again: what is between may forget one that is older."""
_OPENED = "_arobase_opened_by"


def use_few_connections(*storages: type) -> None:
    """Have these storages, without any those of PostgreSQL where they are installed, keep a connection open, and
    ask and write again what a dying one cut. Said again, it changes nothing more."""
    if not storages and importlib.util.find_spec("dagster_postgres") is not None:
        module = importlib.import_module("dagster_postgres")
        storages = tuple(getattr(module, name) for name in STORAGES)
    for storage in storages:
        for name, method in inspect.getmembers(storage, inspect.isfunction):
            if hasattr(method, "__wrapped__"):
                continue
            if name in CONNECTING:
                setattr(storage, name, _kept_open(method))
            elif name.startswith(ASKED) or name in WRITTEN:
                setattr(storage, name, _again(method))


def _kept_open(method: Callable[..., Any]) -> Callable[..., Any]:
    """Of this process: a connection that was opened before a fork is not used after it, nor closed by the child."""

    @wraps(method)
    def connected(storage: Any, *arguments: Any, **named: Any) -> Any:
        opened_by, _ = storage.__dict__.get(_OPENED, (None, None))
        if opened_by != os.getpid():
            storage.__dict__[_OPENED] = (os.getpid(), storage._engine)
            # Dagster's own way for its pages: one connection stays, others are closed after use; 0 is no time limit.
            storage.optimize_for_webserver(statement_timeout=0, pool_recycle=RENEWED, max_overflow=-1)
            event.listen(storage._engine, "checkout", _alive)
        return method(storage, *arguments, **named)

    return connected


def _alive(connection: Any, record: object, proxy: object) -> None:
    """Whether a kept connection still answers; another is opened where it does not."""
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
    except Exception as error:
        raise DisconnectionError from error


def _again(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def answered(*arguments: Any, **named: Any) -> Any:
        for _ in range(CONNECTIONS - 1):
            try:
                return method(*arguments, **named)
            except OperationalError as error:
                if not error.connection_invalidated:
                    raise
        return method(*arguments, **named)

    return answered
