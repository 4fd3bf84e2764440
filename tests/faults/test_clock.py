"""A clock that is wrong: what a release, a retraction, a deletion and the log do. Real processes, real dates."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.releases.verify import verify
from tests import warm_start

ROOT = Path(__file__).resolve().parents[2]
AT_TIME = "from runpy import run_module; run_module('tests.faults.at_time', run_name='__main__')"
FUTURE, PAST = "2099-06-01T12:00:00", "1970-01-02T00:00:00"


def arobase(project: Path, moment: str, *words: str, is_right: bool = False) -> subprocess.CompletedProcess[str]:
    """A command of a project, on a machine whose clock says `moment`; empty for the true one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AROBASE_")}
    environment = {**kept, "AROBASE_ROOT": str(project), "AROBASE_LANG": "en", "PYTHONPATH": str(ROOT)}
    environment |= {"AROBASE_CLOCK_IS_RIGHT": "1"} if is_right else {}
    if not moment:
        return warm_start.arobase(words, folder=ROOT, environment=environment)
    return warm_start.before_ours(AT_TIME, [moment, *words], environment=environment)


def events(project: Path) -> int:
    return len((project / "outputs" / "ledger.jsonl").read_text(encoding="utf-8").splitlines())


def one_place_more(project: Path) -> None:
    path = next((project / "sources" / "data").glob("*.csv"))
    lines = path.read_text(encoding="utf-8").splitlines()
    delimiter = ";" if ";" in lines[0] else ","
    cells = lines[1].split(delimiter)
    path.write_text("\n".join([*lines, delimiter.join([f"L{len(lines) + 1}", *cells[1:]])]) + "\n", encoding="utf-8")
    for source in (project / "sources").glob("*.yaml"):
        text = source.read_text(encoding="utf-8")
        day = f"2026-06-{len(lines):02}"
        told = [f"obtained: '{day}'" if line.startswith("obtained:") else line for line in text.splitlines()]
        source.write_text("\n".join(told) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's project, not released yet."""
    folder = tmp_path_factory.mktemp("example") / "mine"
    done = arobase(ROOT, "", "init", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(example: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example, tmp_path / "mine"))


def test_no_event_is_dated_before_the_last_one_until_somebody_says_that_the_clock_is_right(project: Path) -> None:
    assert arobase(project, FUTURE, "release").returncode == 0
    (project / "outputs" / "work" / "release" / "exemple.json").unlink()  # what differs is looked for again
    unchanged = arobase(project, "", "release")
    assert unchanged.returncode == 0, unchanged.stderr
    assert "Nothing changed" in unchanged.stdout  # and nothing would be dated
    one_place_more(project)
    refused = arobase(project, "", "release")
    assert refused.returncode != 0
    assert "2099-06-01" in refused.stdout + refused.stderr
    assert "AROBASE_CLOCK_IS_RIGHT" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr
    assert events(project) == 1
    done = arobase(project, "", "release", is_right=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert events(project) == 2
    found = verify(project / "outputs" / "releases")
    assert found.is_sound
    assert any("event 1 of the log is dated" in note.en and "2099-06-01" in note.en for note in found.notes)
    one_place_more(project)
    assert arobase(project, "", "release").returncode == 0  # the last event is of today again


def test_a_retraction_is_not_kept_waiting_by_a_wrong_clock_and_tells_it(project: Path) -> None:
    assert arobase(project, "", "release").returncode == 0
    done = arobase(project, PAST, "retract", "exemple", "1.0.0", "--reason", "essai", "--yes")
    assert done.returncode == 0, done.stderr
    assert "log-clock-behind" in done.stderr
    found = verify(project / "outputs" / "releases")
    assert found.is_sound
    assert any("1970-01-02" in note.en for note in found.notes)


def test_a_clock_that_jumps_during_a_run_makes_one_sound_event(project: Path) -> None:
    assert arobase(project, "jumps", "release").returncode == 0
    assert events(project) == 1
    assert verify(project / "outputs" / "releases").is_sound
    assert "Nothing changed" in arobase(project, "jumps", "release").stdout


def test_files_that_are_dated_in_the_future_change_nothing(project: Path) -> None:
    assert arobase(project, "", "release").returncode == 0
    future = datetime.fromisoformat(FUTURE).replace(tzinfo=UTC).timestamp()
    for path in (project / "outputs").rglob("*"):
        os.utime(path, (future, future))
    assert "Nothing changed" in arobase(project, "", "release").stdout
    one_place_more(project)
    assert arobase(project, "", "release").returncode == 0
    assert verify(project / "outputs" / "releases").is_sound
    versions = json.loads((project / "outputs" / "releases" / "exemple" / "versions.json").read_text(encoding="utf-8"))
    assert len(versions["versions"]) == 2
    assert arobase(project, "", "clean").returncode == 0
    assert verify(project / "outputs" / "releases").is_sound


@pytest.mark.parametrize(("moment", "told"), [(FUTURE, "more than a year after"), (PAST, "Set the clock")])
def test_nothing_is_deleted_for_having_expired_by_a_wrong_clock(project: Path, moment: str, told: str) -> None:
    assert arobase(project, "", "release").returncode == 0
    done = arobase(project, moment, "private", "delete", "--expired", "--yes")
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert not (project / "outputs" / "suppressions.jsonl").exists()
    said = arobase(project, moment, "private", "delete", "--expired", "--yes", is_right=True)
    assert said.returncode == 0, said.stderr


def test_a_key_is_not_changed_while_the_clock_is_behind_the_last_event(project: Path, tmp_path: Path) -> None:
    for name in ("old", "new"):
        assert arobase(project, "", "keys", "new", str(tmp_path / name)).returncode == 0
    assert arobase(project, "", "release", "--key", str(tmp_path / "old")).returncode == 0
    refused = arobase(project, PAST, "keys", "rotate", str(tmp_path / "old"), str(tmp_path / "new"))
    assert (refused.returncode, events(project)) == (2, 1)
    assert "Set the clock" in refused.stderr
    assert arobase(project, "", "keys", "rotate", str(tmp_path / "old"), str(tmp_path / "new")).returncode == 0
