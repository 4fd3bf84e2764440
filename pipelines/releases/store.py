"""The versions of one package as they are on disk, and what a process that died left to finish.

Belongs here: finding versions, `versions.json`, `latest.json`, settling. Does not: making a version (`publish.py`).

The order of a publication is: the folder appears by one rename; the ledger gains its line, and the log its leaf;
`versions.json` and `latest.json` follow. The folder says which line of the ledger is its own, so each step can be
redone from the last. A retraction does the same: its tombstone appears, the files go, the ledger, the log, then the
indexes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from pipelines.core.text import Said
from pipelines.releases.bag import TAGMANIFEST, read_info
from pipelines.releases.descriptor import read_descriptor, to_json
from pipelines.releases.errors import NoSuchPackage, NoSuchRelease, ReleaseDamaged, RetractedRelease
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.log.journal import Journal
from pipelines.releases.restored import check_log
from pipelines.releases.tombstones import TOMBSTONES, reason_of, tombstone_line
from pipelines.storage import lock, sha256_bytes, sha256_file, sweep, write_text
from pipelines.storage.atomic import ASIDE

VERSIONS, LATEST, REFUSALS = "versions.json", "latest.json", "refus"
UNDER_WAY = ".en-cours"
LEDGER_WAIT = 600.0


@dataclass(frozen=True)
class ReleaseStore:
    """The folder of one package, and the ledger."""

    releases: Path
    package: str
    ledger: Ledger

    @classmethod
    def read(cls, releases: Path, package: str) -> ReleaseStore:
        """Raises `LedgerBroken`."""
        return cls(releases, package, Ledger.read(ledger_beside(releases)))

    def caught_up(self) -> ReleaseStore:
        """This store with the ledger as it is now, after the line of a release or retraction that died was written.

        Called while the ledger is locked: somebody may have died since `settle`. Raises `LedgerBroken`, `LogDamaged`.
        """
        return replace(self, ledger=settled_ledger(self.releases))

    @property
    def folder(self) -> Path:
        return self.releases / self.package

    @cached_property
    def published(self) -> list[dict[str, Any]]:
        """The ledger's entries of releases, oldest first, retracted ones too."""
        return self.ledger.of(self.package, "published")

    @cached_property
    def retracted(self) -> dict[str, dict[str, Any]]:
        """The ledger's entries of retractions, by version."""
        return {item["version"]: item for item in self.ledger.of(self.package, "retracted")}

    @cached_property
    def versions(self) -> list[str]:
        """Versions that can be read, oldest first."""
        gone = self.retracted
        return [item["version"] for item in self.published if item["version"] not in gone]

    @property
    def current(self) -> str | None:
        """The newest version that was not retracted."""
        versions = self.versions
        return versions[-1] if versions else None

    def path(self, version: str | None = None) -> Path:
        """The folder of a version, of the current one by default.

        Raises `NoSuchRelease` (`NoSuchPackage` when nothing of the package was released), `RetractedRelease`.
        """
        if not self.published:
            known = sorted({item["package"] for item in self.ledger.entries if item["event"] == "published"})
            raise NoSuchPackage(package=self.package, known=", ".join(known) or "∅")
        # When every version was retracted, the newest one says why.
        wanted: str = version or self.current or self.published[-1]["version"]
        if wanted in self.retracted:
            reason = reason_of(self.folder, self.retracted[wanted]) or Said("motif retiré", "reason withdrawn")
            raise RetractedRelease(package=self.package, version=wanted, reason=reason)
        if wanted not in self.versions:
            raise NoSuchRelease(package=self.package, version=wanted, found=", ".join(self.versions) or "∅")
        return self.folder / wanted

    def index(self, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """`versions.json`: every version, newest first, made from the ledger and from the releases themselves.

        `known`: entries that are right already, by the hash of the tag manifest: those releases are not read again.
        """
        gone = self.retracted
        entries = [self._entry(item, gone, known or {}) for item in reversed(self.published)]
        return {"package": self.package, "latest": self.current, "versions": entries}

    def entry(self, version: str) -> dict[str, Any]:
        """What `versions.json` says of one version."""
        line = next(item for item in self.published if item["version"] == version)
        entry: dict[str, Any] = self._entry(line, self.retracted, {})
        return entry

    def _entry(
        self,
        line: Mapping[str, Any],
        retracted: Mapping[str, Mapping[str, Any]],
        known: Mapping[str, Any],
    ) -> Any:
        version = line["version"]
        if line["tagmanifest"] in known and version not in retracted:
            return known[line["tagmanifest"]]
        entry = {key: line[key] for key in ("version", "created", "tagmanifest", "parent")}
        if version in retracted:
            gone = retracted[version]
            tombstone = f"{TOMBSTONES}/{version}.json"
            reason = reason_of(self.folder, gone) or ""
            return {**entry, "status": "retracted", "reason": reason, "at": gone["at"], "tombstone": tombstone}
        document = read_descriptor(self.folder / version / "data")
        tables = [item for item in document["resources"] if "schema" in item and "/" not in item["path"]]
        own = document["arobase"]
        return {
            **entry,
            "status": "published",
            "path": f"{version}/",
            "datapackage": f"{version}/data/datapackage.json",
            "schema_version": own["schema_version"],
            "reasons": own["reasons"],
            "rows": {item["name"]: item["rows"] for item in tables},
            "content": {item["name"]: item["content"] for item in tables},
            "changes": own["changes"],
        }

    def latest(self) -> dict[str, Any] | None:
        """`latest.json`: a pointer to the current version, none when every version was retracted."""
        current = self.current
        if current is None:
            return None
        line = next(item for item in self.published if item["version"] == current)
        path = f"{current}/"
        latest = {"package": self.package, "version": current, "created": line["created"], "path": path}
        return {**latest, "datapackage": f"{path}data/datapackage.json", "tagmanifest": line["tagmanifest"]}

    def begin(self, version: str) -> None:
        """Leave a mark that this version is being shown or retracted: until `end`, the indexes may lag behind."""
        write_text(self.folder / UNDER_WAY, f"{version}\n")

    def end(self) -> None:
        """Take the mark away, once every index is right."""
        (self.folder / UNDER_WAY).unlink(missing_ok=True)

    @property
    def is_under_way(self) -> bool:
        """Whether a process is showing or retracting a version, or died doing so."""
        return (self.folder / UNDER_WAY).is_file()

    def write_indexes(self) -> None:
        """Bring `versions.json` and `latest.json` up to the ledger; a file that is right already is not touched."""
        if not self.published:
            return
        latest = self.latest()
        _write_if_other(self.folder / VERSIONS, _as_json(self.index(self._known_entries())))
        if latest is None:
            (self.folder / LATEST).unlink(missing_ok=True)
        else:
            _write_if_other(self.folder / LATEST, to_json(latest))

    def _known_entries(self) -> dict[str, msgspec.Raw]:
        """The entries of versions that `versions.json` holds already, as they are written there, by the hash of the tag
        manifest; the last two versions are read again. A thousand versions are neither read nor written anew to add
        one; `verify` reads them all."""
        read_again = set(self.versions[-2:])
        try:
            text = (self.folder / VERSIONS).read_bytes()
            text.decode("utf-8")
            entries = msgspec.json.decode(text, type=_Index).versions
            named = [(msgspec.json.decode(entry, type=_Entry), entry) for entry in entries]
        except (OSError, ValueError, RecursionError):
            return {}
        return {
            item.tagmanifest: entry
            for item, entry in named
            if item.status == "published" and item.version not in read_again
        }


class _Index(msgspec.Struct):
    """Of `versions.json`, what is kept as it is."""

    versions: list[msgspec.Raw]


class _Entry(msgspec.Struct):
    """Of an entry of `versions.json`, what it is recognised by."""

    tagmanifest: str
    version: str
    status: str


def _as_json(index: Mapping[str, Any]) -> str:
    """What `to_json` writes of an index, some of whose entries are in JSON already."""
    entries = [entry if isinstance(entry, msgspec.Raw) else msgspec.Raw(_compact(entry)) for entry in index["versions"]]
    return msgspec.json.format(msgspec.json.encode({**index, "versions": entries}), indent=2).decode() + "\n"


def _compact(entry: Any) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode()


def _write_if_other(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def settle(releases: Path) -> list[str]:
    """Finish, for every package, what a process that died had begun; returns the ledger's lines that were added.

    Raises `LedgerBroken`, `LogDamaged`. The caller holds no lock on the ledger; it takes it.
    """
    with ledger_lock(releases):
        before = Ledger.read(ledger_beside(releases))
        ledger = settled_ledger(releases)
        for folder in package_folders(releases):
            store = ReleaseStore(releases, folder.name, ledger)
            if store.is_under_way:
                for version in store.retracted:
                    bury(folder / version)
                store.write_indexes()
                store.end()
    return list(ledger.lines[len(before.lines) :])


def settled_ledger(releases: Path) -> Ledger:
    """The ledger, and the log beside it, once what a process that died had begun is written in both.

    Called while the ledger is locked. Raises `LedgerBroken`, `LogDamaged`, `LogLost`, `NoteUnreadable`.
    """
    ledger = Ledger.read(ledger_beside(releases))
    begun = pending(releases, ledger)
    if begun:
        ledger = ledger.append(begun)
    Journal.read(releases).settled(ledger.lines).check_lines(ledger.lines)
    check_log(releases, ledger)
    return ledger


def sweep_package(folder: Path) -> None:
    """Delete what dead processes left aside in a package's folder, also half a tombstone or record of a refusal.

    Called while the package is locked.
    """
    for place in (folder, folder / TOMBSTONES, folder / REFUSALS):
        sweep(place)


def ledger_lock(releases: Path) -> Any:
    """The lock under which the ledger grows: packages released at the same time wait for each other here."""
    return lock(releases / ".ledger.lock", wait_seconds=LEDGER_WAIT)


def package_folders(releases: Path) -> list[Path]:
    """The folders of packages, in alphabetical order."""
    if not releases.is_dir():
        return []
    return sorted(path for path in releases.iterdir() if path.is_dir() and not path.name.startswith("."))


def version_folders(package: Path) -> list[str]:
    """The folders under a package's that stand for versions: every one but what is aside, tombstones and refusals."""
    with os.scandir(package) as items:  # asks nothing of each of a thousand versions
        names = [item.name for item in items if item.is_dir() or item.is_symlink()]
    return sorted(name for name in names if not name.startswith(ASIDE) and name not in (TOMBSTONES, REFUSALS))


def pending(releases: Path, ledger: Ledger, package: str | None = None) -> list[str]:
    """The line that would follow the ledger and that a release or a tombstone on disk calls its own; at most one.

    Looked for in the packages that have a mark, and in `package`.
    """
    for folder in package_folders(releases):
        if folder.name != package and not (folder / UNDER_WAY).is_file():
            continue  # the mark is before anything of an event does
        known = {item["version"] for item in ledger.of(folder.name, "published")}
        for version in version_folders(folder):
            if version not in known and (folder / version).is_dir():
                line = line_of(folder / version)
                if line is not None and _follows(line, ledger):
                    return [line]
        for path in sorted((folder / TOMBSTONES).glob("*.json")):
            line = tombstone_line(path)
            if line is not None and _follows(line, ledger):
                return [line]
    return []


def _follows(line: str, ledger: Ledger) -> bool:
    entry = json.loads(line)
    return bool(entry["seq"] == len(ledger.lines) and entry["previous"] == ledger.head)


def line_of(release: Path) -> str | None:
    """The ledger's line of a release, as the release itself gives it; none when it does not."""
    try:
        info, tagmanifest = read_info(release), sha256_file(release / TAGMANIFEST)
        facts = published_facts(info, tagmanifest)
        place = {"seq": int(info["Arobase-Ledger-Sequence"]), "previous": info["Arobase-Ledger-Previous"]}
    except (ReleaseDamaged, OSError, KeyError, ValueError):
        return None
    return json.dumps(
        {**place, "event": "published", **facts}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def published_facts(info: Mapping[str, str], tagmanifest: str) -> dict[str, Any]:
    """What a line says of a release. Raises `KeyError` when `bag-info.txt` lacks one of its lines."""
    return {
        "package": info["Arobase-Package"],
        "version": info["Arobase-Version"],
        "created": info["Arobase-Created"],
        "parent": info["Arobase-Parent"],
        "signer": info["Arobase-Signer"],
        "tagmanifest": tagmanifest,
    }


def bury(release: Path) -> None:
    """Delete the files of a retracted version: it vanishes by one rename, then goes."""
    if release.is_dir():
        gone = release.with_name(f"{ASIDE}gone-{release.name}-{sha256_bytes(release.name.encode())[:8]}")
        release.rename(gone)
        shutil.rmtree(gone)
