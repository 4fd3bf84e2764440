"""A disk that is full or read-only is a sentence, not a traceback, and nothing is half published; what is published can
be read by a web server whatever the umask. Real file systems, real processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import warm_start
from tests.pipeline.builders import a_small_project


def arobase(root: Path, outputs: Path, *words: str, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    places = {"AROBASE_ROOT": str(root), "AROBASE_OUTPUTS": str(outputs), "AROBASE_LANG": "en"}
    return warm_start.arobase(words, environment={**os.environ, **places}, umask=umask)


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


@pytest.mark.parametrize(
    "words",
    [
        ["keys", "new", "KEY"],
        ["init", "PROJECT"],
        ["init", "PROJECT", "--from", "bornes.csv"],
        ["tables", "new", "bornes.csv"],
        ["packages", "new", "essai", "--title", "Essai", "--licence", "etalab-2.0", "--publisher", "Ville"],
    ],
)
def test_a_full_disk_leaves_nothing_of_what_is_begun_and_the_same_command_works_once_there_is_room(
    root: Path, disk: Path, words: list[str]
) -> None:
    subprocess.run(["mount", "-o", "remount,size=10m", disk], check=True)
    project = disk / "projet"
    shutil.copytree(root, project)
    (root / "bornes.csv").write_text("code;nom\nA;Gare\nB;Mairie\n", encoding="utf-8")
    asked = [
        str(root / word) if word.endswith(".csv") else str(disk / word) if word.isupper() else word for word in words
    ]
    before = sorted(path for path in disk.rglob("*") if path.is_file())
    filling = disk / "filling"
    with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    full = arobase(project, disk / "outputs", *asked)
    assert (full.returncode, "[disk-full]" in full.stderr, "Traceback" in full.stderr) == (2, True, False), full.stderr
    assert f"arobase: {disk}" in full.stderr or "a file or the output" in full.stderr
    assert sorted(path for path in disk.rglob("*") if path.is_file() and path != filling) == before
    filling.unlink()
    again = arobase(project, disk / "outputs", *asked)
    assert again.returncode == 0, again.stderr


def test_a_read_only_disk_is_told(root: Path, disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    done = arobase(root, disk / "outputs", "release", "villes")
    assert (done.returncode, "[disk-read-only]" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
    assert str(disk) in done.stderr


def test_what_is_published_can_be_read_by_a_web_server_and_nothing_else(root: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "sorties"
    assert arobase(root, outputs, "release", "villes", umask=0o077).returncode == 0
    for published in ("releases", "catalogue", "log"):
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


def as_another(root: Path, outputs: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as an account that owns nothing: root may read and write everywhere."""
    account = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    places = {"AROBASE_ROOT": str(root), "AROBASE_OUTPUTS": str(outputs), "AROBASE_LANG": "en", "HOME": "/nonexistent"}
    return subprocess.run(
        [*account, sys.executable, "-m", "pipelines.cli", *words],
        env={**os.environ, **places, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def open_root() -> Iterator[Path]:
    """A project which everybody may read and nobody but us may write, away from the folders that pytest closes."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("this account cannot act as another")
    with tempfile.TemporaryDirectory() as folder:
        root = a_small_project(Path(folder) / "projet").root
        Path(folder).chmod(0o755)
        subprocess.run(["chmod", "-R", "a+rX", root], check=True)
        yield root


def test_a_folder_that_may_not_be_written_is_told_with_its_code(open_root: Path) -> None:
    done = as_another(open_root, open_root / "outputs", "release", "villes")
    assert (done.returncode, done.stderr.count("[not-permitted]")) == (2, 1), done.stderr
    assert "error=" not in done.stderr, "told once, before any stage began"
    assert "unexpected" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "closed",
    ["sources/actions.yaml", "sources", "schemas/villes/package.yaml", "schemas/villes/actions.json", "schemas"],
)
def test_a_description_that_may_not_be_read_is_told_by_its_place(open_root: Path, closed: str) -> None:
    outputs = open_root.parent / "outputs"
    outputs.mkdir()
    outputs.chmod(0o777)
    (open_root / closed).chmod(0o000)
    for words in (["release", "villes"], ["sources", "list"], ["packages", "list"]):
        done = as_another(open_root, outputs, *words)
        said = done.stdout + done.stderr
        assert "Traceback" not in said
        assert "unexpected" not in said
        if "sources" not in closed and words[0] == "sources" and closed != "schemas":
            continue  # a list of sources reads no table
        if "schemas" not in closed and words[0] == "packages":
            continue
        assert done.returncode != 0, said
        assert str(closed) in said
        assert "not-permitted" in said


def test_a_source_that_may_not_be_read_costs_that_source(open_root: Path) -> None:
    outputs = open_root.parent / "outputs"
    outputs.mkdir()
    outputs.chmod(0o777)
    (open_root / "sources" / "data" / "actions.csv").chmod(0o600)
    done = as_another(open_root, outputs, "release", "villes")
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stdout + done.stderr
    assert "collect actions outcome=failed" in done.stderr
    assert "error=source-unreadable" in done.stderr
    assert "collect villes outcome=failed" not in done.stderr
