"""Many sources, and one large one: limits held, memory bounded, speed near that of a bare loop."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.sources import Capture, Source, collect_many, load_sources
from tests.sources.builders import MORNING, a_description, a_project
from tests.sources.server import Reply, Request, serving

ROOT = Path(__file__).parents[2]


def test_three_hundred_sources_at_once_stay_within_the_limits_of_their_host(tmp_path: Path) -> None:
    versions = {"source-007": 1}

    def answer(request: Request) -> Reply:
        name = request.path.removeprefix("/")
        tag = f'"{versions.get(name, 0)}"'
        if request.headers.get("if-none-match") == tag:
            return Reply(b"", 304)
        return Reply(f"a,b\n{name},{versions.get(name, 0)}\n".encode() * 500, headers={"ETag": tag}, delay=0.002)

    project, before = a_project(tmp_path), peak_memory()
    names = [f"source-{number:03d}" for number in range(300)]
    with serving(**dict.fromkeys(names, answer)) as server:
        for name in names:
            described = a_description(
                name=name, address=f"{server.url}/{name}", parameters={"allow_private": True, "at_once": 3}
            )
            (project.sources / f"{name}.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
        sources = load_sources(project)
        first = by_name(collect_many(project, sources.values(), now=lambda: MORNING, workers=32))
        versions["source-007"] = 2
        second = by_name(collect_many(project, sources.values(), now=lambda: datetime.now(UTC), workers=32))
    assert len(first) == 300
    assert all(isinstance(capture, Capture) and capture.changed for capture in first.values())
    changed = [name for name, capture in second.items() if isinstance(capture, Capture) and capture.changed]
    assert changed == ["source-007"]
    assert server.most_at_once <= 3
    assert peak_memory() - before < 200_000_000


def test_one_changed_source_of_three_hundred_costs_little_of_the_whole(tmp_path: Path) -> None:
    """Asking for one source again, against asking for all: what a partition costs when only it changed."""
    project = a_project(tmp_path)
    names = [f"source-{number:03d}" for number in range(300)]
    with serving(**dict.fromkeys(names, Reply(b"a,b\n1,2\n" * 500))) as server:
        for name in names:
            described = a_description(name=name, address=f"{server.url}/{name}", parameters={"allow_private": True})
            (project.sources / f"{name}.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
        sources = load_sources(project)
        whole = spent(lambda: list(collect_many(project, sources.values(), now=lambda: MORNING)))
        server.routes["/source-007"] = Reply(b"a,b\n3,4\n" * 500)
        one = [
            spent(lambda: list(collect_many(project, [sources["source-007"]], now=lambda: MORNING))) for _ in range(3)
        ]
    assert min(one) < 0.03 * whole


def peak_memory() -> int:
    """The most that this process ever took, in bytes: pytest and its plugins have their part in it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def by_name(found: Iterator[tuple[Source, Any]]) -> dict[str, Any]:
    return {source.name: capture for source, capture in found}


def spent(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@contextmanager
def a_dossier_server(count: int) -> Iterator[str]:
    """The address of a démarche of that many dossiers, served by a process of its own."""
    command = [sys.executable, "-m", "tests.sources.dossier_server", str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/graphql"
        finally:
            server.terminate()


def crawled(kind: str, url: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.sources.crawl_once", kind, url, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_crawl_gives_every_dossier_that_a_bare_loop_gives(tmp_path: Path) -> None:
    with a_dossier_server(1050) as url:
        assert crawled("bare", url, tmp_path)["dossiers"] == 1050
        assert crawled("connector", url, tmp_path)["dossiers"] == 1050


@pytest.mark.heavy
def test_a_hundred_thousand_dossiers_come_whole_in_bounded_memory(tmp_path: Path) -> None:
    """How fast, beside a bare loop, is measured by `python -m benchmarks.sources.crawl`."""
    with a_dossier_server(100_000) as url:
        crawl = crawled("connector", url, tmp_path)
    assert crawl["dossiers"] == 100_000
    assert crawl["memory"] < 150_000_000
