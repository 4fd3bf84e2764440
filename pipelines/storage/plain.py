"""Reading files that somebody else may have put there: plain files only, no larger than they may be.

Belongs here: opening without waiting for anybody (a FIFO, a device, a link are refused), reading within a bound. Does
not: knowing what a file means.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NotPlain(OSError):
    """A link, a folder, a FIFO, a socket or a device where a plain file has to be."""


class TooLarge(OSError):
    """A file larger than what may be read of it."""


def read_plain(path: Path, limit: int) -> bytes:
    """The bytes of a plain file. Raises `NotPlain`, `TooLarge`, `FileNotFoundError`, `OSError`; never waits.

    Folders above it may be links; it may not.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        if path.is_symlink():
            raise NotPlain(path.name) from None
        raise error from None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise NotPlain(path.name)
        if status.st_size > limit:
            raise TooLarge(path.name)
        data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(path.name)
    return data


def is_plain(path: Path) -> bool:
    """Whether this is a plain file, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
