"""The private folder: the only place where a personal value may be written, and how it goes away.

Belongs here: writing, reading, forgetting, retention. Does not: deciding what is personal (schemas do), nor searching
for it (`known.py`), nor filling the folder of snapshots (`sources/snapshots.py`), which is protected and deleted with
the rest. The folder is of mode 0700, its files 0600; deleting it as a whole loses nothing that is published.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.project import PRIVATE_SNAPSHOTS
from pipelines.core.text import Said
from pipelines.privacy.errors import VaultUnsafe
from pipelines.privacy.known import RECORD, PersonalValues, RecordId
from pipelines.storage.atomic import ASIDE, make_folder, sync_folder

RETENTION = "conservation.json"
_SCHEMA = pa.schema(
    [(name, pa.int64() if name == "_position" else pa.string()) for name in RECORD]
    + [("champ", pa.string()), ("valeur", pa.string())]
)
PartId = tuple[str, str, str]  # source, snapshot, part
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

A_DATE = Said(
    "une date AAAA-MM-JJ ; supprimer le dossier entier n'ôte rien à ce qui est publié",
    "a date YYYY-MM-DD; deleting the whole folder takes nothing from what is published",
)
A_FOLDER = Said("un dossier, pas un lien", "a folder, not a link")
OWN_ACCOUNT = Said("le compte qui lance Arobase (chown)", "the account that runs Arobase (chown)")
OWN_MODES = Said("0700 pour un dossier, 0600 pour un fichier (chmod)", "0700 for a folder, 0600 for a file (chmod)")
A_NAME = Said(
    "lettres sans accent, chiffres, points, tirets, une lettre ou un chiffre d'abord",
    "letters without accents, digits, dots, dashes, a letter or digit first",
)


@dataclass(frozen=True)
class Vault:
    """Personal values in a folder, one file a part of a snapshot: `<source>/<snapshot>/<part>.parquet`."""

    folder: Path

    def open(self, keep_until: date, reason: str) -> None:
        """Make the folder (0700) and write the date after which it has to be deleted, and why it is kept until then.

        Raises `VaultUnsafe` when it is a link or belongs to somebody else.
        """
        make_folder(self.folder.parent)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._check_owner()
        self.folder.chmod(0o700)
        told = {"a_supprimer_apres": keep_until.isoformat(), "motif": reason}
        self._write(self.folder / RETENTION, (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode())

    def keep_until(self) -> date:
        """The retention date. Raises `VaultUnsafe` when the folder was never opened or its date cannot be read."""
        path = self.folder / RETENTION
        try:
            return date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["a_supprimer_apres"])
        except (OSError, ValueError, KeyError, TypeError):
            found = Said(f"{RETENTION} absent ou illisible", f"{RETENTION} missing or unreadable")
            raise VaultUnsafe(folder=self.folder.name, found=found, expected=A_DATE) from None

    @property
    def is_unopened(self) -> bool:
        """Whether nothing was ever kept here: no folder, or one that holds at most snapshots and what a killed process
        left of its first date."""
        if self.folder.is_symlink() or not self.folder.is_dir():
            return not self.folder.exists()
        names = (path.name for path in self.folder.iterdir())
        return all(name == PRIVATE_SNAPSHOTS or name.startswith(ASIDE) for name in names)

    def is_expired(self, today: date) -> bool:
        """Whether the retention date has passed."""
        return today > self.keep_until()

    def write(self, table: pa.Table, fields: Sequence[str], *, parts: Iterable[PartId] = ()) -> int:
        """Keep the values of `fields` of a text table with the reserved columns; returns how many values were kept.

        A part of a snapshot is written whole: what was kept of it before is replaced, and goes where no value is left.
        `parts`: those that the table is of, for one whose rows all left. Raises `VaultUnsafe` when the folder is not
        open, or could be read by somebody else."""
        told = zip(*(table.column(name).to_pylist() for name in RECORD[:3]), strict=True)
        return self.write_values(PersonalValues.of_table(table, fields), parts=[*parts, *told])

    def write_values(self, values: PersonalValues, *, parts: Collection[PartId] = ()) -> int:
        """Keep values by record, as `write` does.

        Of the folder only what is of the sources that are written is looked at: what lies there of hundreds of others
        is looked at where it is read.
        """
        by_part: dict[PartId, list[tuple[RecordId, str, str]]] = {}
        for record, own in values.by_record.items():
            lines = by_part.setdefault(record[:3], [])
            lines += [(record, name, value) for name, value in own]
        self.check({part[0] for part in (*parts, *by_part)})
        for part in sorted(set(parts) - by_part.keys()):
            self._file(*part).unlink(missing_ok=True)
        for part, lines in sorted(by_part.items()):
            columns = list(zip(*((*record, name, value) for record, name, value in lines), strict=True))
            self._write_table(self._file(*part), pa.table([list(column) for column in columns], schema=_SCHEMA))
        return sum(len(lines) for lines in by_part.values())

    def read(self, source: str | None = None) -> PersonalValues:
        """The values kept, of one source or of all. Raises `VaultUnsafe`. A folder that was never opened holds none.

        What another process forgets while it is read is not kept any more: the rest is read again.
        """
        if self.is_unopened:
            return PersonalValues()
        self.check()
        while True:
            files = list(self._files(source))
            try:
                return _read_once(tuple(map(_state, files)))
            except FileNotFoundError:
                if files == list(self._files(source)):
                    raise

    def holds(self, source: str, snapshot: str, part: str) -> int:
        """How many values of a part of a snapshot are kept; a folder that was deleted or never opened keeps none."""
        try:
            return int(pq.read_metadata(self._file(source, snapshot, part)).num_rows)
        except FileNotFoundError:
            return 0

    def write_file(self, folder: str, name: str, data: bytes) -> None:
        """Write a file of another kind, whole, into a folder of the vault. Raises `VaultUnsafe` as `write` does."""
        self.check()
        place = self.folder / self._name(folder)
        place.mkdir(mode=0o700, exist_ok=True)
        self._write(place / self._name(name), data)

    def forget(self, source: str, snapshot: str | None = None) -> int:
        """Delete what is kept of a source, or of one of its snapshots; returns how many files went."""
        folder = self.folder / self._name(source)
        folder = folder / self._name(snapshot) if snapshot else folder
        gone = len(list(folder.rglob("*.parquet"))) if folder.is_dir() else 0
        shutil.rmtree(folder, ignore_errors=not folder.exists())
        return gone

    def forget_others(self, source: str, snapshots: Collection[str]) -> int:
        """Delete what is kept of a source's snapshots other than these; returns how many files went."""
        folder = self.folder / self._name(source)
        others = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
        return sum(self.forget(source, name) for name in others if name not in snapshots)

    def destroy(self) -> None:
        """Delete the folder as a whole."""
        if self.folder.is_symlink():
            raise VaultUnsafe(folder=self.folder.name, found=Said("un lien", "a link"), expected=A_FOLDER)
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def check(self, sources: Collection[str] | None = None) -> None:
        """Raises `VaultUnsafe` when the folder is not open, is a link, or its group or others have any right on it.
        `sources`: those whose files are looked at, besides the folder itself; none, all.

        Below the folder of snapshots nothing is looked at: its own mode keeps everybody out, and sources fill it while
        others read here. A file that goes while it is looked at was another write's, under way."""
        self._check_owner()
        self.keep_until()
        for path in (self.folder, *(self._paths() if sources is None else self._paths_of(sources))):
            try:
                mode = path.lstat().st_mode & 0o777
            except FileNotFoundError:
                continue
            if mode & 0o077:
                place = path.relative_to(self.folder.parent).as_posix()
                raise VaultUnsafe(folder=place, found=f"mode {mode:04o}", expected=OWN_MODES)

    def _check_owner(self) -> None:
        if self.folder.is_symlink() or not self.folder.is_dir():
            raise VaultUnsafe(
                folder=self.folder.name, found=Said("absent, ou un lien", "absent, or a link"), expected=A_FOLDER
            )
        if self.folder.stat().st_uid != os.geteuid():
            found = Said("un autre propriétaire", "another owner")
            raise VaultUnsafe(folder=self.folder.name, found=found, expected=OWN_ACCOUNT)

    def _paths(self) -> Iterator[Path]:
        for top in sorted(self.folder.iterdir()):
            yield top
            if top.is_dir() and top.name != PRIVATE_SNAPSHOTS:
                yield from _below(top)

    def _paths_of(self, sources: Iterable[str]) -> Iterator[Path]:
        for name in sorted(sources):
            top = self.folder / self._name(name)
            yield top
            yield from _below(top)

    def _files(self, source: str | None) -> Iterator[Path]:
        yield from sorted(_kept(_below(self.folder / self._name(source)) if source else self._paths()))

    def _file(self, source: str, snapshot: str, part: str) -> Path:
        return self.folder / self._name(source) / self._name(snapshot) / f"{self._name(part)}.parquet"

    @staticmethod
    def _name(name: str) -> str:
        if not _NAME.fullmatch(name):
            raise VaultUnsafe(folder="private", found=repr(name), expected=A_NAME)
        return name

    def _write_table(self, path: Path, table: pa.Table) -> None:
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._write(path, sink.getvalue().to_pybytes())

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        """Whole or not at all, and never readable by others, not even while it is written."""
        handle, aside = tempfile.mkstemp(prefix=ASIDE, dir=path.parent)  # mkstemp makes files of mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


