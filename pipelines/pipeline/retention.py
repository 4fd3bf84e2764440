"""Retention: what is kept about people, until when, and its deletion, which leaves proof that it was done.

Belongs here: the list of what is in `outputs/private/`, deleting by date, source or person, the log of deletions.
Does not: keeping values (`personal.py`), withdrawing a record from what is published (`sources/retraits/`, `retract`).

Deletion wins: what a deletion took is never made again from elsewhere, and a rebuild that needs it names the event.
`outputs/suppressions.jsonl` has one line for each deletion, which names the hash of the line before it, the snapshots
that went and how many values; never a value, nor whom it was about."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.pipeline.private_lock import nothing_kept
from pipelines.pipeline.private_store import check_private_store
from pipelines.privacy import PersonalValues, Vault
from pipelines.privacy.kinds import Kind, kind_of
from pipelines.privacy.multi_value import Values
from pipelines.privacy.normalisation import digits, fold, unmask
from pipelines.privacy.quarantine import QUARANTINE
from pipelines.privacy.search_terms import name_words
from pipelines.privacy.vault import rows_of
from pipelines.sources import SnapshotStore
from pipelines.sources.snapshots import digests_of
from pipelines.storage import append_line, sha256_bytes, write_text
from pipelines.storage.shared_names import DELETIONS

LOG = DELETIONS
START = "0" * 64


class NobodyFound(ArobaseError):
    """Nothing is kept of what should be deleted."""

    code: ClassVar[str] = "private-nothing"
    fr: ClassVar[str] = "Aucune donnée conservée ne correspond à cette demande ; rien n'est supprimé."
    en: ClassVar[str] = "No kept data matches this request; nothing is deleted."


class IngredientDeleted(ArobaseError):
    """A version cannot be made again because a deletion took one of its snapshots."""

    code: ClassVar[str] = "ingredient-deleted"
    fr: ClassVar[str] = (
        "{package} {version} ne peut plus être refait : la copie {snapshot} de la source « {source} » a été supprimée "
        "le {at} ({why}, événement {event}). La suppression l'emporte ; la version publiée reste vérifiable."
    )
    en: ClassVar[str] = (
        '{package} {version} can no longer be made again: the snapshot {snapshot} of source "{source}" was deleted on '
        "{at} ({why}, event {event}). Deletion wins; the published version can still be verified."
    )


class DeletionLogDamaged(ArobaseError):
    """The log of deletions is not the chain that it was written as."""

    code: ClassVar[str] = "deletion-log-damaged"
    fr: ClassVar[str] = "{file}, ligne {line} : la chaîne est rompue ; le journal des suppressions a été modifié."
    en: ClassVar[str] = "{file}, line {line}: the chain is broken; the log of deletions was altered."


@dataclass(frozen=True)
class Holding:
    """What is kept of one snapshot of a source: values by part, the bytes of the answer, when it was obtained."""

    source: str
    snapshot: str
    obtained: date | None
    values: int
    size: int


@dataclass(frozen=True)
class Deletion:
    """What one deletion took."""

    event: int
    snapshots: tuple[tuple[str, str], ...]
    values: int
    quarantined: int


def holdings(project: Project) -> list[Holding]:
    """What is kept about people, by source and snapshot, oldest first. Raises `PrivateStoreMissing` where this machine
    cannot know."""
    check_private_store(project)
    counted: dict[tuple[str, str], int] = {}
    for path in _value_files(project):
        key = (path.parent.parent.name, path.parent.name)
        counted[key] = counted.get(key, 0) + max(0, rows_of(path))  # what is damaged can be deleted all the same
    known = {key: when for key, when in _known(project) if key in counted or _object(project, key[1]).is_file()}
    keys = sorted({*counted, *known}, key=lambda key: (key[0], str(known.get(key) or ""), key[1]))
    return [
        Holding(source, sha, known.get((source, sha)), counted.get((source, sha), 0), _size(_object(project, sha)))
        for source, sha in keys
    ]


def quarantined(project: Project) -> dict[str, int]:
    """How many holds wait in quarantine, by package."""
    folder = project.private / QUARANTINE
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    return {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in files}


def delete(
    project: Project,
    *,
    now: datetime,
    source: str = "",
    before: date | None = None,
    person: str = "",
    whole: bool = False,
) -> Deletion:
    """Delete what is kept of a source, of answers obtained before a day, of the answers that a person is in, or all.

    A person is looked for among the kept values: by full name, by e-mail address, by number, or by any whole value. The
    whole answers go that contain one of them, with all that was kept of them: an answer is never changed. Results of
    the stages go too, for they are made of it. Runs that are under way are waited for: they would write again what they
    have read. Raises `NobodyFound`, `VaultUnsafe`, `PrivateStoreMissing`, `Busy`, `OSError`.
    """
    with nothing_kept(project):
        kept = holdings(project)
        if whole:
            chosen = kept
        elif person:
            wanted = {record[:2] for record in _records_of(Vault(project.private).read(), person)}
            chosen = [item for item in kept if (item.source, item.snapshot) in wanted]
        else:
            chosen = [item for item in kept if _is_chosen(item, source, before)]
        gone = _unquarantined(project, chosen, person, whole=whole)
        if not chosen and not gone:
            raise NobodyFound()
        vault, beside = Vault(project.private), _evidence(project)
        for item in chosen:
            if not vault.is_unopened:
                vault.forget(item.source, item.snapshot)
            for digest in (item.snapshot, *beside.get(item.snapshot, ())):
                _object(project, digest).unlink(missing_ok=True)
            shutil.rmtree(project.private_snapshots / "resume" / item.source, ignore_errors=True)
        if whole:
            vault.destroy()
        shutil.rmtree(project.work, ignore_errors=True)
        why = "all" if whole else "person" if person else "source" if source else "date"
        return _deletion(project, why, chosen, gone, now)


def took(project: Project, snapshots: Collection[str]) -> dict[str, Any] | None:
    """The first deletion that took one of these snapshots, with the snapshot under `found`; none when none did.

    Raises `DeletionLogDamaged`.
    """
    for entry in deletions(project):
        for source, snapshot in entry["snapshots"]:
            if snapshot in snapshots and not _object(project, snapshot).is_file():
                return {**entry, "found": snapshot, "source": source}
    return None


def deletions(project: Project) -> Iterator[dict[str, Any]]:
    """The log of deletions, oldest first. Raises `DeletionLogDamaged`."""
    path, head = project.outputs / LOG, START
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            entry = {}
        if not isinstance(entry, dict) or (entry.get("seq"), entry.get("previous")) != (number - 1, head):
            raise DeletionLogDamaged(file=LOG, line=number)
        head = sha256_bytes(line.encode())
        yield entry


def continued(before: list[str], more: Iterable[str]) -> bytes:
    """The log of deletions `before`, then the lines `more`, which followed others, so that each follows the last."""
    lines = list(before)
    for line in more:
        head = sha256_bytes(lines[-1].encode()) if lines else START
        entry = {**json.loads(line), "seq": len(lines), "previous": head}
        lines.append(json.dumps(entry, ensure_ascii=False, sort_keys=True))
    return "".join(f"{line}\n" for line in lines).encode()


def _deletion(project: Project, why: str, chosen: Iterable[Holding], gone: int, now: datetime) -> Deletion:
    lines = list(deletions(project))
    path = project.outputs / LOG
    last = path.read_text(encoding="utf-8").splitlines()[-1] if lines else ""
    chosen = list(chosen)
    entry = {
        "seq": len(lines),
        "previous": sha256_bytes(last.encode()) if last else START,
        "at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "why": why,
        "snapshots": [[item.source, item.snapshot] for item in chosen],
        "values": sum(item.values for item in chosen),
        "quarantined": gone,
    }
    append_line(path, json.dumps(entry, ensure_ascii=False, sort_keys=True))
    snapshots = tuple((item.source, item.snapshot) for item in chosen)
    return Deletion(len(lines), snapshots, int(str(entry["values"])), gone)


def _is_chosen(item: Holding, source: str, before: date | None) -> bool:
    is_old = before is None or (item.obtained is not None and item.obtained < before)
    return is_old and (not source or item.source == source)


def _records_of(personal: PersonalValues, person: str) -> Iterator[tuple[str, str, str, int]]:
    """The records that somebody's values are kept of."""
    wanted, number = fold(unmask(person)), digits(fold(person))
    words = set(name_words(wanted))
    for record in personal.by_record:
        if _is_somebody(personal.of([record]), wanted, number, words):
            yield record


