"""The build graph of a run: every asset of a run makes its own result in the same one.

The descriptions of a project are read once a run, so that one run works on one reading of them; what an asset made is
known to those after it, and is not looked for again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.core.project import Project
from pipelines.orchestration.wording import failure
from pipelines.pipeline.errors import DeletedMeanwhile
from pipelines.storage.shared_names import DELETIONS

if TYPE_CHECKING:
    from pipelines.pipeline.graph import BuildGraph


def graph_of(context: dg.AssetExecutionContext, project: Project, *, again: bool = False) -> BuildGraph:
    """The graph of the run: it makes nothing but what an asset says that it is making.

    `again`: another machine wrote meanwhile, so that everything is read again. What the gate found clean is so still:
    it is known by its bytes, and forgotten by the gate itself where other values are looked for. Fails in words where
    personal values were deleted since the run's first step: what the run had made is gone too.
    """
    graph, deletions = _graph(project, context.run.run_id)
    if again:
        _graph.cache_clear()
        seen = graph.seen
        graph, deletions = _graph(project, context.run.run_id)
        graph.seen = seen
    if deletions != _deletions(project):
        raise failure(DeletedMeanwhile())
    return graph


@lru_cache(maxsize=1)
def _graph(project: Project, _run: str) -> tuple[BuildGraph, bytes]:
    """The graph, and the log of deletions as it was when the graph was new."""
    from pipelines.pipeline.graph import BuildGraph

    return BuildGraph(project, makes_all=False), _deletions(project)


def _deletions(project: Project) -> bytes:
    path = project.outputs / DELETIONS
    return path.read_bytes() if path.is_file() else b""
