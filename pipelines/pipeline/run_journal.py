"""The journal of a run: what each step took, read and wrote, in `outputs/runs/<time>.json`.

Belongs here: noting and reading it. Does not: anything that a later run depends on; the folder may be deleted. A
journal holds names, counts, durations and codes of errors, never a value of a record nor the sentence of an error.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pipelines.core.logs import facts, logger
from pipelines.core.project import Project
from pipelines.pipeline.errors import JournalDamaged, NoSuchRun
from pipelines.storage import write_text

if TYPE_CHECKING:
    from pipelines.pipeline.run import Event, Run

KEPT = 200  # journals: about half a year of daily runs
EARLIER_STAGES = {"announce": "catalogue"}  # what journals of earlier code called the stages
_log = logger("run")


@dataclass
class RunJournal:
    """The journal of one run, noted step by step: the steps of a run follow each other, so that the time of one is the
    time since the one before."""

    started: datetime
    clock: float = field(default_factory=time.monotonic)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def note(self, event: Event) -> None:
        """Note a step, and log a line of it."""
        now = time.monotonic()
        step: dict[str, Any] = {"stage": event.stage, "name": event.name, "outcome": event.outcome}
        step |= {"seconds": round(now - self.clock, 3), **event.counts}
        if event.error is not None:
            step["error"] = event.error.code
        self.clock = now
        self.steps.append(step)
        values = {key: value for key, value in step.items() if key not in ("stage", "name")}
        level = _log.warning if event.outcome == "failed" else _log.info
        level("%s %s", event.stage, event.name, extra=facts(**values))

    def write(self, project: Project, done: Run, seconds: float) -> Path:
        """Write the journal, and forget the oldest."""
        folder = project.runs
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{self.started.astimezone(UTC):%Y%m%dT%H%M%S%f}Z.json"
        versions = {name: getattr(outcome, "version", None) for name, outcome in sorted(done.outcomes.items())}
        document = {
            "started": self.started.astimezone(UTC).isoformat(timespec="seconds"),
            "seconds": round(seconds, 3),
            "went_well": done.went_well,
            "packages": versions | dict.fromkeys(sorted(done.blocked)),
            "steps": self.steps,
        }
        write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        for old in sorted(folder.glob("*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return path


def find_journal(project: Project, name: str) -> tuple[str, Mapping[str, Any]]:
    """The journal called `name`, or the newest that can be read for "last". Raises `NoSuchRun`, `JournalDamaged`."""
    journals = read_journals(project)
    if name in damaged_journals(project):
        raise JournalDamaged(file=f"outputs/runs/{name}.json")
    found = journals[0] if name == "last" and journals else next((item for item in journals if item[0] == name), None)
    if found is None:
        raise NoSuchRun(name=name, known=", ".join(stem for stem, _ in journals[:5]) or "—")
    return found


def read_journals(project: Project) -> list[tuple[str, Mapping[str, Any]]]:
    """Every journal by the name of its file, the newest first; those of `damaged_journals` are left out."""
    found = ((path.stem, _journal(path)) for path in sorted(project.runs.glob("*.json"), reverse=True))
    return [(stem, document) for stem, document in found if document is not None]


def damaged_journals(project: Project) -> list[str]:
    """The names of those that were cut, or are not of the form that journals have, the newest first."""
    return [path.stem for path in sorted(project.runs.glob("*.json"), reverse=True) if _journal(path) is None]


class _Step(msgspec.Struct):
    """What every step of a journal has, beside its counts."""

    stage: str
    name: str
    outcome: str
    seconds: float


class _Journal(msgspec.Struct):
    """What every journal has; of later code it may have more."""

    started: datetime
    seconds: float
    went_well: bool
    packages: dict[str, str | None]
    steps: list[_Step]


def _journal(path: Path) -> dict[str, Any] | None:
    """A journal as it was written, its stages called as they are now; none when it is not one."""
    try:
        data = path.read_bytes()
        msgspec.json.decode(data, type=_Journal)
        document: dict[str, Any] = json.loads(data)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return None
    for step in document["steps"]:
        step["stage"] = EARLIER_STAGES.get(step["stage"], step["stage"])
    return document
