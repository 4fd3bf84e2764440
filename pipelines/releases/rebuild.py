"""Rebuilding: the same version made again from the kept snapshots, byte for byte, or what differs.

Belongs here: making the files aside and comparing them. Does not: reading snapshots, which the caller does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.releases.bag import INFO, MANIFEST, TAGMANIFEST, read_info, read_manifest
from pipelines.releases.build import Attempt, build, canonical_tables, ingredients_of, seal_built
from pipelines.releases.causes import ORDER, Across, Ingredients
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.ledger import Ledger
from pipelines.releases.limits import check
from pipelines.releases.previous import Previous
from pipelines.releases.request import ReleaseRequest
from pipelines.releases.store import ReleaseStore
from pipelines.storage import sha256_file

Remake = Callable[[Mapping[str, Any]], ReleaseRequest]
"""From the descriptor of a release, the request that it was made from: its snapshots, read by the code at hand."""


@dataclass(frozen=True)
class Rebuilt:
    """The outcome: files that differ, are missing or are new; ingredients at hand that are not the recorded ones."""

    package: str
    version: str
    differing: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    other_ingredients: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return not (self.differing or self.missing or self.added)


def rebuild(releases: Path, package: str, version: str, remake: Remake, *, across: Across | None = None) -> Rebuilt:
    """Make a version again in a temporary folder and compare every byte, but for the signature's file.

    Raises `NoSuchRelease`, `RetractedRelease`, `LedgerBroken`; `RetractedRelease` also when the version that it was
    compared with was retracted since, because its changes cannot then be computed again.
    """
    store = ReleaseStore.read(releases, package)
    release = store.path(version)
    document = read_descriptor(release / "data")
    compared = document["arobase"]["compared_with"]
    if compared is not None:
        store.path(compared)
    entry = next(item for item in store.published if item["version"] == version)
    ledger = Ledger(store.ledger.path, store.ledger.lines[: entry["seq"]])
    then = ReleaseStore(releases, package, ledger)
    request = remake(document)
    recorded, found = Ingredients.parse(document["arobase"]["ingredients"]), ingredients_of(request)
    others = tuple(name for name in ORDER if recorded.of(name) != found.of(name))
    previous = Previous.of(then)
    tables = canonical_tables(request, previous)
    warned = check(request, tables, previous.rows).warnings
    request = replace(request, warnings=(*request.warnings, *warned))
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / version
        attempt = Attempt(request, previous, tables, across, lambda name: None)
        built = build(attempt, aside)
        if built is None or built.version != version:
            return Rebuilt(package, version, ("data/datapackage.json",), (), (), others)
        seal_built(attempt, built, aside, ledger, key=None, signer=read_info(release)["Arobase-Signer"])
        return _compared(package, version, release, aside, others)


def _compared(package: str, version: str, release: Path, aside: Path, others: tuple[str, ...]) -> Rebuilt:
    old, new = read_manifest(release / MANIFEST), read_manifest(aside / MANIFEST)
    differing = sorted(name for name in old if name in new and sha256_file(release / name) != new[name])
    for name in (INFO, MANIFEST, TAGMANIFEST):
        if sha256_file(release / name) != sha256_file(aside / name):
            differing.append(name)
    missing = tuple(sorted(set(old) - set(new)))
    return Rebuilt(package, version, tuple(differing), missing, tuple(sorted(set(new) - set(old))), others)
