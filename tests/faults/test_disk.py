"""A disk that is full or read-only is a sentence, not a traceback, and nothing is half published; what is published can
be read by a web server whatever the umask. Real file systems, real processes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.builders import a_small_project


def arobase(root: Path, outputs: Path, *words: str, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    places = {"AROBASE_ROOT": str(root), "AROBASE_OUTPUTS": str(outputs), "AROBASE_LANG": "en"}
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words],
        env={**os.environ, **places},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return a_small_project(tmp_path / "projet").root


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 100 kB."""
    place = tmp_path / "disque"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this account may not mount")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_fills_up_is_told_and_the_run_ends_well_once_there_is_room(root: Path, disk: Path) -> None:
    full = arobase(root, disk / "outputs", "release", "villes")
    assert (full.returncode, "[disk-full]" in full.stderr, "Traceback" in full.stderr) == (2, True, False), full.stderr
    assert not list((disk / "outputs").glob("releases/*/1.0.0"))
    subprocess.run(["mount", "-o", "remount,size=100m", disk], check=True)
    assert arobase(root, disk / "outputs", "release", "villes").returncode == 0
    assert arobase(root, disk / "outputs", "verify", str(disk / "outputs" / "releases")).returncode == 0


def test_a_read_only_disk_is_told(root: Path, disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    done = arobase(root, disk / "outputs", "release", "villes")
    assert (done.returncode, "[disk-read-only]" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
    assert str(disk) in done.stderr


def test_what_is_published_can_be_read_by_a_web_server_and_nothing_else(root: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "sorties"
    assert arobase(root, outputs, "release", "villes", umask=0o077).returncode == 0
    for published in ("releases", "catalogue"):
        for path in (outputs, outputs / published, *(outputs / published).rglob("*")):
            if not path.name.endswith(".lock"):
                needed = 0o055 if path.is_dir() else 0o044
                assert stat.S_IMODE(path.stat().st_mode) & needed == needed, path
    assert stat.S_IMODE((outputs / "ledger.jsonl").stat().st_mode) & 0o044 == 0o044
    for own in ("work", "private", "snapshots"):
        assert stat.S_IMODE((outputs / own).stat().st_mode) == 0o700


def test_a_work_folder_that_others_could_read_is_closed(root: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "sorties"
    (outputs / "work").mkdir(parents=True, mode=0o755)
    assert arobase(root, outputs, "release", "villes").returncode == 0
    assert stat.S_IMODE((outputs / "work").stat().st_mode) == 0o700


def test_a_reader_that_goes_away_is_nobodys_error(root: Path, tmp_path: Path) -> None:
    places = {"AROBASE_ROOT": str(root), "AROBASE_OUTPUTS": str(tmp_path / "sorties")}
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "sources", "list"],
        env={**os.environ, **places},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
