"""Publishing: from a request to an immutable version, or to the reasons why there is none.

Belongs here: the order of the steps. Does not: what any step does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from pipelines.releases import limits, versioning
from pipelines.releases.bag import seal
from pipelines.releases.canonical import canonical
from pipelines.releases.causes import Across, Ingredients
from pipelines.releases.changes import changes_page, write_changes
from pipelines.releases.descriptor import FileMade, descriptor, instant, plain_schema, to_json
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.files import declared_files, write_quality, write_tables
from pipelines.releases.previous import Previous
from pipelines.releases.readme import readme
from pipelines.releases.request import Outcome, Published, Refused, ReleaseRequest, Unchanged, Warned
from pipelines.releases.shelf import REFUSALS, Shelf, ledger_lock, pending, published_facts, settle
from pipelines.releases.signature import SigningKey
from pipelines.storage import aside_folder, lock, reveal, sha256_bytes, sweep, write_text

UNSIGNED = Warned("version non signée : aucune clé n'a été donnée", "unsigned version: no key was given")
Step = Callable[[str], None]
STEPS = ("begun", "tables", "quality", "changes", "described", "sealed", "revealed", "recorded", "indexed")


@dataclass(frozen=True)
class _Attempt:
    """One publication under way; `tables` are canonical."""

    request: ReleaseRequest
    previous: Previous
    tables: Mapping[str, pa.Table]
    key: SigningKey | None
    across: Across | None
    step: Step

    @property
    def shelf(self) -> Shelf:
        return self.previous.shelf


def publish(
    request: ReleaseRequest,
    releases: Path,
    *,
    key: SigningKey | None,
    across: Across | None = None,
    now: datetime | None = None,
    step: Step = lambda name: None,
) -> Outcome:
    """Publish what differs from the current version of the package, under a number computed from what differs.

    `across` rebuilds tables from other ingredients, to tell causes apart (see `causes.py`). `now`: the time of the
    event, which only a refusal's line in the ledger carries; releases know no clock. `step` is told each of `STEPS`.
    Raises `Busy` when another process releases this package, `PrivateFieldAsked`, `LedgerBroken`, `ReleaseDamaged`, and
    `OSError` (disk full, folder read-only); then the last good version stands as it was.
    """
    limits.check_public(request)
    package = request.package.name
    folder = releases / package
    with lock(folder / ".lock"):
        sweep(folder)
        settle(releases)
        previous = Previous.of(Shelf.read(releases, package))
        tables = {
            item.name: canonical(request.tables[item.name], request.schemas[item.name])
            for item in request.package.tables
            if item.name in request.tables
        }
        undeclared = {name: table for name, table in request.tables.items() if name not in tables}
        found = limits.check(request, {**tables, **undeclared}, previous.rows)
        if found.refusals:
            return _refuse(previous.shelf, found.refusals, request, instant(now) if now else "")
        request = replace(request, warnings=(*request.warnings, *found.warnings))
        step("begun")
        with aside_folder(folder) as aside:
            return _publish(_Attempt(request, previous, tables, key, across, step), aside)


def _publish(attempt: _Attempt, aside: Path) -> Outcome:
    request, shelf, tables, data = attempt.request, attempt.shelf, attempt.tables, aside / "data"
    made = write_tables(request, tables, data)
    attempt.step("tables")
    made += write_quality(request, tables, data)
    attempt.step("quality")
    differences = attempt.previous.differences(request.schemas, tables)
    counts = {name: item.counts for name, item in differences.items()}
    why = [versioning.FIRST_REASON]
    if attempt.previous.document is not None:
        why = versioning.reasons(attempt.previous.document, descriptor(request, versioning.FIRST, made, {}), counts)
    if not why:
        version = str(shelf.current)
        return Unchanged(shelf.package, version, shelf.folder / version)
    ingredients = ingredients_of(request)
    differences = attempt.previous.explained(differences, request.schemas, tables, ingredients, attempt.across)
    released = [item["version"] for item in shelf.published]
    version = versioning.number(released[-1], why) if released else versioning.FIRST
    made += write_changes(differences, data)
    page = changes_page(request.package.title, shelf.current, version, why, differences)
    (data / "CHANGES.md").write_text(page, encoding="utf-8", newline="")
    attempt.step("changes")
    own = {
        "parent_version": released[-1] if released else None,
        "compared_with": shelf.current,
        "schema_version": f"{version.split('.')[0]}-{ingredients.schema[:12]}",
        "reasons": [{"level": item.level.name, "fr": item.fr, "en": item.en} for item in why],
        "changes": {
            name: {"added": item.added, "removed": item.removed, "changed": item.changed, "fields": item.fields}
            for name, item in counts.items()
        },
        "ingredients": ingredients.document(),
        "steps": {place: list(words) for place, words in request.steps.items()},
    }
    document = descriptor(request, version, made, own)
    (data / "datapackage.json").write_text(to_json(document), encoding="utf-8", newline="")
    (data / "README.md").write_text(readme(document), encoding="utf-8", newline="")
    attempt.step("described")
    _check_complete(data, list(tables), made)
    _commit(attempt, version, aside, made)
    warnings = (*request.warnings, *((UNSIGNED,) if attempt.key is None else ()))
    reasons = tuple(f"{item.level.name}: {item.en}" for item in why)
    rows = {name: table.num_rows for name, table in tables.items()}
    return Published(shelf.package, version, reasons, shelf.folder / version, rows, attempt.key is not None, warnings)


def _commit(attempt: _Attempt, version: str, aside: Path, made: Sequence[FileMade]) -> None:
    """Seal, show, record. The rename is the commit; `settle` can redo what follows it."""
    releases, package, key = attempt.shelf.releases, attempt.shelf.package, attempt.key
    with ledger_lock(releases):
        shelf = Shelf.read(releases, package)
        for line in pending(releases, shelf.ledger):
            shelf = replace(shelf, ledger=shelf.ledger.append([line]))
        last = shelf.published[-1] if shelf.published else None
        created = instant(attempt.request.created)
        told = {
            "Bagging-Date": created[:10],
            "External-Identifier": f"{package}/{version}",
            "Arobase-Package": package,
            "Arobase-Version": version,
            "Arobase-Created": created,
            "Arobase-Parent": last["tagmanifest"] if last else "none",
            "Arobase-Ledger-Sequence": str(len(shelf.ledger.lines)),
            "Arobase-Ledger-Previous": shelf.ledger.head,
            "Arobase-Signer": key.fingerprint if key else "none",
        }
        tagmanifest = seal(aside, told, {f"data/{item.path}": item.sha256 for item in made}, key)
        shelf.begin(version)
        attempt.step("sealed")
        reveal(aside, shelf.folder / version)
        attempt.step("revealed")
        line = shelf.ledger.next_line("published", published_facts(told, tagmanifest))
        shelf = replace(shelf, ledger=shelf.ledger.append([line]))
        attempt.step("recorded")
        shelf.write_indexes()
        attempt.step("indexed")
        shelf.end()


def ingredients_of(request: ReleaseRequest) -> Ingredients:
    """What the tables of a request are a function of."""
    siblings = set(request.schemas)
    schemas = {name: plain_schema(schema, siblings) for name, schema in request.schemas.items()}
    digest = sha256_bytes(json.dumps(schemas, sort_keys=True, ensure_ascii=False).encode())
    snapshots = sorted((item.name, one.part, one.sha256) for item in request.sources for one in item.snapshots)
    return Ingredients(request.code, digest, request.corrections, request.redactions, tuple(snapshots))


def _check_complete(data: Path, tables: list[str], made: list[FileMade]) -> None:
    """What stands aside is what was declared, with the sizes that were counted. Raises `ReleaseDamaged`."""
    found = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    if found != declared_files(tables):
        raise ReleaseDamaged(file="data/", found=", ".join(found), expected=", ".join(declared_files(tables)))
    for item in made:
        size = (data / item.path).stat().st_size
        if size != item.bytes:
            raise ReleaseDamaged(file=item.path, found=str(size), expected=str(item.bytes))


def _refuse(shelf: Shelf, refusals: tuple[Warned, ...], request: ReleaseRequest, at: str) -> Refused:
    """Keep a failed attempt and its reasons. The same attempt again is the same record, kept once."""
    told = {
        "package": shelf.package,
        "result": "refused",
        "created": instant(request.created),
        "current": shelf.current,
        "ingredients": ingredients_of(request).document(),
        "reasons": [{"fr": item.fr, "en": item.en} for item in refusals],
    }
    digest = sha256_bytes(to_json(told).encode())
    record = shelf.folder / REFUSALS / f"{digest[:16]}.json"
    with ledger_lock(shelf.releases):
        shelf = Shelf.read(shelf.releases, shelf.package)
        last = (shelf.ledger.of(shelf.package) or [{}])[-1]
        if last.get("record") != digest:
            write_text(record, to_json(told))
            facts = {"package": shelf.package, "record": digest, "created": told["created"], "at": at}
            shelf.ledger.append([shelf.ledger.next_line("refused", facts)])
    return Refused(shelf.package, refusals, record)
