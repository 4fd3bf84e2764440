"""Deletions of personal values where several machines share outputs: what one deleted, no other brings back.

Belongs here: seeing that another machine deleted something, and taking back what was sent meanwhile. Does not: deleting
(`pipeline/retention.py`), nor the order in which a run exchanges files (`pipeline/working_copy.py`).
There is no lock between machines. Who deletes writes a line in the log of deletions, then deletes what the line names
once more; who sends looks at that log before, and once more after. Whichever comes first, one of the two sees the
other: only a run that is killed between its sending and its second look can leave something.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator

from pipelines.storage.shared import Shared
from pipelines.storage.shared_names import DELETIONS, PRIVATE_OBJECTS, VAULT


def deleted_here(shared: Shared) -> list[str]:
    """The lines of the log of deletions that this machine wrote and that the store does not have yet."""
    path = shared.folder / DELETIONS
    if not path.is_file():
        return []
    theirs = _lines(shared.public.read(DELETIONS))
    return [line for line in _lines(path.read_bytes()) if line not in theirs]


def erase(shared: Shared, lines: Iterable[str]) -> None:
    """Take everything away from the private store that these lines say is gone, whoever sent it, and every result."""
    shared.forget_results()
    if shared.private is None:
        return
    for source, snapshot in _snapshots(lines):
        for name in [*shared.private.names(f"{VAULT}/{source}/{snapshot}"), _object(snapshot)]:
            shared.private.delete(name)


def take_back(shared: Shared) -> None:
    """Take away from the private store what this copy created there of answers that another machine deleted meanwhile,
    and the results that are made of them."""
    shared.forget_results()
    here = _lines((shared.folder / DELETIONS).read_bytes()) if (shared.folder / DELETIONS).is_file() else []
    new = [line for line in _lines(shared.public.read(DELETIONS)) if line not in here]
    for source, snapshot in _snapshots(new):
        gone = (f"{VAULT}/{source}/{snapshot}/", _object(snapshot))
        for name in [name for name in shared.created if name.startswith(gone)]:
            if shared.private is not None:
                shared.private.delete(name)
            shared.known.pop(name, None)
            (shared.folder / name).unlink(missing_ok=True)


def forget_if_deleted(shared: Shared) -> None:
    """Where another machine deleted something since this copy was taken, its own results of stages go: they may be
    made of it."""
    if shared.is_behind():
        shutil.rmtree(shared.folder / "work", ignore_errors=True)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").splitlines()


def _snapshots(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What lines of the log of deletions say is gone: sources, each with a snapshot."""
    for line in lines:
        try:
            for source, snapshot in json.loads(line)["snapshots"]:
                yield str(source), str(snapshot)
        except (ValueError, KeyError, TypeError):
            continue  # told where the log is read


def _object(snapshot: str) -> str:
    return f"{PRIVATE_OBJECTS}/{snapshot[:2]}/{snapshot}"
