"""What a stage made is kept under what it was made from, also when several processes want it at once."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.pipeline.results import KEPT_RESULTS, Kept, keep

ROUNDS = 20


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    return Project(tmp_path, tmp_path / "outputs")


def made(project: Project, version: int) -> Kept:
    return keep(project, "tables", "essai/communes", {"version": version}, lambda folder: _fill(folder, str(version)))


def _fill(folder: Path, text: str) -> None:
    (folder / "f").write_text(text, encoding="utf-8")


def _results(project: Project) -> set[str]:
    return {(item / "f").read_text() for item in (project.work / "tables" / "essai" / "communes").iterdir()}


def test_a_result_is_made_once_for_what_it_was_made_from(empty: Project) -> None:
    first, again, other = made(empty, 1), made(empty, 1), made(empty, 2)
    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert first.folder == again.folder != other.folder
    assert _results(empty) == {"1", "2"}


def test_the_result_that_was_used_last_is_kept_beside_the_new_one(empty: Project) -> None:
    assert KEPT_RESULTS == 2
    for version in (1, 2):
        os.utime(made(empty, version).folder, (version, version))
    made(empty, 1)
    made(empty, 3)
    assert _results(empty) == {"1", "3"}


def test_a_kept_result_that_cannot_serve_is_made_again(empty: Project) -> None:
    kept = made(empty, 1)
    (kept.folder / "f").unlink()

    def whole(folder: Path) -> bool:
        return (folder / "f").is_file()

    again = keep(empty, "tables", "essai/communes", {"version": 1}, lambda folder: _fill(folder, "1"), is_good=whole)
    assert again.is_new
    assert _results(empty) == {"1"}


def test_what_a_dead_process_left_goes_and_a_failure_keeps_nothing(empty: Project) -> None:
    left = made(empty, 1).folder.with_name(".aside-dead")
    left.mkdir()

    def fail(folder: Path) -> None:
        _fill(folder, "half")
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        keep(empty, "tables", "essai/communes", {"version": 2}, fail)
    assert _results(empty) == {"1"}


def not_good(project: Project) -> None:
    keep(project, "tables", "essai/communes", {"version": 1}, lambda _: None, is_good=lambda _: False)


def two_newer(project: Project) -> None:
    made(project, 2)
    made(project, 3)


@pytest.mark.parametrize("taking_away", [not_good, two_newer])
def test_a_process_killed_while_it_deletes_leaves_no_half_of_a_result(
    empty: Project, monkeypatch: pytest.MonkeyPatch, taking_away: Callable[[Project], None]
) -> None:
    first = made(empty, 1)
    os.utime(first.folder, (1, 1))

    def killed(folder: Path, **_: object) -> None:
        if (folder / "f").is_file():
            (folder / "f").unlink()
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            taking_away(empty)
    assert made(empty, 1).is_new
    assert (first.folder / "f").read_text() == "1"


def _at_once(root: Path, marks: str, together: Barrier) -> None:
    def make(folder: Path) -> None:
        with Path(marks).open("a", encoding="utf-8") as file:
            file.write(f"{version}\n")
        _fill(folder, str(version))

    for version in range(ROUNDS):
        together.wait(120)
        keep(Project(root, root / "outputs"), "tables", "essai/communes", {"version": version}, make)


def test_processes_that_want_one_result_make_it_once(empty: Project, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(3)
    children = [context.Process(target=_at_once, args=(tmp_path, str(marks), together)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0] * len(children)
    assert sorted(map(int, marks.read_text().split())) == list(range(ROUNDS))
    assert _results(empty) == {str(ROUNDS - 2), str(ROUNDS - 1)}


def test_a_result_asked_for_while_it_is_being_made_is_waited_for(empty: Project) -> None:
    begun, go = threading.Event(), threading.Event()
    answers: list[Kept] = []

    def slow(folder: Path) -> None:
        begun.set()
        go.wait(60)
        _fill(folder, "1")

    first = threading.Thread(
        target=lambda: answers.append(keep(empty, "tables", "essai/communes", {"version": 1}, slow))
    )
    second = threading.Thread(target=lambda: answers.append(made(empty, 1)))
    first.start()
    assert begun.wait(60)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    go.set()
    first.join(60)
    second.join(60)
    assert sorted(answer.is_new for answer in answers) == [False, True]
