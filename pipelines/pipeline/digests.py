"""The digests that Arobase writes itself, of which it knows what they are of: ingredients, bags, lines of the ledger.

Belongs here: listing them for the gate, which else takes each for what may be somebody's hashed address. Does not:
making them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.project import Project
from pipelines.releases import ReleaseRequest
from pipelines.releases.bag import MANIFEST, TAGMANIFEST, read_manifest
from pipelines.releases.build import ingredients_of
from pipelines.releases.causes import Ingredients
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.ledger import START, Ledger, ledger_beside
from pipelines.releases.store import ReleaseStore


def of_release(project: Project, request: ReleaseRequest) -> Iterator[str]:
    """Those that a version of this request holds."""
    yield from _of(ingredients_of(request))
    yield from of_ledger(project)


def of_pages(project: Project) -> Iterator[str]:
    """Those that pages of the catalogue show: of the ledger, and of each version its files and what it was made from.

    Raises `LedgerBroken`, and `ReleaseDamaged` where a version's own files are.
    """
    ledger = Ledger.read(ledger_beside(project.releases))
    yield from _of_entries(ledger)
    for name in sorted({entry["package"] for entry in ledger.entries if "package" in entry}):
        store = ReleaseStore(project.releases, name, ledger)
        for release in map(store.path, store.versions):
            for manifest in (MANIFEST, TAGMANIFEST):
                yield from read_manifest(release / manifest).values()
            yield from _of(Ingredients.parse(read_descriptor(release / "data")["arobase"]["ingredients"]))


def of_ledger(project: Project) -> Iterator[str]:
    """Those of the versions that were published, and of the ledger's last line. Raises `LedgerBroken`."""
    yield from _of_entries(Ledger.read(ledger_beside(project.releases)))


def _of(made_from: Ingredients) -> Iterator[str]:
    yield from (made_from.code, made_from.schema, made_from.correction, made_from.redaction)
    yield from (digest for _, _, digest in made_from.snapshots)


def _of_entries(ledger: Ledger) -> Iterator[str]:
    yield from (START, ledger.head)
    for entry in ledger.entries:
        yield from (entry["previous"], entry.get("tagmanifest", START))
