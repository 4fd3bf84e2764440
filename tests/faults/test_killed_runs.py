"""Whatever moment the main job dies at, the outputs contain the old state or the new one, and the next run
completes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.builders import REPOSITORY, Shipped, a_copy, arobase, files, versions, without_proofs
from tests.pipeline.builders import TOWNS, a_small_project, first_run, rewrite

PARTS = 4
"""How many tests share the forty kills: one alone would be what all heavy tests together last for."""


def killed(folder: Path, kills: int, part: int = 0, parts: int = 1) -> dict[str, int]:
    told = [str(number) for number in (kills, 20261123, part, parts)]
    asked = [sys.executable, "-m", "tests.faults.killing", str(folder), *told]
    done = subprocess.run(asked, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    assert found["wrong"] == 0, done.stderr
    return found


def test_a_small_run_killed_at_a_few_moments_leaves_a_whole_state(tmp_path: Path) -> None:
    assert killed(tmp_path, 6)["killed"] >= 2


@pytest.mark.heavy
@pytest.mark.parametrize("part", range(PARTS))
def test_the_shipped_run_killed_at_forty_moments_leaves_a_whole_state(
    shipped: Shipped, tmp_path: Path, part: int
) -> None:
    shutil.copytree(shipped.project.root, tmp_path / "before", symlinks=True)
    assert killed(tmp_path, 40, part, PARTS)["killed"] >= 20 / PARTS


@pytest.mark.heavy
@pytest.mark.parametrize("seconds", [0.5, 2.0, 4.0, 6.0, 8.0, 10.0, 13.0, 16.0])
def test_a_first_run_killed_leaves_nothing_half_done(shipped: Shipped, tmp_path: Path, seconds: float) -> None:
    """Through the command, on a project that has no outputs at all; afterwards it is as if nothing had happened."""
    project = a_copy(tmp_path / "project")
    asked = [sys.executable, "-m", "pipelines.cli", "release"]
    child = subprocess.Popen(
        asked,
        cwd=project.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(REPOSITORY)},
    )
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    if (project.releases).is_dir() and any(project.releases.glob("*/[!.]*/bagit.txt")):  # what is aside is no version
        assert arobase(project, "verify").returncode == 0
    done = arobase(project, "release")
    assert done.returncode == 0, done.stdout + done.stderr
    assert without_proofs(files(project.releases)) == without_proofs(files(shipped.project.releases))


def test_three_runs_at_once_give_one_result(tmp_path: Path) -> None:
    project = a_small_project(tmp_path)
    shutil.rmtree(project.schemas / "bilan")  # its table is made by a function of the tests, which no process knows
    first_run(project, "villes")
    rewrite(project, "villes", TOWNS.replace("Agen,4", "Agen,3"))
    asked = [sys.executable, "-m", "pipelines.cli", "release", "villes", "--lang", "en"]
    environment = {"PYTHONPATH": str(REPOSITORY), "AROBASE_ROOT": str(project.root)}
    all_at_once = [
        subprocess.Popen(
            asked, cwd=project.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    ended = [(child.communicate(timeout=300), child.returncode) for child in all_at_once]
    told = "".join(out + err for (out, err), _ in ended)
    assert "Traceback" not in told
    assert 0 in [code for _, code in ended]
    for (out, _), code in ended:
        assert code == 0 or "Another run is in progress" in out
    assert versions(project, "villes") == ["1.0.0", "1.0.1"]
    assert arobase(project, "verify").returncode == 0
    again = arobase(project, "release", "villes", "--lang", "en")
    assert again.returncode == 0
    assert "Nothing changed" in again.stdout
