"""Retraction: a release's files go, a tombstone with the reason and the date stays, the ledger records it.

Belongs here: taking a version away. Does not: publishing the one that replaces it.
The order is: the tombstone appears (that is the commit), the files go, the ledger, the indexes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipelines.releases.descriptor import instant, to_json
from pipelines.releases.store import TOMBSTONES, ReleaseStore, bury, ledger_lock, pending, settle, sweep_package
from pipelines.storage import lock, write_text

STEPS = ("begun", "tombstone", "buried", "recorded", "indexed")


def to_retract(releases: Path, package: str, version: str) -> Path:
    """The folder that a retraction would delete; nothing is written, also where a publication is still to be ended.

    Raises `NoSuchRelease`, `RetractedRelease`, `LedgerBroken`.
    """
    shelf = ReleaseStore.read(releases, package)
    known = replace(shelf.ledger, lines=(*shelf.ledger.lines, *pending(releases, shelf.ledger)))
    return replace(shelf, ledger=known).path(version)


def retract(
    releases: Path,
    package: str,
    version: str,
    reason: str,
    *,
    now: datetime,
    step: Callable[[str], None] = lambda name: None,
) -> Path:
    """Retract a version; returns its tombstone. `now` is the time of the retraction, given by the caller.

    The reason is published: it must hold no personal data. Raises `Busy`, `NoSuchRelease`, `LedgerBroken`, `OSError`,
    and `RetractedRelease` when it is done already.
    """
    folder = releases / package
    with lock(folder / ".lock"):
        sweep_package(folder)
        settle(releases)
        with ledger_lock(releases):
            shelf = ReleaseStore.read(releases, package).caught_up()
            release = shelf.path(version)
            entry = next(item for item in shelf.published if item["version"] == version)
            facts = {"package": package, "version": version, "reason": reason, "at": instant(now)}
            line = shelf.ledger.next_line("retracted", {**facts, "tagmanifest": entry["tagmanifest"]})
            shelf.begin(version)
            step("begun")
            tombstone = folder / TOMBSTONES / f"{version}.json"
            write_text(tombstone, to_json({**facts, "tagmanifest": entry["tagmanifest"], "line": line}))
            step("tombstone")
            bury(release)
            step("buried")
            shelf = replace(shelf, ledger=shelf.ledger.append([line]))
            step("recorded")
            shelf.write_indexes()
            step("indexed")
            shelf.end()
    return tombstone
