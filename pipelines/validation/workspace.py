"""A folder for what a run of `arobase check` needs for a moment, and the sweeping of what killed runs left behind.

Belongs here: temporary files of the command. Does not: what it writes for the user (`rejects.py`).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

RUN = "run-"
MOST = 100  # names that somebody else may have taken


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """An empty folder that goes when the block ends; meanwhile all temporary files of the process are made in it.

    Each run holds a lock that the system lets go of when its process dies, however it dies: folders that no lock holds
    are removed by the next run.
    """
    base = _base()
    before = tempfile.tempdir
    with (base / "lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)  # no other run sweeps between the making of a folder and its lock
        _sweep(base)
        folder = Path(tempfile.mkdtemp(prefix=RUN, dir=base))
        mark = (folder / "lock").open("w")
        fcntl.flock(mark, fcntl.LOCK_EX)
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)
        mark.close()


def _base() -> Path:
    """A folder of this user alone: the first of that name that nobody else made."""
    name = Path(tempfile.gettempdir()) / f"arobase-{os.getuid()}"
    for number in range(MOST):
        found = name.with_name(f"{name.name}-{number}") if number else name
        with contextlib.suppress(OSError):
            found.mkdir(mode=0o700)
        if not found.is_symlink() and found.is_dir() and found.stat().st_uid == os.getuid():
            return found  # made by somebody else it would not be to be trusted
    return Path(tempfile.mkdtemp(prefix=f"{name.name}-"))


def _sweep(base: Path) -> None:
    for folder in base.glob(f"{RUN}*"):
        try:
            with (folder / "lock").open("a") as mark:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # its run is alive
        except OSError:
            pass
        shutil.rmtree(folder, ignore_errors=True)
