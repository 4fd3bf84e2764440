"""Whose turn it is in `outputs/private/`: many runs at once may keep and look for personal values, a deletion is alone.

A run has answers and values in memory: what is deleted meanwhile would be written again, and the deletion would have
proved something untrue.
Belongs here: the lock. Does not: deleting (`retention.py`), keeping (`personal.py`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from pipelines.core.project import Project
from pipelines.storage import lock, shared_lock

WAIT_SECONDS = 60.0
_NAME = ".private.lock"


def nothing_deleted(project: Project) -> AbstractContextManager[None]:
    """Within it, nothing that is kept about people is deleted. Raises `Busy` where a deletion does not end."""
    return shared_lock(project.outputs / _NAME, wait_seconds=WAIT_SECONDS)


def nothing_kept(project: Project) -> AbstractContextManager[None]:
    """Within it, no run keeps or reads anything about people. Raises `Busy` where a run does not end."""
    return lock(project.outputs / _NAME, wait_seconds=WAIT_SECONDS)
