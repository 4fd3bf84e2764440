"""One changed source of many through the whole pipeline: what it costs beside the first run.

`python -m benchmarks.sources.many [SOURCES] [ROWS]` (default 300 sources of 200 rows, all filling one table) writes
`many.md` beside this file: processor seconds of the first run, of a run where nothing changed, of one where one source
changed, and of that source alone as its partition in Dagster goes: collected, read, validated, normalised.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.core.project import Project
from pipelines.pipeline.collect import make_snapshot
from pipelines.pipeline.graph import BuildGraph
from pipelines.pipeline.run import run
from tests.pipeline.builders import NOW, a_part, a_small_project, a_source, rewrite

HERE = Path(__file__).parent


def towns(source: int, rows: int, mark: str = "") -> str:
    lines = (
        f"{source:03d}{row:04d},Ville {source} {row}{mark},{row % 5 + 1},c{row}@example.org" for row in range(rows)
    )
    return "code,nom,niveau,courriel\n" + "\n".join(lines) + "\n"


def a_project_of(folder: Path, sources: int, rows: int) -> Project:
    """The tests' small project, its towns coming from many sources."""
    folder.mkdir()
    project = a_small_project(folder)
    (project.sources / "villes.yaml").unlink()
    fields = {"code": "code", "nom": "nom", "niveau": "niveau"}
    for number in range(sources):
        a_source(project, f"villes-{number:03d}", towns(number, rows), parts=a_part("villes", "villes/villes", fields))
    rewrite(project, "actions", "id,ville,titre\na1,0000001,Ateliers\n")
    return project


def spent(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main(sources: int, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = a_project_of(Path(folder) / "projet", sources, rows)
        first = spent(lambda: run(project, now=NOW))
        same = spent(lambda: run(project, now=NOW))
        rewrite(project, "villes-001", towns(1, rows, " bis"))

        graph = BuildGraph(project)

        def alone() -> None:
            make_snapshot(project, graph.sources["villes-001"], now=NOW)
            graph.records("villes-001")

        described = spent(lambda: BuildGraph(project))
        partition = spent(alone)
        after = spent(lambda: run(project, now=NOW))
    shown = [
        ("first run", first),
        ("nothing changed", same),
        ("one source changed, its partition", partition),
        ("reading all descriptions (once a process)", described),
        ("one source changed, tables to catalogue", after),
    ]
    lines = [f"# One changed source of {sources}, {rows} rows each, all of one table", ""]
    lines += ["| | CPU s | of the first run |", "|---|---|---|"]
    lines += [f"| {name} | {seconds:.2f} | {seconds / first:.1%} |" for name, seconds in shown]
    (HERE / "many.md").write_text("\n".join([*lines, ""]), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    main(*given, *(300, 200)[len(given) :])
