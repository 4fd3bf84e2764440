"""Locks between processes; the system lets go of them when their process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.storage.atomic import make_folder


class Busy(ArobaseError):
    """Another process holds the lock."""

    code: ClassVar[str] = "busy"
    passes: ClassVar[bool] = True
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "Une autre exécution est en cours ({place}). Attendez qu'elle se termine, puis relancez."
    en: ClassVar[str] = "Another run is in progress ({place}). Wait, then try again."


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


@contextmanager
def lock_if_free(path: Path) -> Iterator[bool]:
    """Whether a lock file is there and was free: then it is held for the block, and nobody waits.

    The same lock as `lock` takes, without what makes that one dear where thousands are taken one after the other.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _is_taken(handle)
    finally:
        os.close(handle)  # which lets go of it


def _is_taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # another process has it: file systems say it in either way
        return False
    return True
