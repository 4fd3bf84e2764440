"""Files and folders that appear whole or not at all, whatever moment the process dies at.

A file is written aside in the same folder, flushed to the disk, then renamed over its place (`rename(2)` is atomic on a
POSIX file system). What a dead process left aside starts with `.aside-` and is never read by anything.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ASIDE = ".aside-"
A_DAY = 86_400
SHARED, OWN = 0o755, 0o700
"""Modes of a folder that a web server reads, and of one that only the account of the project reads."""


def make_folder(path: Path, mode: int = SHARED) -> None:
    """The folder and those above it that are not there, each of this mode whatever the umask. Raises `OSError`."""
    absent = []
    for folder in (path, *path.parents):
        if folder.exists():
            break
        absent.append(folder)
    for folder in reversed(absent):
        try:
            folder.mkdir()
        except FileExistsError:  # another process was quicker; whose it is, it gives it its mode
            continue
        folder.chmod(mode)
    if not path.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def make_own_folder(path: Path) -> None:
    """A folder that only this account reads (0700), also where it is there already with another mode."""
    make_folder(path.parent)
    path.mkdir(mode=OWN, exist_ok=True)
    if path.stat().st_mode & 0o777 != OWN:
        path.chmod(OWN)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file atomically, making its folder if needed. Raises `OSError`, and then the old file is as it was."""
    with new_file(path) as file:
        file.write(data)


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to fill aside, its folder made if needed; it takes the place of `path` by one rename when the block ends.

    When the block raises it goes, and the old file is as it was. Raises `OSError`, with the path of the file also where
    the system names none.
    """
    make_folder(path.parent)
    handle, aside = tempfile.mkstemp(prefix=ASIDE, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except BaseException as error:
        Path(aside).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None and error.filename is None:
            error.filename = str(path)  # of a write to a full disk, the system tells no name
        raise
    sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file atomically, line ends as given."""
    write_bytes(path, text.encode("utf-8"))


def append_line(path: Path, line: str, *, flush: bool = True) -> None:
    """Append one line to a log in a single write, flushed to the disk. `line` contains no newline. Without `flush`, a
    power cut may take it: for what is only worth knowing while the machine runs.

    Raises `OSError`, and then the log is as it was: of a disk that is full in the middle of a line, no half is kept.
    """
    make_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    data = (line + "\n").encode("utf-8")
    try:
        before = os.fstat(handle).st_size
        if os.write(handle, data) < len(data):
            os.ftruncate(handle, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        if flush:
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill aside; it becomes `path` by one rename when the block ends, and goes when the block raises.

    Raises `FileExistsError` when `path` is there already at the end: a published folder is never replaced.
    """
    with aside_folder(path.parent) as aside:
        yield aside
        reveal(aside, path)


@contextmanager
def aside_folder(parent: Path) -> Iterator[Path]:
    """A folder to fill aside in `parent`, for `reveal`; what is still aside when the block ends is deleted."""
    make_folder(parent)
    aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=parent))
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def reveal(aside: Path, path: Path) -> None:
    """Flush a folder that was filled aside to the disk, then give it its name by one rename.

    Raises `FileExistsError` when `path` is there already, and then it is as it was.
    """
    items = sorted(aside.rglob("*"))
    files = [item for item in items if item.is_file()]
    folders = [item for item in items if item.is_dir() and not item.is_symlink()]
    # Of the same modes whatever the umask: under 077 a web server could read no version.
    for item, mode in ((aside, SHARED), *((item, SHARED) for item in folders), *((item, 0o644) for item in files)):
        item.chmod(mode)
    sync_files(files)
    for folder in reversed(folders):
        sync_folder(folder)
    sync_folder(aside)
    if path.exists():
        raise FileExistsError(path)
    try:
        aside.rename(path)
    except OSError as error:
        # Another process gave its folder this name since the line above.
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise FileExistsError(path) from error
        raise
    sync_folder(path.parent)


def sync_files(paths: Iterable[Path]) -> None:
    """Flush files to the disk. One that is flushed already costs nothing."""
    for path in paths:
        with path.open("rb") as opened:
            os.fsync(opened.fileno())


def sweep(parent: Path) -> list[str]:
    """Delete what dead processes left aside in `parent`; returns the names deleted.

    Call it only while holding the lock under which folders of `parent` are filled.
    """
    left = sorted(parent.glob(f"{ASIDE}*"))
    for item in left:
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item)
        else:
            item.unlink()
    return [item.name for item in left]


def sweep_old(parent: Path, *, now: float) -> list[str]:
    """Delete what is aside anywhere below `parent` and was not touched for a day; returns the names deleted.

    For folders that are filled under no common lock: what another process fills now is younger. `now`: seconds since
    1970, as `st_mtime`; a clock that runs behind deletes nothing.
    """
    gone = []
    for folder, names, files in os.walk(parent):
        for name in [name for name in (*names, *files) if name.startswith(ASIDE)]:
            path = Path(folder) / name
            try:
                if now - path.lstat().st_mtime < A_DAY:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            except FileNotFoundError:  # another process sweeps too
                continue
            gone.append(name)
        names[:] = [name for name in names if not name.startswith(ASIDE)]
    return sorted(gone)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk, so that a rename in it outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
