"""Outputs on an object store: a folder on this machine's disk as a working copy of what several machines share.

Belongs here: bringing objects into the folder, sending files back, and that nothing is overwritten unseen. Does not:
the order in which a run does so (`pipeline/working_copy.py`), nor releases, which have a protocol of their own
(`releases/shared_store.py`). There is no lock: an object is written where there was none, or over the one that was
read; who comes second learns so (`Overtaken`). What may be personal is under `private/` and `work/`, in a store of its
own address and keys; without it, nothing of the two is read or written.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.storage.atomic import make_folder, new_folder, write_bytes, write_text
from pipelines.storage.buckets import Bucket, BucketUnreachable
from pipelines.storage.digests import sha256_file
from pipelines.storage.errors import ObjectDamaged, Overtaken
from pipelines.storage.shared_names import (
    DELETIONS,
    OBJECTS,
    PRIVATE,
    checked_name,
    is_local,
    is_object,
    is_under,
    prune_empty_folders,
    shared_files,
)

STATE, MANIFEST = ".store.json", "MANIFEST"
KEPT_RESULTS = 2
AT_ONCE = 8
LARGE = 1 << 26


Merge = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True)
class Known:
    """A file as it was last exchanged: the tag of the object, and the size and time of the file."""

    tag: str
    sha256: str
    size: int
    mtime_ns: int

    def is_of(self, path: Path) -> bool:
        """Whether the file is that one still."""
        state = path.stat()
        return (state.st_size, state.st_mtime_ns) == (self.size, self.mtime_ns) or sha256_file(path) == self.sha256


@dataclass
class Shared:
    """The stores that the folder of outputs is a working copy of; `private` is None without AROBASE_PRIVATE_STORE."""

    folder: Path
    public: Bucket
    private: Bucket | None
    merges: Mapping[str, Merge] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    """What the last `give` wrote where nothing was."""

    @classmethod
    def of(
        cls, folder: Path, public: Bucket, private: Bucket | None, merges: Mapping[str, Merge] | None = None
    ) -> Shared:
        """The working copy in `folder`, with what is known of it from before. `merges`: what becomes of a file, by
        name, that two machines wrote: of theirs and ours, what applies to both."""
        made = cls(folder, public, private, merges or {})
        try:
            document = json.loads((folder / STATE).read_text(encoding="utf-8"))
            made.known = {name: Known(**facts) for name, facts in document.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            made.known = {}
        return made

    def save(self) -> None:
        """Keep what is known, for the next run here; without it everything is fetched again."""
        known = dict(sorted(self.known.items()))
        write_text(self.folder / STATE, json.dumps({name: vars(facts) for name, facts in known.items()}))

    def bucket(self, name: str) -> Bucket | None:
        """The store that a name is kept in; none for what is private, without the private store."""
        return self.private if name.split("/", 1)[0] in PRIVATE else self.public

    def is_behind(self) -> bool:
        """Whether another machine deleted personal values since this copy was taken."""
        known = self.known.get(DELETIONS)
        return self.public.tag(DELETIONS) != (known.tag if known else None)

    def take(self, places: Iterable[str]) -> None:
        """Make files under these places (folders, or single files) what the store contains; of objects, those known to
        be gone go, and none is fetched before it is read. Raises `BucketUnreachable`, `OSError`."""
        for place in places:
            bucket = self.bucket(place)
            tags = self._tags(bucket, place) if bucket is not None else {}
            for name in [*self._names_here(place), *(name for name in self.known if is_under(name, place))]:
                if name not in tags:
                    (self.folder / name).unlink(missing_ok=True)
                    self.known.pop(name, None)
            prune_empty_folders(self.folder / place)
            if bucket is None:
                continue
            wanted = [name for name, tag in tags.items() if not is_object(name) and not self._is_here(name, tag)]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda name: self._fetch(bucket, name), wanted))  # noqa: B023  # the pool ends here
        self.save()

    def give(self, places: Iterable[str], *, yields: bool = False) -> None:
        """Send what changed under these places since it was taken, and take away from the store what went here.

        Where the store contains something else by now, that is taken once all the rest was sent, and `Overtaken` is
        raised, unless this machine `yields`. Raises `BucketUnreachable`, `CannotReplace`, `OSError`.
        """
        lost, self.created = [], []
        for place in places:
            bucket = self.bucket(place)
            if bucket is None:
                continue
            lost += [(bucket, name) for name in self._names_here(place) if not self._give(bucket, name)]
            for name in [name for name in self.known if is_under(name, place)]:
                if not (self.folder / name).is_file():
                    bucket.delete(name)
                    del self.known[name]
        for bucket, name in lost:
            self._fetch(bucket, name)
        self.save()
        if lost and not yields:
            raise Overtaken(address=lost[0][0].address, name=lost[0][1])

    def fetch_object(self, name: str, digest: str) -> bool:
        """Bring an object of that SHA-256; false when the store has none.

        Raises `ObjectDamaged`, `BucketUnreachable`."""
        bucket = self.bucket(name)
        if bucket is None or bucket.tag(name) is None:
            return False
        self._fetch(bucket, name)
        found = self.known[name].sha256
        if found != digest:
            (self.folder / name).unlink()
            del self.known[name]
            raise ObjectDamaged(address=bucket.address, name=name, found=found[:12], expected=digest[:12])
        return True

    def fetch_all_objects(self) -> None:
        """Bring every object of snapshots: what deletes some of them has to see them."""
        for place in OBJECTS:
            bucket = self.bucket(place)
            for name in self._tags(bucket, place) if bucket is not None else ():
                if not (self.folder / name).is_file():
                    self.fetch_object(name, PurePosixPath(name).name)
        self.save()

    def fetch_result(self, folder: Path) -> bool:
        """Bring a result of a stage, whole, each file checked by its SHA-256; false when the store has none that is."""
        name = folder.relative_to(self.folder).as_posix()
        if self.private is None:
            return False
        manifest = _manifest(self.private.read(f"{name}/{MANIFEST}"))
        if manifest is None:
            return False
        try:
            with new_folder(folder) as aside:
                for file, digest in manifest["files"].items():
                    self.private.fetch(f"{name}/{manifest['attempt']}/{file}", aside / file)
                    if sha256_file(aside / file) != digest:
                        raise ObjectDamaged(address=self.private.address, name=file, found="?", expected=digest[:12])
        except (ObjectDamaged, BucketUnreachable, FileExistsError):
            # It was altered, or forgotten while it was read: it is made again.
            return folder.is_dir()
        return True

    def fetch_newest(self, base: Path) -> None:
        """Bring the result of a name that was sent last, where it is not here."""
        if self.private is None:
            return
        times = self.private.times(base.relative_to(self.folder).as_posix())
        whole = [name for name in times if name.endswith(f"/{MANIFEST}")]
        if whole:
            folder = self.folder / max(whole, key=lambda name: times[name]).removesuffix(f"/{MANIFEST}")
            if not folder.is_dir():
                self.fetch_result(folder)

    def give_result(self, folder: Path) -> None:
        """Send a result: its files under an attempt of its own, then the manifest that makes it one, created last.

        Of two machines that made it, one is kept; one that is there and not whole is replaced. It may be made of what
        another machine deleted meanwhile: then it is not sent, or goes again.
        """
        if self.private is None or self.is_behind():
            return
        self._give_result(folder)
        if self.is_behind():
            self._forget(folder.relative_to(self.folder).as_posix())

    def _give_result(self, folder: Path) -> None:
        assert self.private is not None
        name, attempt = folder.relative_to(self.folder).as_posix(), uuid.uuid4().hex
        files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        for file, path in files.items():
            self.private.send(f"{name}/{attempt}/{file}", path)
        manifest = {"attempt": attempt, "files": {file: sha256_file(path) for file, path in files.items()}}
        text = json.dumps(manifest, sort_keys=True).encode()
        target = f"{name}/{MANIFEST}"
        if not self.private.create(target, text):
            there = _manifest(self.private.read(target))
            if there is not None and there["attempt"] == attempt:
                return  # this very one, of which no answer came
            if there is not None and there["files"] == manifest["files"]:
                self._forget(f"{name}/{attempt}")
                return
            self.private.send(target, text)
        self._forget_old(name)

    def forget_results(self) -> None:
        """Take away every result: what they were made of was deleted."""
        self._forget("work")

    def _forget_old(self, newest: str) -> None:
        """Keep the last results of a name, and no attempt at an older one."""
        base = newest.rpartition("/")[0]
        assert self.private is not None
        times = self.private.times(base)
        last: dict[str, Any] = {}
        for name, when in times.items():
            mark = "/".join(name.split("/")[: base.count("/") + 2])
            last[mark] = max(when, last.get(mark, when))
        others = sorted((mark for mark in last if mark != newest), key=lambda mark: last[mark])
        for mark in others[: max(0, len(others) - KEPT_RESULTS + 1)]:
            self.private.delete(f"{mark}/{MANIFEST}")
            self._forget(mark)

    def _forget(self, place: str) -> None:
        if self.private is not None:
            for name in self.private.names(place):
                self.private.delete(name)

    def _tags(self, bucket: Bucket, place: str) -> dict[str, str]:
        if PurePosixPath(place).suffix and "/" not in place:
            tag = bucket.tag(place)
            return {} if tag is None else {place: tag}
        return {name: tag for name, tag in bucket.tags(place).items() if not is_local(name)}

    def _names_here(self, place: str) -> list[str]:
        root = self.folder / place
        if root.is_file():
            return [place]
        names = (path.relative_to(self.folder).as_posix() for path in shared_files(root))
        return sorted(name for name in names if not is_local(name))

    def _is_here(self, name: str, tag: str) -> bool:
        known, path = self.known.get(name), self.folder / name
        return known is not None and known.tag == tag and path.is_file() and known.is_of(path)

    def _fetch(self, bucket: Bucket, name: str) -> None:
        path = self.folder / checked_name(bucket, name)
        tag = bucket.tag(name)
        if tag is None:
            return
        make_folder(path.parent, 0o700 if name.startswith(PRIVATE) else 0o755)
        bucket.fetch(name, path)
        path.chmod(0o600 if name.startswith(PRIVATE) else 0o644)
        self._know(name, tag)

    def _give(self, bucket: Bucket, name: str) -> bool:
        """Send a file where it differs; whether the store holds it now."""
        path, known = self.folder / name, self.known.get(name)
        if known is not None and known.is_of(path):
            return True
        if is_object(name) and path.stat().st_size > LARGE:
            bucket.send(name, path)  # its name is its digest: over the same bytes, if any
            tag = bucket.tag(name)
        else:
            data = path.read_bytes()
            tag = bucket.swap(name, known.tag if known else None, data)
            if tag is None:
                tag = self._agreed(bucket, name, data)
        if tag is None:
            return False
        if known is None:
            self.created.append(name)
        self._know(name, tag)
        return True

    def _agreed(self, bucket: Bucket, name: str, ours: bytes) -> str | None:
        """The tag of what the store contains where that is ours too, or can be made so; none where it cannot."""
        tag, theirs = bucket.tag(name), bucket.read(name)
        if theirs == ours:
            return tag
        if name not in self.merges or theirs is None:
            return None
        both = self.merges[name](theirs, ours)
        tag = tag if both == theirs else bucket.swap(name, tag, both)
        if tag is not None:
            write_bytes(self.folder / name, both)
            (self.folder / name).chmod(0o600 if name.startswith(PRIVATE) else 0o644)
        return tag

    def _know(self, name: str, tag: str) -> None:
        path = self.folder / name
        state = path.stat()
        self.known[name] = Known(tag, sha256_file(path), state.st_size, state.st_mtime_ns)


_OPEN: dict[Path, Shared] = {}


def opened(shared: Shared) -> None:
    """From now on, in this process, the folder is a working copy of these stores."""
    _OPEN[shared.folder] = shared


def closed(shared: Shared) -> None:
    """The folder is one like another again."""
    _OPEN.pop(shared.folder, None)


def shared_of(outputs: Path) -> Shared | None:
    """The stores that a folder of outputs is a working copy of; none for a folder that is nothing but that."""
    return _OPEN.get(outputs) if _OPEN else None


def _manifest(data: bytes | None) -> Mapping[str, Any] | None:
    """A result's manifest; none when it is not there, or not one."""
    try:
        document = json.loads(data or b"")
        attempt, files = str(document["attempt"]), dict(document["files"])
    except (ValueError, KeyError, TypeError):
        return None
    names = [attempt, *files]
    is_safe = all(".." not in PurePosixPath(name).parts and not name.startswith("/") for name in names)
    return {"attempt": attempt, "files": files} if is_safe else None
