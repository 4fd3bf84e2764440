"""Confirming what was proposed: somebody has read it, and the file says so.

Belongs here: finding and confirming proposals. Does not: refusing to publish them, which the build graph does.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from pipelines.core.project import Project
from pipelines.mapping import check_mapping
from pipelines.schema import load_packages
from pipelines.sources import load_sources
from pipelines.starter.errors import NothingProposed
from pipelines.storage import write_text
from pipelines.storage.faults import StorageFault

OPEN = re.compile(r'("confirmed"\s*:\s*)null')
STEPS = re.compile(r"<!-- to confirm -->.*?<!-- /to confirm -->\n?", re.DOTALL)


def pending(project: Project) -> list[Path]:
    """The table schemas whose proposals nobody has confirmed, in alphabetical order."""
    return sorted(
        project.schemas / package / f"{table.name}.json"
        for package, described in load_packages(project.schemas).items()
        for table in described.tables
        if described.schema(table.name).is_proposed
    )


def accept(project: Project, today: date) -> list[Path]:
    """Write into each proposal that it is confirmed, and return their files; the sources' mappings are checked first.

    Raises `NothingProposed`, and what a wrong schema, source or mapping raises: then nothing is confirmed.
    """
    waiting = pending(project)
    if not waiting:
        raise NothingProposed(folder=project.root)
    _check_sources(project, {f"{path.parent.name}/{path.stem}" for path in waiting})
    for path in waiting:
        confirmed = rf'\g<1>"{today.isoformat()}",\n    "confirmed_by": "arobase init --accept"'
        text = OPEN.sub(confirmed, path.read_text(encoding="utf-8"), count=1)
        json.loads(text)  # what was a JSON document still is one
        write_text(path, text)
    _conclude(project.root / "README.md", today)
    return waiting


def _check_sources(project: Project, tables: set[str]) -> None:
    """Raises what is wrong with a source that fills one of the tables; of one that cannot be read, its text decides."""
    sources = load_sources(project)
    for error in sources.errors:
        if isinstance(error, StorageFault):
            raise error  # nobody knows what it fills
        text = (project.root / str(error.facts["file"])).read_text(encoding="utf-8", errors="replace")
        if any(table in text for table in tables):
            raise error
    for source in sources.values():
        if tables.intersection(source.tables):
            check_mapping(source, project)


def _conclude(readme: Path, today: date) -> None:
    """Let the page that `arobase init` wrote no longer ask for what was done; a page rewritten since stays as it is."""
    if readme.is_file():
        text = readme.read_text(encoding="utf-8")
        line = f"Confirmé / confirmed: {today.isoformat()} (`arobase init --accept`).\n"
        if STEPS.search(text):
            write_text(readme, STEPS.sub(line, text, count=1))
