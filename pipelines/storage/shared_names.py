"""Names of files in outputs that several machines share: which go where, and which stay on their machine.

Belongs here: names and the files of a folder. Does not: bringing or sending any (`shared.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.storage.atomic import ASIDE
from pipelines.storage.buckets import Bucket, BucketUnreachable

PRIVATE = ("private", "work")
VAULT, PRIVATE_OBJECTS, DELETIONS = "private", "private/_snapshots/objects", "suppressions.jsonl"
"""What is kept about people, the answers that contain it, and the log of what was deleted of both."""
OBJECTS = ("snapshots/objects", PRIVATE_OBJECTS)
LOCAL = ("snapshots/locks", "snapshots/resume", "private/_snapshots/resume")
"""What a machine keeps for itself: its own locks, and downloads that it resumes."""


def prune_empty_folders(root: Path) -> None:
    """Take away folders that are empty, as a store has none; the folder itself too."""
    for place, _, _ in os.walk(root, topdown=False):
        if not os.listdir(place):  # noqa: PTH208  # of a folder that `os.walk` gave as text
            Path(place).rmdir()


def shared_files(root: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(ASIDE)]
        yield from (Path(place) / name for name in names if not name.startswith(ASIDE) and not name.endswith(".lock"))


def checked_name(bucket: Bucket, name: str) -> str:
    """A name that stays in the folder. Raises `BucketUnreachable` for any other."""
    if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
        raise BucketUnreachable(address=bucket.address, found=repr(name))
    return name


def is_under(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}/")


def is_object(name: str) -> bool:
    return name.startswith(tuple(f"{place}/" for place in OBJECTS))


def is_local(name: str) -> bool:
    return any(is_under(name, place) for place in LOCAL)
