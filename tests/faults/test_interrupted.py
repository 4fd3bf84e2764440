"""Commands that somebody ends: one line, the exit code that shells know, nothing half done; the next one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.storage.atomic import ASIDE
from tests.acceptance.builders import SPOKEN, arobase
from tests.pipeline.builders import a_small_project

if TYPE_CHECKING:
    from pipelines.core.project import Project

REPOSITORY = Path(__file__).resolve().parents[2]
ENDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LINE = {
    "en": "arobase: interrupted. Nothing is half published; run the command again.\n",
    "fr": "arobase: interrompu. Rien n'est publié à moitié ; relancez la commande.\n",
}


def begun(folder: Path, *words: str, ignored: signal.Signals | None = None) -> subprocess.Popen[str]:
    """A command in a process of its own, in which signals do what they do in a terminal's."""

    def as_a_terminal_does() -> None:
        for number in ENDED:  # who runs the tests may have had some of them ignored
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if ignored is not None:
            signal.signal(ignored, signal.SIG_IGN)

    inherited = {name: value for name, value in os.environ.items() if name not in SPOKEN}
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines", *words],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(REPOSITORY), "AROBASE_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_a_terminal_does,  # noqa: PLW1509  # no thread of the tests holds a lock here
    )


def a_project(folder: Path) -> Project:
    project = a_small_project(folder)
    for path in (project.schemas / "bilan").iterdir():  # made by a function that other processes do not know
        path.unlink()
    (project.schemas / "bilan").rmdir()
    return project


@pytest.mark.parametrize(
    ("number", "lines"),
    [(signal.SIGINT, 1), (signal.SIGINT, 6), (signal.SIGTERM, 4), (signal.SIGTERM, 8), (signal.SIGHUP, 1)],
)
def test_a_release_that_is_ended_says_so_and_the_next_one_goes_on(
    number: signal.Signals, lines: int, tmp_path: Path
) -> None:
    """`lines`: how many stages were over, by the line that each logs."""
    project = a_project(tmp_path)
    language = "fr" if lines == 4 else "en"
    child = begun(project.root, "-v", "release", "--lang", language)
    assert child.stderr is not None
    for _ in range(lines):
        assert child.stderr.readline()
    child.send_signal(number)
    _out, told = child.communicate(timeout=120)
    assert child.returncode == 128 + number, told
    lines_told = [line for line in told.splitlines(keepends=True) if line.strip() and " info " not in line]
    assert lines_told == [LINE[language]]
    again = arobase(project, "release")
    assert again.returncode == 0, again.stdout + again.stderr
    assert arobase(project, "verify").returncode == 0
    assert not list(project.releases.rglob(f"{ASIDE}*"))


@pytest.mark.parametrize("seconds", [0.1, 0.4, 1.0])
def test_a_command_that_is_ended_while_it_is_imported_says_so_too(seconds: float, tmp_path: Path) -> None:
    child = begun(tmp_path, "init", "mine")
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGTERM)
    out, told = child.communicate(timeout=60)
    left = sorted(path.name for path in tmp_path.iterdir())
    if child.returncode == 0:
        assert (left, out.partition("\n")[0]) == (["mine"], "Project made: mine")
        return
    # Python itself was still starting, or the command had begun.
    assert (child.returncode, told) in ((-signal.SIGTERM, ""), (128 + signal.SIGTERM, LINE["en"]))
    assert left in ([], ["mine"])


def test_a_signal_that_is_ignored_still_is(tmp_path: Path) -> None:
    """`nohup arobase release`: the end of the terminal is not that of the run."""
    project = a_project(tmp_path)
    child = begun(project.root, "-v", "release", ignored=signal.SIGHUP)
    assert child.stderr is not None
    child.stderr.readline()
    child.send_signal(signal.SIGHUP)
    _out, told = child.communicate(timeout=120)
    assert child.returncode == 0, told


@pytest.mark.parametrize("number", ENDED[:2])
def test_a_server_that_is_ended_has_done_what_it_should(number: signal.Signals, tmp_path: Path) -> None:
    project = a_project(tmp_path)
    assert arobase(project, "release").returncode == 0
    child = begun(project.root, "serve", "--port", "0")
    assert child.stdout is not None
    assert child.stdout.readline()
    child.send_signal(number)
    _out, told = child.communicate(timeout=60)
    assert child.returncode == 0, told
    assert "interrupted" not in told


@pytest.mark.parametrize("words", [["--help"], ["verify"], ["release", "--help"]])
def test_a_reader_that_goes_is_not_taken_for_wrong_data(words: list[str], tmp_path: Path) -> None:
    """`arobase verify | head -1`: 1 means of a release that it is not what was published."""
    project = a_project(tmp_path)
    if words == ["verify"]:
        assert arobase(project, "release").returncode == 0
    child = begun(project.root, *words)
    assert child.stdout is not None
    child.stdout.close()
    assert child.stderr is not None
    told = child.stderr.read()
    assert child.wait(60) == 2
    assert "Traceback" not in told
    assert "Exception" not in told
