"""Snapshots: the exact bytes of a source's answers under their SHA-256, and the log of every collection.

Belongs here: keeping bytes, and writing and reading the log. Does not: fetching. A capture is one line of
`outputs/snapshots/log/<source>.jsonl`, written once all its bytes are on the disk: it is there whole, or not there.
What a source of personal values sends is under `outputs/private/`, mode 0700; its log, which has no value, does not.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.schema import Privacy, load_incoming
from pipelines.sources.descriptions import Source
from pipelines.sources.snapshot_logs import append_to_log, read_log, state_of_log
from pipelines.storage import ObjectStore, sha256_file
from pipelines.storage.atomic import sync_folder
from pipelines.storage.shared import shared_of

CAPTURED, UNCHANGED, FAILED = "captured", "unchanged", "failed"


@dataclass(frozen=True)
class Snapshot:
    """The bytes of one part. `content` is the digest by which a change is recognised (`sha256`, unless noise was
    declared)."""

    part: str
    sha256: str
    size: int
    address: str
    obtained: datetime
    media_type: str = ""
    content: str = ""
    fetch: Mapping[str, Any] = field(default_factory=dict)

    @property
    def announced(self) -> str | None:
        """The encoding that the server named in its answer, None where it named none."""
        message = Message()
        message["content-type"] = str(self.fetch.get("headers", {}).get("content-type", ""))
        return message.get_content_charset()


@dataclass(frozen=True)
class Capture:
    """One complete answer of a source: one snapshot per part.

    `changed` says whether the last check brought new content; `checked` is when that check was; `state` is what the
    connector needs to go on from here.
    """

    source: str
    parts: tuple[Snapshot, ...]
    changed: bool
    checked: datetime
    state: Mapping[str, Any] = field(default_factory=dict)

    def snapshot(self, part: str) -> Snapshot:
        """Raises `KeyError` when the capture has no such part."""
        for item in self.parts:
            if item.part == part:
                return item
        raise KeyError(f"{self.source}: {part}")


@dataclass(frozen=True)
class _Objects(ObjectStore):
    """Objects in two folders; the same bytes are in one of them, and are looked for in the private one first.

    In a working copy of outputs on an object store, one that is not here yet is fetched when it is looked for."""

    private: ObjectStore

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and (self.private.path(digest).is_file() or self.path(digest).is_file())

    def path(self, digest: str) -> Path:
        """Where the object is; where it would be as one that contains nothing personal, if there is none."""
        own, private = super().path(digest), self.private.path(digest)
        if private.is_file():
            return private
        outputs = self.folder.parents[1]
        shared = None if own.is_file() else shared_of(outputs)
        if shared is not None:
            for path in (private, own):
                if shared.fetch_object(path.relative_to(outputs).as_posix(), digest):
                    return path
        return own


@dataclass(frozen=True)
class SnapshotStore:
    """The folder `outputs/snapshots/` of a project, and `private` for what may contain personal values.

    `is_personal` says where new bytes go; both are read.
    """

    folder: Path
    private: Path
    is_personal: bool = False

    @classmethod
    def of(cls, project: Project, source: Source | None = None) -> SnapshotStore:
        """The store of a project; with a source, one that keeps what this source sends where it has to be."""
        is_personal = source is not None and sends_personal_values(project, source)
        return cls(project.snapshots, project.private_snapshots, is_personal)

    @property
    def objects(self) -> ObjectStore:
        return _Objects(self.folder / "objects", ObjectStore(self.private / "objects"))

    @property
    def working(self) -> Path:
        """The folder of what is not kept yet: what a connector writes, what it resumes from."""
        return self.private if self.is_personal else self.folder

    def log_path(self, source: str) -> Path:
        return self.folder / f"log/{source}.jsonl"

    def path(self, snapshot: Snapshot) -> Path:
        """Where the bytes of a snapshot are."""
        return self.objects.path(snapshot.sha256)

    def adopt(self, path: Path, digest: str | None = None) -> str:
        """Move a file of the same file system into the store, whatever its size; returns its SHA-256.

        `digest` is that SHA-256 where the caller has just computed it.
        """
        digest = digest or sha256_file(path)
        if digest in self.objects:
            path.unlink()
            self.make_private(digest)
        else:
            self._place(path, ObjectStore(self.working / "objects").path(digest))
        return digest

    def make_private(self, digest: str) -> None:
        """Move an object that is among those of other sources to the private ones, if this store's are."""
        path = self.folder / f"objects/{digest[:2]}/{digest}"
        if self.is_personal and path.is_file():
            self._place(path, self.private / f"objects/{digest[:2]}/{digest}")

    def _place(self, path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.chmod(0o600 if self.is_personal else 0o644)
        path.replace(target)
        sync_folder(target.parent)

    def entries(self, source: str) -> Iterator[dict[str, Any]]:
        """The log of a source, oldest first. Raises `SnapshotLogDamaged`."""
        yield from read_log(self.log_path(source))

    def log(self, source: str, entry: Mapping[str, Any], *, flush: bool = True) -> None:
        """Append one entry. `flush`: to the disk."""
        append_to_log(self.log_path(source), entry, flush=flush)

    def latest(self, source: str) -> Capture | None:
        """The last complete capture of a source, and when it was last checked; None before the first."""
        path = self.log_path(source)
        known = _known.get(path)
        if known is not None and known[0] == state_of_log(path):
            return known[1]
        return _latest(source, self.entries(source))

    def checked(self, source: str, entry: Mapping[str, Any], capture: Capture) -> None:
        """Append the entry of a check that found nothing new, while holding the source's lock; `capture`: the latest by
        then, which this process need not read in the log again as long as the log is as it is now.

        Nothing rests on this line: it is not flushed, for thousands of flushes are most of what such a run does.
        """
        self.log(source, entry, flush=False)
        path = self.log_path(source)
        _known[path] = state_of_log(path), replace(capture, changed=False, checked=instant(entry["at"]))

    def kept(self, source: str) -> Capture | None:
        """The last capture, if its bytes are still there: the private folder may be deleted as a whole at any time.

        What a source sent before its schemas knew of personal values is made private with it.
        """
        entries = list(self.entries(source))
        if self.is_personal:
            parts = _parts(entries)
            for digest in dict.fromkeys(
                digest for part in parts for digest in _digests(part["sha256"], part.get("fetch", {}))
            ):
                self.make_private(digest)
        capture, objects = _latest(source, entries), self.objects
        is_whole = capture is not None and all(part.sha256 in objects for part in capture.parts)
        return capture if is_whole else None

    def snapshots(self, source: str) -> Iterator[Snapshot]:
        """Every snapshot that the log of a source knows, oldest first."""
        yield from map(_snapshot, _parts(self.entries(source)))

    def snapshots_of(self, source: str, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Snapshot]:
        """The newest snapshot of each of these parts with these digests, as far as the log of a source knows them."""
        parts = _parts(self.entries(source))
        newest = {(part["part"], part["sha256"]): part for part in parts if (part["part"], part["sha256"]) in wanted}
        return {place: _snapshot(part) for place, part in newest.items()}

    def last_failure(self, source: str) -> dict[str, Any] | None:
        """The log's entry of the last check when it failed; None when it succeeded, or before the first."""
        last: dict[str, Any] | None = None
        for entry in self.entries(source):
            last = entry
        return last if last is not None and last["outcome"] == FAILED else None


_known: dict[Path, tuple[tuple[int, ...] | None, Capture]] = {}
"""What the log of a source said last, and the log's state then: whatever is appended has another size."""


def _latest(source: str, entries: Iterable[Mapping[str, Any]]) -> Capture | None:
    captured: Mapping[str, Any] | None = None
    last: Mapping[str, Any] = {}
    for entry in entries:
        if entry["outcome"] == CAPTURED:
            captured = last = entry
        elif entry["outcome"] == UNCHANGED:
            last = entry
    if captured is None:
        return None
    return Capture(
        source=source,
        parts=tuple(_snapshot(item) for item in captured["parts"]),
        changed=last is captured,
        checked=instant(last["at"]),
        state=last.get("state", {}),
    )


def _parts(entries: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The snapshots in the entries of a log, as they are written there."""
    for entry in entries:
        if entry["outcome"] == CAPTURED:
            yield from entry["parts"]


def sends_personal_values(project: Project, source: Source) -> bool:
    """Whether a field of the source's incoming schemas is of class `personnel`; also when a schema cannot be read, for
    then nobody knows, and reading the records says what is wrong with it."""
    for name in {part.schema for part in source.parts if part.schema is not None}:
        try:
            schema = load_incoming(project.schemas, name)
        except ArobaseError:
            return True
        if any(field.privacy is Privacy.PERSONAL for field in schema.fields):
            return True
    return False


def digests_of(snapshot: Snapshot) -> list[str]:
    """The digests of a snapshot's bytes and of what is kept with them."""
    return _digests(snapshot.sha256, snapshot.fetch)


def _digests(sha256: str, fetch: Mapping[str, Any]) -> list[str]:
    return [sha256, *fetch.get("evidence", {}).values()]


def as_entry(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as the log keeps it."""
    return {
        "part": snapshot.part,
        "sha256": snapshot.sha256,
        "size": snapshot.size,
        "address": snapshot.address,
        "obtained": written(snapshot.obtained),
        "media_type": snapshot.media_type,
        "content": snapshot.content,
        "fetch": dict(snapshot.fetch),
    }


def _snapshot(raw: Mapping[str, Any]) -> Snapshot:
    return Snapshot(**{**raw, "obtained": instant(raw["obtained"])})


def written(moment: datetime) -> str:
    """A moment as the log writes it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text: str) -> datetime:
    """A moment as the log wrote it."""
    return datetime.fromisoformat(text)
