"""What the benchmark of the validator writes down: figures with their machine and its load, and pages that agree."""

from __future__ import annotations

import json
import subprocess
import venv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.validation import pages, run
from benchmarks.validation.chart import chart, shapes_chart
from benchmarks.validation.shape_contestants import CONTESTANTS, arobase, frictionless
from benchmarks.validation.shapes import DIALECTS, SHAPES, Shape

ROOT = Path(__file__).resolve().parents[2]
FIGURES: dict[str, Any] = {"wall": 1.0, "cpu": 1.0, "peak_mb": 1, "errors": 0}


def entry(load: float, **machine: Any) -> dict[str, Any]:
    return {**FIGURES, "load": load, "machine": {"cpu": "invented", "cores": 2, **machine}}


def test_the_load_says_whether_the_machine_was_at_rest() -> None:
    quiet, busy = entry(0.1 + 0.2), entry(2.7)
    assert (
        run.load({"a": quiet}) == "Load of the machine when each ended: 0.3 to 0.3; no more at work than its cores.\n"
    )
    assert "0.3 to 2.7; others worked on it" in run.load({"a": quiet, "b": busy})
    assert run.load({"a": {"failed": "x", "machine": {}}}) == ""


def test_figures_keep_the_machine_that_they_were_measured_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        monkeypatch.setattr(run, "machine", lambda name=name: {"cpu": name, "cores": 2})
        run.record(tmp_path, {"a file": {f"arobase-{name}": {**FIGURES, "load": 1.0}}})
    found = json.loads((tmp_path / "validation.json").read_text())["files"]["a file"]
    assert [figures["machine"]["cpu"] for figures in found.values()] == ["one", "two"]
    assert "Measured on: cpu one, cores 2; cpu two, cores 2." in (tmp_path / "validation.md").read_text()


def test_an_environment_that_does_not_install_is_told_and_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(venv, "create", lambda place, with_pip: Path(place).mkdir())
    done = [subprocess.CompletedProcess([], 1), subprocess.CompletedProcess([], 0)]
    monkeypatch.setattr(subprocess, "run", lambda *words, **more: done.pop(0))
    assert list(run.environments(tmp_path)) == ["validata-table"]
    assert "not run, peers.txt did not install: polars, dataframely" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["peers-validata"]


def test_the_results_that_are_kept_are_those_of_the_page() -> None:
    results = ROOT / "benchmarks" / "validation" / "results"
    about = json.loads((results / "validation.json").read_text())
    assert (results / "validation.md").read_text() == run.as_markdown(about)


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_shows_the_figures_that_are_kept(name: str) -> None:
    about = json.loads((ROOT / "benchmarks" / "validation" / "results" / "validation.json").read_text())
    text = (ROOT / name).read_text()
    assert text == pages.page(name, text, about)


def test_a_shape_takes_the_place_of_what_was_measured_over_other_rows(tmp_path: Path) -> None:
    run.record(tmp_path, {"5 rows of a": {"arobase": entry(1.0)}, "5 rows of b": {"arobase": entry(1.0)}})
    about = run.record(tmp_path, {"9 rows of a": {"arobase": entry(1.0)}, "a, all bad": {"arobase": entry(1.0)}})
    assert list(about["files"]) == ["9 rows of a", "5 rows of b", "a, all bad"]


def test_the_chart_that_is_kept_is_that_of_the_figures() -> None:
    results = ROOT / "benchmarks" / "validation" / "results"
    title, figures = next(iter(json.loads((results / "validation.json").read_text())["files"].items()))
    assert (results / "validation.svg").read_text() == chart(figures, title)


def test_the_chart_of_shapes_shows_each_that_was_measured_beside_frictionless() -> None:
    results = ROOT / "benchmarks" / "validation" / "results"
    by_shape = run.of_shapes(json.loads((results / "validation.json").read_text()))
    assert (results / "shapes.svg").read_text() == shapes_chart(by_shape)
    tours = (ROOT / "docs" / "tours.md").read_text()
    assert "(../benchmarks/validation/results/shapes.svg)" in tours
    assert [title for title in by_shape if f"| {title} | arobase |" not in tours] == []


def test_the_readme_shows_every_shape_and_every_dialect() -> None:
    about = json.loads((ROOT / "benchmarks" / "validation" / "results" / "validation.json").read_text())
    page = (ROOT / "README.md").read_text()
    assert "(benchmarks/validation/results/shapes.svg)" in page
    for shape in (*SHAPES, *DIALECTS):
        titles = [title for title in run.of_shapes(about) if title.endswith(f"{run.ROWS_OF}{shape.title}")]
        assert [f"| {title} | " in page for title in titles] == [True], shape.title


@pytest.mark.parametrize("shape", [*SHAPES, *DIALECTS], ids=lambda shape: shape.name)
def test_every_shape_is_what_frictionless_says_of_it(shape: Shape, tmp_path: Path) -> None:
    if shape.name == "wide":
        shape = replace(shape, fields=shape.fields[:30], row=lambda number, rng: [str(number)] * 30, wrong=[(1, "x")])
    for share in (0.0, 0.5 if shape.wrong else 0.0):
        path = shape.write(tmp_path, 12, share)
        assert arobase(shape)(path) == frictionless(shape)(path)
        assert (arobase(shape)(path)[1] > 0) is bool(share)


@pytest.mark.parametrize("name", ["floor", "duckdb"])
@pytest.mark.parametrize("shape", DIALECTS, ids=lambda shape: shape.name)
def test_a_contestant_reads_every_dialect(shape: Shape, name: str, tmp_path: Path) -> None:
    assert CONTESTANTS[name](shape)(shape.write(tmp_path, 12)) == (12, 0)
