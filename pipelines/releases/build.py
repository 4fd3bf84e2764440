"""Building: the files of a version, written aside, from a request and the version before.

Belongs here: everything that decides the bytes of a release, for `publish.py` and for `rebuild.py` alike. Does not:
showing them to anybody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from pipelines.releases import versioning
from pipelines.releases.bag import seal
from pipelines.releases.canonical import canonical
from pipelines.releases.causes import Across, Ingredients, unexplained
from pipelines.releases.changes import changes_page, write_changes
from pipelines.releases.descriptor import FileMade, descriptor, instant, plain_schema, to_json
from pipelines.releases.diff import naming_withheld
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.files import declared_files, published_tables, write_quality, write_tables
from pipelines.releases.ledger import Ledger
from pipelines.releases.previous import Previous
from pipelines.releases.readme import readme
from pipelines.releases.request import ReleaseRequest
from pipelines.releases.signature import SigningKey
from pipelines.releases.store import ReleaseStore, published_facts
from pipelines.releases.versioning import Reason
from pipelines.storage import sha256_bytes, sync_files

Step = Callable[[str], None]


@dataclass(frozen=True)
class Attempt:
    """One version under way; `tables` are canonical. `step` is called with the name of each step once it is done."""

    request: ReleaseRequest
    previous: Previous
    tables: Mapping[str, pa.Table]
    across: Across | None
    step: Step

    @property
    def store(self) -> ReleaseStore:
        return self.previous.store


@dataclass(frozen=True)
class Built:
    """What was written aside."""

    version: str
    reasons: tuple[Reason, ...]
    files: tuple[FileMade, ...]
    unexplained: Mapping[str, int] = field(default_factory=dict)
    """By "table" or "table.field": how many changes have no cause."""


def canonical_tables(request: ReleaseRequest, previous: Previous) -> dict[str, pa.Table]:
    """The tables of a request that its package declares, in its order and in their one form, without the counts that
    the version before would help to find."""
    from pipelines.privacy import suppress_across

    found = {}
    for item in request.package.tables:
        if item.name not in request.tables:
            continue
        table = canonical(request.tables[item.name], request.schemas[item.name])
        if item.protect is not None and item.name in previous.tables:
            table = suppress_across(previous.table(item.name), table, item.protect)
        found[item.name] = table
    return found


def build(attempt: Attempt, aside: Path) -> Built | None:
    """Write the payload of the next version under `aside`/data; none when nothing differs from the one before."""
    request, store, tables, data = attempt.request, attempt.store, attempt.tables, aside / "data"
    with ThreadPoolExecutor(2) as beside:  # what differs is looked for while the tables are written
        differing = beside.submit(attempt.previous.differences, request.schemas, tables)
        made = write_tables(request, tables, data)
        attempt.step("tables")
        # `reveal` flushes every file: the disk begins now with those that are large.
        flushing = beside.submit(sync_files, [data / item.path for item in made])
        made += write_quality(request, tables, data)
        attempt.step("quality")
        differences = {
            name: naming_withheld(item, request.withheld[name].keys if name in request.withheld else ())
            for name, item in differing.result().items()
        }
        flushing.result()
    counts = {name: item.counts for name, item in differences.items()}
    why = [versioning.FIRST_REASON]
    if attempt.previous.document is not None:
        why = versioning.reasons(attempt.previous.document, descriptor(request, versioning.FIRST, made, {}), counts)
    if not why:
        return None
    ingredients = ingredients_of(request)
    differences = attempt.previous.explained(differences, request.schemas, tables, ingredients, attempt.across)
    released = [item["version"] for item in store.published]
    version = versioning.number(released[-1], why) if released else versioning.FIRST
    made += write_changes(differences, data)
    corrections = attempt.previous.corrections(differences, request.schemas, tables)
    page = changes_page(request.package.title, store.current, version, why, differences, corrections=corrections)
    (data / "CHANGES.md").write_text(page, encoding="utf-8", newline="")
    attempt.step("changes")
    own = {
        "parent_version": released[-1] if released else None,
        "compared_with": store.current,
        "schema_version": f"{version.split('.')[0]}-{ingredients.schema[:12]}",
        "reasons": [{"level": item.level.name, "fr": item.fr, "en": item.en} for item in why],
        "changes": {name: item.document() for name, item in counts.items()},
        "ingredients": ingredients.document(),
        "steps": {place: [step.text for step in taken] for place, taken in sorted(request.steps.items())},
    }
    if withheld := request.withheld_document():
        own["withheld"] = withheld
    document = descriptor(request, version, made, own)
    (data / "datapackage.json").write_text(to_json(document), encoding="utf-8", newline="")
    (data / "README.md").write_text(readme(document), encoding="utf-8", newline="")
    attempt.step("described")
    _check_complete(data, declared_files(published_tables(request, tables)), made)
    return Built(version, tuple(why), tuple(made), unexplained(differences))


def seal_built(
    attempt: Attempt, built: Built, aside: Path, ledger: Ledger, *, key: SigningKey | None, signer: str
) -> str:
    """Make a bag of what was built, to be recorded next in `ledger`; returns the ledger's line.

    `signer`: the fingerprint of `key`, or "none".
    """
    package = attempt.store.package
    released = ledger.of(package, "published")
    created = instant(attempt.request.created)
    info = {
        "Bagging-Date": created[:10],
        "External-Identifier": f"{package}/{built.version}",
        "Arobase-Package": package,
        "Arobase-Version": built.version,
        "Arobase-Created": created,
        "Arobase-Parent": released[-1]["tagmanifest"] if released else "none",
        "Arobase-Ledger-Sequence": str(len(ledger.lines)),
        "Arobase-Ledger-Previous": ledger.head,
        "Arobase-Signer": signer,
    }
    tagmanifest = seal(aside, info, {f"data/{item.path}": item.sha256 for item in built.files}, key)
    return ledger.next_line("published", published_facts(info, tagmanifest))


def ingredients_of(request: ReleaseRequest) -> Ingredients:
    """What the tables of a request are a function of."""
    siblings = set(request.schemas)
    schemas = {name: plain_schema(schema, siblings) for name, schema in request.schemas.items()}
    digest = sha256_bytes(json.dumps(schemas, sort_keys=True, ensure_ascii=False).encode())
    snapshots = sorted((item.name, one.part, one.sha256) for item in request.sources for one in item.snapshots)
    return Ingredients(request.code, digest, request.corrections, request.redactions, tuple(snapshots))


def _check_complete(data: Path, declared: list[str], made: Sequence[FileMade]) -> None:
    """What is aside is what was declared, with the sizes that were counted. Raises `ReleaseDamaged`."""
    found = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    if found != declared:
        raise ReleaseDamaged(file="data/", found=", ".join(found), expected=", ".join(declared))
    for item in made:
        size = (data / item.path).stat().st_size
        if size != item.bytes:
            raise ReleaseDamaged(file=item.path, found=str(size), expected=str(item.bytes))
