"""Locks between processes; the system lets go of them when their process dies, however it dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from pipelines.core.errors import ArobaseError, Mender
from pipelines.storage.atomic import make_folder


class Busy(ArobaseError):
    """Another process holds the lock."""

    code: ClassVar[str] = "busy"
    passes: ClassVar[bool] = True
    mender: ClassVar[Mender] = Mender.OPERATOR
    fr: ClassVar[str] = "Un autre processus travaille déjà ici ({place}) ; attendre qu'il ait fini, puis recommencer."
    en: ClassVar[str] = "Another process is already at work here ({place}); wait until it is done, then try again."


@contextmanager
def lock(path: Path, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lock file `path` for the block. Raises `Busy` when it is still taken after `wait_seconds`.

    A negative `wait_seconds` waits for as long as it takes.
    """
    from filelock import FileLock, Timeout

    make_folder(path.parent)
    held = FileLock(path)
    try:
        held.acquire(timeout=wait_seconds)
    except Timeout:
        raise Busy(place=path.parent.name) from None
    try:
        yield
    finally:
        held.release()
