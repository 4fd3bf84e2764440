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
import stat
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import IO, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.project import PRIVATE_SNAPSHOTS
from pipelines.core.text import Said
from pipelines.privacy.errors import VaultDamaged, VaultUnsafe
from pipelines.privacy.known import FIELD, LINES, PersonalValues
from pipelines.privacy.places import PartId, Records
from pipelines.schema.reserved import PART, POSITION, SNAPSHOT, SOURCE
from pipelines.storage import sha256_bytes, sha256_file
from pipelines.storage.atomic import ASIDE, make_folder, sync_folder
from pipelines.storage.columns import ROWS
from pipelines.storage.faults import is_of_the_machine
from pipelines.storage.spool import Spool, pieces

T = TypeVar("T")

RETENTION = "conservation.json"
DAMAGED = -1
_REPEATED = [SOURCE, SNAPSHOT, PART, FIELD]
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
    """Personal values in a folder, one file per part of a snapshot: `<source>/<snapshot>/<part>.parquet`."""

    folder: Path

    def open(self, keep_until: date, reason: str) -> None:
        """Make the folder (0700) and write the date after which it has to be deleted, and why it is kept until then.

        Raises `VaultUnsafe` when it is a link or belongs to somebody else.
        """
        make_folder(self.folder.parent)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._check_owner()
        self.folder.chmod(0o700)
        document = {"a_supprimer_apres": keep_until.isoformat(), "motif": reason}
        self._write(self.folder / RETENTION, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())

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
        if (self.folder / RETENTION).exists():
            return False
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
        return self.write_values(PersonalValues.of_table(table, fields), parts=[*parts, *Records(table).parts])

    def write_values(self, values: PersonalValues, *, parts: Collection[PartId] = ()) -> int:
        """Keep values by record, as `write` does.

        Of the folder only what is of the sources that are written is looked at: what is there of hundreds of others
        is looked at where it is read.
        """
        own = values.records.parts
        self.check({part[0] for part in (*parts, *own)})
        for part in sorted(set(parts) - set(own)):
            self._file(*part).unlink(missing_ok=True)
        for code, part in sorted(enumerate(own), key=itemgetter(1)):
            self._write_table(self._file(*part), values.lines_of_part(code))
        return int(values.lines.num_rows)

    def read(self, source: str | None = None) -> PersonalValues:
        """The values kept, of one source or of all. Raises `VaultUnsafe`, `VaultDamaged`. Never opened, it keeps none.

        What another process forgets while it is read is not kept any more: the rest is read again.
        """
        return PersonalValues() if self.is_unopened else self._of_files(source, _read_once)

    def digest(self) -> str:
        """The SHA-256 over the files of all values kept, by their paths: another one wherever `read` gives others.
        Raises `VaultUnsafe`."""
        return "" if self.is_unopened else self._of_files(None, partial(_digest_once, self.folder))

    def _of_files(self, source: str | None, take: Callable[[tuple[State, ...]], T]) -> T:
        found = self._checked(None)
        states = _states(found) if source is None else self._states(source)
        while True:
            try:
                return take(states)
            except FileNotFoundError:
                before, states = states, self._states(source)
                if before == states:
                    raise

    def holds(self, source: str, snapshot: str, part: str) -> int:
        """How many values of a part of a snapshot are kept; a folder that was deleted or never opened keeps none.

        `DAMAGED`, which no count is, where a file is there that cannot be read: then its records are made again."""
        return rows_of(self._file(source, snapshot, part))

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
        try:
            with os.scandir(folder) as items:
                others = sorted(item.name for item in items if item.name not in snapshots and item.is_dir())
        except (FileNotFoundError, NotADirectoryError):
            return 0
        return sum(self.forget(source, name) for name in others)

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
        self._checked(sources)

    def _checked(self, sources: Collection[str] | None) -> list[Entry]:
        """What was looked at, and found kept from others."""
        self._check_owner()
        self.keep_until()
        found = [(str(self.folder), self.folder.lstat()), *self._entries(sources)]
        unsafe = sorted((path, told.st_mode & 0o777) for path, told in found if told.st_mode & 0o077)
        for path, mode in unsafe:
            place = Path(path).relative_to(self.folder.parent).as_posix()
            raise VaultUnsafe(folder=place, found=f"mode {mode:04o}", expected=OWN_MODES)
        return found

    def _check_owner(self) -> None:
        if self.folder.is_symlink() or not self.folder.is_dir():
            raise VaultUnsafe(
                folder=self.folder.name, found=Said("absent, ou un lien", "absent, or a link"), expected=A_FOLDER
            )
        if self.folder.stat().st_uid != os.geteuid():
            found = Said("un autre propriétaire", "another owner")
            raise VaultUnsafe(folder=self.folder.name, found=found, expected=OWN_ACCOUNT)

    def _entries(self, sources: Iterable[str] | None = None) -> Iterator[Entry]:
        """What is in the folder, but for what the folder of snapshots holds; of these sources, or of all."""
        if sources is None:
            yield from _below(self.folder, but=self.folder / PRIVATE_SNAPSHOTS)
            return
        for top in (self.folder / self._name(source) for source in sources):
            with suppress(FileNotFoundError):
                yield str(top), top.lstat()
            yield from _below(top)

    def _states(self, source: str | None) -> tuple[State, ...]:
        return _states(self._entries(None if source is None else [source]))

    def _file(self, source: str, snapshot: str, part: str) -> Path:
        return self.folder / f"{self._name(source)}/{self._name(snapshot)}/{self._name(part)}.parquet"

    @staticmethod
    def _name(name: str) -> str:
        if not _NAME.fullmatch(name):
            raise VaultUnsafe(folder="private", found=repr(name), expected=A_NAME)
        return name

    def _write_table(self, path: Path, lines: pa.Table) -> None:
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        with self._new(path) as file, _writer(file) as written:
            for piece in pieces(lines, ROWS):
                written.write_table(piece.cast(LINES))

    @classmethod
    def _write(cls, path: Path, data: bytes) -> None:
        with cls._new(path) as file:
            file.write(data)

    @staticmethod
    @contextmanager
    def _new(path: Path) -> Iterator[IO[bytes]]:
        """A file that is there whole or not at all, and never readable by others, not even while it is written."""
        handle, aside = tempfile.mkstemp(prefix=ASIDE, dir=path.parent)  # mkstemp makes files of mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def _writer(file: IO[bytes]) -> pq.ParquetWriter:
    """Plain texts and numbers, whatever their columns are in memory. Values do not repeat, and positions grow."""
    return pq.ParquetWriter(
        file,
        LINES,
        compression="zstd",
        use_dictionary=_REPEATED,
        column_encoding={POSITION: "DELTA_BINARY_PACKED"},
        write_statistics=False,
        store_schema=False,
    )


