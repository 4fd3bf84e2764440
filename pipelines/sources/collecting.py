"""Collecting a source: run its connector, keep what it brought, write it in the log. All or nothing.

Belongs here: what applies to every connector. Does not: any protocol (`connectors/`, `http/`).
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.core.settings import CLOCK_IS_RIGHT, is_set
from pipelines.sources.descriptions import Source
from pipelines.sources.errors import CaptureIncomplete, ClockBehind, ObtainedUnchanged
from pipelines.sources.host_waits import HostWaits
from pipelines.sources.http.errors import Throttled
from pipelines.sources.rechecking import A_DAY, Rechecking, lock_path, make_folders
from pipelines.sources.registry import CONNECTORS, FetchContext, Fetched, Unchanged
from pipelines.sources.snapshots import (
    CAPTURED,
    FAILED,
    UNCHANGED,
    Capture,
    Snapshot,
    SnapshotStore,
    as_entry,
    instant,
    written,
)
from pipelines.storage import sha256_file
from pipelines.storage.atomic import ASIDE
from pipelines.storage.faults import as_error, is_of_the_machine


def latest(project: Project, source: Source | str) -> Capture | None:
    """The last complete capture of a source, None before the first. Raises `SnapshotLogDamaged`."""
    return SnapshotStore.of(project).latest(source if isinstance(source, str) else source.name)


def collect(
    project: Project,
    source: Source,
    *,
    now: datetime,
    environment: Mapping[str, str] | None = None,
    host_waits: HostWaits | None = None,
) -> Capture:
    """Ask a source for its records and keep them. `now` is aware; `environment` contains the secrets (default: ours).

    `host_waits`: what hosts asked of the run that this is a part of. A server that asked for a long wait is asked
    nothing before it is over, in this run or a later one: `Throttled`, and the log keeps until when.

    Returns the new capture, or the last one with `changed` false when the content is the same; both are logged. Raises
    the connector's error after logging it, and `UnexpectedFault` for any other that it raises: the last capture then
    stays the one in use.
    """
    store = SnapshotStore.of(project, source)
    make_folders(store)
    with FileLock(lock_path(store, source.name)):
        _check_wait(store, source, now)
        for left in store.working.glob(f"{ASIDE}{source.name}.*"):  # of a process that died: nobody else has the lock
            shutil.rmtree(left)
        folder = tempfile.mkdtemp(prefix=f"{ASIDE}{source.name}.", dir=store.working)
        context = FetchContext(
            project=project,
            source=source,
            now=now,
            folder=Path(folder),
            resume=store.working / "resume" / source.name,
            environment=os.environ if environment is None else environment,
            host_waits=host_waits or HostWaits(),
        )
        try:
            return _collect(store, source, context)
        except ArobaseError as error:
            _log(store, context, FAILED, {"error": _error_entry(error)} | _retry_at(error, context))
            raise
        except Exception as error:
            if is_of_the_machine(error):
                raise
            # Whatever else it is costs this one only.
            fault = as_error(error, name=source.name, stage="collect", file=source.path)
            _log(store, context, FAILED, {"error": _error_entry(fault)})
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise fault


def collect_many(
    project: Project, sources: Iterable[Source], *, now: Callable[[], datetime], workers: int = 16
) -> Iterator[tuple[Source, Capture | ArobaseError]]:
    """Collect several sources at once, each result as it comes: a capture, or the error of the source that failed.

    Those whose files are here and did not change come first. Limits of a host hold over all of the others
    (`http/rate_limits.py`), whatever `workers` is.
    """
    rechecking, left = Rechecking(project), list[Source]()
    for source in sources:
        capture = rechecking.unchanged(source, now())
        if capture is None:
            left.append(source)
        else:
            yield source, capture
    host_waits = HostWaits()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        waiting = {pool.submit(collect, project, source, now=now(), host_waits=host_waits): source for source in left}
        for done in as_completed(waiting):
            try:
                yield waiting[done], done.result()
            except ArobaseError as error:
                yield waiting[done], error
            except Exception as error:
                if is_of_the_machine(error):
                    raise
                # Whatever else it is costs this one only.
                file, name = waiting[done].path, waiting[done].name
                yield waiting[done], as_error(error, name=name, stage="collect", file=file)


def _error_entry(error: ArobaseError) -> dict[str, Any]:
    """An error as the log keeps it."""
    return {"code": error.code, "fr": error.message("fr"), "en": error.message("en"), "responsible": error.responsible}


def _retry_at(error: ArobaseError, context: FetchContext) -> dict[str, str]:
    """When a server that asked for a long wait may be asked again, and which address that was."""
    if not isinstance(error, Throttled):
        return {}
    spent = time.monotonic() - context.started
    moment = context.now + timedelta(seconds=spent + float(error.facts["wait"]))
    return {"retry_at": written(moment), "address": str(error.facts["address"])}


def _check_wait(store: SnapshotStore, source: Source, now: datetime) -> None:
    """Raises `Throttled` while the wait that a server asked for at the last check is not over.

    An address that the source's file has no longer asks for no wait.
    """
    failure = store.last_failure(source.name)
    if failure is None or "retry_at" not in failure:
        return
    left = (instant(failure["retry_at"]) - now).total_seconds()
    is_the_same = urlsplit(failure["address"]).netloc == urlsplit(source.address).netloc
    if left > 0 and is_the_same:
        raise Throttled(source=source.name, address=failure["address"], wait=math.ceil(left), limit=0)


def _collect(store: SnapshotStore, source: Source, context: FetchContext) -> Capture:
    previous = store.kept(source.name)
    if previous is not None:
        is_behind = context.now < previous.checked - A_DAY
        if source.obtained is None and is_behind and not is_set(CLOCK_IS_RIGHT):
            raise ClockBehind(source=source.name, found=written(context.now), expected=written(previous.checked))
        context.state.update(previous.state)
    fetched = {item.part: item for item in CONNECTORS[source.connector](source, previous, context)}
    missing = [part.name for part in source.parts if part.name not in fetched]
    if missing:
        raise CaptureIncomplete(source=source.name, parts=", ".join(missing))
    digests = {path: sha256_file(path) for item in fetched.values() for path in _files(item)}
    parts = tuple(_snapshot(fetched[part.name], context, digests) for part in source.parts)
    same = previous is not None and _identity(previous.parts, source) == _identity(parts, source)
    if same and previous is not None:
        _log(store, context, UNCHANGED, {"state": context.state})
        capture = Capture(source.name, previous.parts, False, context.now, dict(context.state))
    else:
        check_dated(store, source, parts)
        for path, digest in digests.items():
            store.adopt(path, digest)
        entry = {"parts": [as_entry(part) for part in parts], "state": context.state}
        _log(store, context, CAPTURED, entry)
        capture = Capture(source.name, parts, True, context.now, dict(context.state))
    shutil.rmtree(context.resume, ignore_errors=True)
    return capture


def check_dated(store: SnapshotStore, source: Source, parts: tuple[Snapshot, ...]) -> None:
    """A shipped file says when it was obtained: other bytes were obtained at another time, which a person knows.

    Raises `ObtainedUnchanged`. Bytes that were there under this date before may come back under it.
    """
    if source.obtained is None:
        return
    known = list(store.snapshots(source.name))
    for part in parts:
        dated = [item for item in known if _shipped(item) == _shipped(part)]
        if dated and part.content not in {item.content for item in dated}:
            facts = {"file": source.path, "address": part.address, "obtained": written(part.obtained)}
            raise ObtainedUnchanged(source=source.name, **facts)


def _shipped(part: Snapshot) -> tuple[str, str, datetime]:
    return part.part, part.address, part.obtained


def _identity(parts: tuple[Snapshot, ...], source: Source) -> list[tuple[str, ...]]:
    """What makes two captures the same: content; for a shipped file also the day and the address that its YAML says."""
    if source.obtained is None:
        return [(item.part, item.content) for item in parts]
    return [(item.part, item.content, item.address, written(item.obtained)) for item in parts]


def _snapshot(fetched: Fetched | Unchanged, context: FetchContext, digests: Mapping[Path, str]) -> Snapshot:
    if isinstance(fetched, Unchanged):
        return fetched.snapshot
    digest = digests[fetched.path]
    evidence = {name: digests[path] for name, path in fetched.evidence.items()}
    shipped = context.source.obtained
    return Snapshot(
        part=fetched.part,
        sha256=digest,
        size=fetched.path.stat().st_size,
        address=fetched.address,
        obtained=datetime.combine(shipped, context.source.obtained_time, UTC)
        if shipped
        else fetched.obtained or context.now,
        media_type=fetched.media_type,
        content=fetched.content or digest,
        fetch=dict(fetched.fetch) | ({"evidence": evidence} if evidence else {}),
    )


def _files(fetched: Fetched | Unchanged) -> list[Path]:
    return [] if isinstance(fetched, Unchanged) else [fetched.path, *fetched.evidence.values()]


def _log(store: SnapshotStore, context: FetchContext, outcome: str, more: dict[str, Any]) -> None:
    seconds = round(time.monotonic() - context.started, 3)
    entry = {"at": written(context.now), "outcome": outcome, "connector": context.source.connector, "seconds": seconds}
    store.log(context.source.name, entry | more)
