"""Runs of the whole job killed at random moments; a program of its own, since it forks.

`python -m tests.faults.killing FOLDER KILLS SEED PART PARTS` copies the project that is in FOLDER/before after a
run (a small one is made there when there is none), changes a source, starts the job in a fork, kills it, and looks at
what stands. Of the KILLS it does those of one PART (from 0) of as many PARTS, so that several processes share them.
Prints what it counted, as JSON.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipelines.core.project import Project
from pipelines.pipeline.run import run
from pipelines.releases.verify import UNDER_WAY, verify
from tests.acceptance.builders import files, know_the_catalogue
from tests.forking import in_child, pay_imports
from tests.known_work import FOLDER, share_known_work
from tests.pipeline.builders import a_small_project, obtained_later

NOW = datetime.now(UTC)
"""One moment for all runs of a process, later than what was published before it: the log takes no earlier day."""
CHANGES = {
    "data/label/palmares.csv": ("2000,Douvaine,commune,,,4", "2000,Douvaine,commune,,,5"),
    "data/villes.csv": ("Agen,4", "Agen,3"),
}


def changed(project: Project) -> str:
    """The package whose source is changed."""
    return "label" if (project.schemas / "label").is_dir() else "villes"


def work(project: Project) -> None:
    """What is killed."""
    done = run(project, now=NOW, packages=[changed(project)])
    assert done.went_well, done.errors


def look(project: Project, before: dict[str, bytes], others: dict[str, str]) -> None:
    """What must hold of what stands, then after the next run. `others`: the files of the packages that nothing changed
    in. Raises `AssertionError`."""
    found = verify(project.releases / changed(project))
    assert found.is_sound, found.flaws
    assert of_others(project) == others
    now = published(project)
    assert before.items() <= now.items(), "what was published before changed"
    folder = project.releases / changed(project)
    latest = json.loads((folder / "latest.json").read_text(encoding="utf-8"))
    assert (folder / latest["version"] / "data" / "datapackage.json").is_file()
    work(project)
    after = verify(project.releases)
    assert after.is_sound, after.flaws
    assert UNDER_WAY not in after.notes, after.notes
    versions = {path.split("/")[1] for path in published(project) if path.startswith(f"{changed(project)}/")}
    assert len(versions) == 2, versions
    left = list(project.releases.rglob(".aside*"))
    assert not left, left


def published(project: Project) -> dict[str, bytes]:
    """The manifests of every visible version, by their place: a manifest contains the hash of every file."""
    found = project.releases.glob("*/[!.]*/manifest-sha256.txt")
    return {path.relative_to(project.releases).as_posix(): path.read_bytes() for path in found}


def of_others(project: Project) -> dict[str, str]:
    """Every file of the packages in which nothing changed, by its place, as the digest of its bytes."""
    folders = (path for path in project.releases.iterdir() if path.is_dir() and path.name != changed(project))
    packages = (path for path in folders if (path / "latest.json").is_file())
    return {f"{path.name}/{name}": digest for path in packages for name, digest in files(path).items()}


def a_changed_copy(folder: Path, number: int) -> Project:
    root = folder / f"project{number}"
    shutil.copytree(folder / "before", root, symlinks=True)
    know_the_catalogue(Project.at(root))
    for name, (old, new) in CHANGES.items():
        path = root / "sources" / name
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert old in text, f"{name} no longer holds {old}"
            path.write_text(text.replace(old, new), encoding="utf-8")
            obtained_later(root / "sources" / f"{path.stem}.yaml")
    return Project.at(root)


def first_run(root: Path) -> None:
    run(a_small_project(root), now=NOW)


def whole(project: Project) -> None:
    """What is run and what looks at it: whatever they import is paid for once."""
    work(project)
    verify(project.releases)


def seconds_of(project: Project) -> float:
    """How long a whole run takes."""
    started = time.perf_counter()
    assert in_child(partial(work, project)) == 0
    return time.perf_counter() - started


def main(folder: Path, kills: int, seed: int, part: int, parts: int) -> dict[str, int]:
    """Kills spread over the time that a whole run takes: one at random in each of as many equal stretches."""
    if FOLDER in os.environ:
        share_known_work()
    if not (folder / "before").is_dir():
        pay_imports(partial(first_run, folder / "before"))
    chance = random.Random(seed)
    counted = {"killed": 0, "ended": 0, "wrong": 0}
    warm = a_changed_copy(folder, 0)
    pay_imports(partial(whole, warm))
    # The shorter of two: on a machine that was busy for one of them, most kills would come after the end.
    seconds = min(seconds_of(a_changed_copy(folder, number)) for number in (1, 2))
    moments = [(number + chance.random()) / kills for number in range(kills)]
    for number, moment in enumerate(moments[part::parts]):
        project = a_changed_copy(folder, number + 3)
        before, others = published(project), of_others(project)
        started = time.perf_counter()
        status = in_child(partial(work, project), moment * seconds)
        if status == 0:  # other work on the machine came to its end: the later moments come earlier
            seconds = min(seconds, time.perf_counter() - started)
        counted["killed" if status < 0 else "ended"] += 1
        counted["wrong"] += in_child(partial(look, project, before, others)) != 0
        shutil.rmtree(project.root)
    return counted


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:6]))))