State = tuple[Path, int, int, int, int]


def _state(path: Path) -> State:
    """A file by its size, times and inode: what is written anew has other ones."""
    told = path.lstat()
    return path, told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino


@lru_cache(maxsize=1)  # the gate of each package of a run asks for the values of all
def _read_once(states: tuple[State, ...]) -> PersonalValues:
    return _read(state[0] for state in states)


def _read(files: Iterable[Path]) -> PersonalValues:
    by_record: dict[RecordId, list[tuple[str, str]]] = {}
    for path in files:
        columns = pq.read_table(path).to_pydict()
        for *record, name, value in zip(*columns.values(), strict=True):
            by_record.setdefault((record[0], record[1], record[2], record[3]), []).append((name, value))
    return PersonalValues({record: tuple(values) for record, values in by_record.items()})


def _below(folder: Path) -> Iterator[Path]:
    """Everything below a folder; what goes while it is looked at is left out, anything else that fails is raised."""

    def gone(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    for parent, folders, files in os.walk(folder, onerror=gone):
        yield from (Path(parent) / name for name in (*folders, *files))


def _kept(paths: Iterable[Path]) -> Iterator[Path]:
    """Of these paths, the files of kept values."""
    return (path for path in paths if path.suffix == ".parquet" and not path.name.startswith(ASIDE))
