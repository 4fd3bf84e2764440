"""Replay: a source's rejected records validated again, after the mapping, the code lists or the corrections changed.

Belongs here: comparing what was refused before with what is refused now. Does not: fixing anything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.core.project import Project
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.private_lock import nothing_deleted
from pipelines.pipeline.records import REJECTS, RecordsResult

Place = tuple[str, str, int, str]
"""A record refused for a table: snapshot, part, position, table."""


@dataclass(frozen=True)
class Replayed:
    """Records by what became of them, each with the rules that refuse it (before, for those that came back)."""

    came_back: dict[Place, tuple[str, ...]]
    still_refused: dict[Place, tuple[str, ...]]
    newly_refused: dict[Place, tuple[str, ...]]
    result: RecordsResult

    def by_rule(self, places: dict[Place, tuple[str, ...]]) -> dict[str, int]:
        """How many records each rule refuses, most first."""
        return dict(Counter(rule for rules in places.values() for rule in rules).most_common())


def replay(project: Project, source: str) -> Replayed:
    """Validate a source's last capture again and compare the result with the last time. Asks no source, publishes
    nothing.

    Raises what making the records raises, and `Busy`. Without an earlier result, everything refused is newly refused.
    """
    with nothing_deleted(project):
        before = _last_rejects(project, source)
        result = BuildGraph(project).records(source)
        now = _places(result.rejects)
    same_capture = {place: rules for place, rules in before.items() if place[0] in _snapshots(result, now)}
    return Replayed(
        came_back={place: rules for place, rules in same_capture.items() if place not in now},
        still_refused={place: rules for place, rules in now.items() if place in before},
        newly_refused={place: rules for place, rules in now.items() if place not in before},
        result=result,
    )


def _last_rejects(project: Project, source: str) -> dict[Place, tuple[str, ...]]:
    """What the result that was used last refused, whatever it was made from."""
    base = project.work / "records" / source
    found = base.glob(f"[!.]*/{REJECTS}") if base.is_dir() else []
    kept = sorted(found, key=lambda path: path.parent.stat().st_mtime_ns)
    return _places(pq.read_table(kept[-1])) if kept else {}


def _places(rejects: pa.Table) -> dict[Place, tuple[str, ...]]:
    found: dict[Place, list[str]] = {}
    columns = [rejects.column(name).to_pylist() for name in ("snapshot", "part", "position", "table", "regle")]
    for snapshot, part, position, table, rule in zip(*columns, strict=True):
        rules = found.setdefault((snapshot, part, position, table), [])
        if rule not in rules:
            rules.append(rule)
    return {place: tuple(rules) for place, rules in found.items()}


def _snapshots(result: RecordsResult, now: dict[Place, tuple[str, ...]]) -> set[str]:
    """The snapshots that the result was made from: a record of another one did not come back, it is gone."""
    return set(result.summary["snapshots"]) | {place[0] for place in now}
