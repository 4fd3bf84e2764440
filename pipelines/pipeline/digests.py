"""The digests that Arobase writes itself, of which it knows what they are of: ingredients, bags, lines of the ledger.

Belongs here: listing them for the gate, which else takes each for what may be somebody's hashed address. Does not:
making them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.core.project import Project
from pipelines.releases import ReleaseRequest
from pipelines.releases.build import ingredients_of
from pipelines.releases.ledger import START, Ledger, ledger_beside


def of_release(project: Project, request: ReleaseRequest) -> Iterator[str]:
    """Those that a version of this request holds."""
    made_from = ingredients_of(request)
    yield from (made_from.code, made_from.schema, made_from.correction, made_from.redaction)
    yield from (digest for _, _, digest in made_from.snapshots)
    yield from of_ledger(project)


def of_ledger(project: Project) -> Iterator[str]:
    """Those of the versions that were published, and of the ledger's last line. Raises `LedgerBroken`."""
    ledger = Ledger.read(ledger_beside(project.releases))
    yield from (START, ledger.head)
    for entry in ledger.entries:
        yield from (entry["previous"], entry.get("tagmanifest", START))
