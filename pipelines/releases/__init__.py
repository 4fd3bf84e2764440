"""Releases that prove themselves: versions, canonical files, changes and their causes, signature, ledger, proof.

Belongs here: everything between the tables of a package and its immutable version, and what is asked of it later.
Does not: making the tables (`tables/`, `pipeline/`), nor showing versions to people and machines (`catalogue/`).
"""

from pipelines.releases.publish import publish
from pipelines.releases.request import (
    Outcome,
    Published,
    Refused,
    ReleaseRequest,
    SnapshotUsed,
    SourceUsed,
    Unchanged,
    Warned,
)

__all__ = [
    "Outcome",
    "Published",
    "Refused",
    "ReleaseRequest",
    "SnapshotUsed",
    "SourceUsed",
    "Unchanged",
    "Warned",
    "publish",
]