def _is_somebody(values: Values, wanted: bytes, number: bytes, words: set[bytes]) -> bool:
    named: set[bytes] = set()
    for name, value in values:
        folded = fold(unmask(value))
        if folded == wanted or (len(number) >= 8 and digits(folded)[-9:] == number[-9:]):
            return True
        if kind_of(name, value) in (Kind.NAME, Kind.FIRST_NAME):
            named.update(name_words(folded))
    return len(words) > 1 and words <= named


def _unquarantined(project: Project, chosen: Collection[Holding], person: str, *, whole: bool) -> int:
    """Take from the quarantine the holds of what goes; returns how many."""
    snapshots, wanted = {item.snapshot for item in chosen}, fold(unmask(person)).strip()
    gone = 0
    folder = project.private / QUARANTINE
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else []:
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not (whole or _is_about(json.loads(line), snapshots, wanted))]
        gone += len(lines) - len(kept)
        if len(kept) < len(lines):
            if kept:
                write_text(path, "".join(f"{line}\n" for line in kept))
                path.chmod(0o600)
            else:
                path.unlink()
    return gone


def _is_about(hold: dict[str, Any], snapshots: Collection[str], wanted: bytes) -> bool:
    origin, cells = hold.get("origine") or [], hold.get("cellules") or {}
    texts = fold(unmask(" ".join(str(cell) for cell in cells.values() if cell)))
    return any(item in snapshots for item in origin) or bool(wanted and b" " + wanted + b" " in texts)


def _known(project: Project) -> Iterator[tuple[tuple[str, str], date]]:
    """(source, snapshot) and when it was obtained, of every source that has a log."""
    folder = project.snapshots / "log"
    store = SnapshotStore.of(project)
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else []:
        for snapshot in store.snapshots(path.stem):
            yield (path.stem, snapshot.sha256), snapshot.obtained.date()


def _evidence(project: Project) -> dict[str, list[str]]:
    """The digests of what is kept with a snapshot's bytes, such as the pages that they were made of."""
    folder, store = project.snapshots / "log", SnapshotStore.of(project)
    paths = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    return {item.sha256: digests_of(item)[1:] for path in paths for item in store.snapshots(path.stem)}


def _value_files(project: Project) -> list[Path]:
    if Vault(project.private).is_unopened:
        return []
    return [path for path in sorted(project.private.glob("*/*/*.parquet")) if not path.name.startswith(".")]


def _object(project: Project, snapshot: str) -> Path:
    return project.private_snapshots / "objects" / snapshot[:2] / snapshot


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