def rows_of(path: Path) -> int:
    """How many values a file of the folder has; none without a file, `DAMAGED` where it cannot be read."""
    try:
        return _rows(_state(path))
    except FileNotFoundError:
        return 0
    except (pa.ArrowException, OSError):
        return DAMAGED


Entry = tuple[str, os.stat_result]
State = tuple[Path, int, int, int, int]


def _states(entries: Iterable[Entry]) -> tuple[State, ...]:
    """The files of kept values, in the order of their paths."""
    return tuple(sorted(_state_of(Path(path), state) for path, state in entries if _is_kept(path)))


def _state(path: Path) -> State:
    return _state_of(path, path.lstat())


def _state_of(path: Path, state: os.stat_result) -> State:
    """A file by its size, times and inode: what is written again has other ones."""
    return path, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino


@lru_cache(maxsize=65_536)  # asked of each source when its records are looked at, and again by the gate
def _rows(state: State) -> int:
    return int(pq.read_metadata(state[0]).num_rows)


@lru_cache(maxsize=1)  # the gate of each package of a run asks for the values of all
def _read_once(states: tuple[State, ...]) -> PersonalValues:
    return _read(state[0] for state in states)


@lru_cache(maxsize=1)
def _digest_once(folder: Path, states: tuple[State, ...]) -> str:
    named = ((state[0].relative_to(folder).as_posix(), sha256_file(state[0])) for state in states)
    return sha256_bytes(json.dumps(list(named)).encode())


def _read(files: Iterable[Path]) -> PersonalValues:
    spool = Spool(LINES)
    for path in files:
        # `pq.read_table` would import pyarrow's datasets and pandas first, which is half of a run with nothing to do.
        with _told_where_damaged(path), pq.ParquetFile(path, read_dictionary=_REPEATED) as opened:
            for group in range(opened.metadata.num_row_groups):
                spool.add(opened.read_row_group(group).select(LINES.names).cast(LINES))
    return PersonalValues.of_lines(spool.table())


@contextmanager
def _told_where_damaged(path: Path) -> Iterator[None]:
    """Raises `VaultDamaged` where a file is there and cannot be read for what it contains."""
    try:
        yield
    except (pa.ArrowException, KeyError, OSError) as error:
        if isinstance(error, FileNotFoundError) or is_of_the_machine(error):
            raise
        raise VaultDamaged(file="/".join(path.parts[-4:]), source=path.parts[-3]) from None


def _below(folder: Path, but: Path | None = None) -> Iterator[Entry]:
    """Everything below a folder, links not followed; of `but`, the folder alone. What goes while it is looked at is
    left out, anything else that fails is raised."""
    waiting, closed = [str(folder)], str(but)
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as items:
            for item in items:
                with suppress(FileNotFoundError):
                    told = Path(item.path).lstat()
                    yield item.path, told
                    if stat.S_ISDIR(told.st_mode) and item.path != closed:
                        waiting.append(item.path)


def _is_kept(path: str) -> bool:
    """Whether a path is that of a file of kept values."""
    return path.endswith(".parquet") and not path.rpartition("/")[2].startswith(ASIDE)
