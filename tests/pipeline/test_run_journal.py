"""What a run did can be read afterwards, and while it runs: journals, `arobase runs`, lines of a log."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests import warm_start
from tests.pipeline.builders import a_small_project


def arobase(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "AROBASE_ROOT": str(root), "AROBASE_LANG": "en"}
    environment.pop("AROBASE_OUTPUTS", None)
    return warm_start.arobase(words, environment=environment)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    root = tmp_path_factory.mktemp("project")
    a_small_project(root)
    return root, arobase(root, "-v", "--log-format", "json", "release", "villes")


def test_a_run_leaves_a_journal_of_its_steps_with_rows_and_seconds(
    released: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, done = released
    assert done.returncode == 0, done.stdout + done.stderr
    folder = root / "outputs" / "runs"
    assert folder.stat().st_mode & 0o777 == 0o700
    (path,) = folder.iterdir()
    journal = json.loads(path.read_text(encoding="utf-8"))
    assert journal["went_well"] is True
    assert journal["packages"]["villes"] == "1.0.0"
    tables = {step["name"]: step for step in journal["steps"] if step["stage"] == "tables"}
    assert tables["villes/villes"]["rows"] > 0
    assert all(step["seconds"] >= 0 for step in journal["steps"])
    assert [step["stage"] for step in journal["steps"]][-1] == "catalogue"


def test_with_v_each_stage_is_a_line_of_json(released: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    lines = [json.loads(line) for line in released[1].stderr.splitlines() if line.startswith("{")]
    told = {line["message"]: line for line in lines}
    assert told["tables villes/villes"]["rows"] > 0
    assert {"time", "level", "seconds", "outcome"} <= told["release villes"].keys()


def test_no_personal_value_is_in_a_journal_or_a_line(
    released: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, done = released
    told = done.stderr + "".join(path.read_text(encoding="utf-8") for path in (root / "outputs" / "runs").iterdir())
    assert "@" not in told


def test_runs_lists_them_and_shows_the_steps_of_one(
    released: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    root, _ = released
    listed = arobase(root, "runs")
    assert "succeeded" in listed.stdout
    assert "villes 1.0.0" in listed.stdout
    shown = arobase(root, "runs", "last")
    assert "tables villes/villes" in shown.stdout
    assert arobase(root, "runs", "never").returncode == 2


@pytest.mark.parametrize(
    "written", [b"", b"x", b"\xff\xfe", b"[]", b'{"steps": [1]}', b'{"steps": []}', b"[" * 100_000, None]
)
def test_a_damaged_journal_is_named_and_nothing_ends_by_it(
    released: tuple[Path, subprocess.CompletedProcess[str]], written: bytes | None
) -> None:
    root, folder = released[0], released[0] / "outputs" / "runs"
    damaged = folder / "20990101T000000000000Z.json"
    if written is None:
        damaged.mkdir()
    else:
        damaged.write_bytes(written)
    try:
        listed = arobase(root, "runs")
        assert listed.returncode == 0
        assert "villes 1.0.0" in listed.stdout
        assert f"outputs/runs/{damaged.name} cannot be read" in listed.stderr
        assert "villes 1.0.0" in arobase(root, "runs", "last").stdout
        asked = arobase(root, "runs", damaged.stem)
        assert asked.returncode == 2
        assert "[journal-damaged]" in asked.stderr
    finally:
        damaged.rmdir() if damaged.is_dir() else damaged.unlink()
