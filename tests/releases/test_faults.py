"""Whatever moment a release dies at: what is visible is sound, the next run completes, nothing is lost."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.releases import Published, Unchanged, publish
from pipelines.releases.build import ingredients_of
from pipelines.releases.publish import STEPS
from pipelines.releases.retract import STEPS as RETRACTION
from pipelines.releases.retract import retract
from pipelines.releases.store import ReleaseStore
from pipelines.releases.verify import UNDER_WAY, verify
from pipelines.releases.verify_chain import is_left_aside
from tests import warm_start
from tests.releases.builders import a_request, prizes

ROOT = Path(__file__).resolve().parents[2]
SECOND = prizes(p1={"arobases": "4"})
NOW = datetime(2026, 5, 1, tzinfo=UTC)

DIES = """
import os, signal, sys
sys.path.insert(0, {root!r})
from datetime import UTC, datetime
from pathlib import Path
from pipelines.releases import publish
from pipelines.releases.retract import retract
from tests.releases.builders import a_request, prizes
releases, act, wanted = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def step(name):
    if name == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
if act == "publish":
    publish(a_request(prizes(p1={{"arobases": "4"}})), releases, key=None, step=step)
else:
    retract(releases, "prix", "1.0.0", "essai", now=datetime(2026, 5, 1, tzinfo=UTC), step=step)
"""


def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    return warm_start.program(program.format(root=str(ROOT)), words)


@pytest.mark.parametrize("name", STEPS)
def test_a_release_killed_at_a_step_leaves_a_whole_state(tmp_path: Path, name: str) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    assert run(DIES, str(releases), "publish", name).returncode == -signal.SIGKILL
    found = verify(releases)
    assert found.is_sound, found.flaws
    assert (UNDER_WAY in found.notes) == (name in STEPS[STEPS.index("sealed") :])
    outcome = publish(a_request(SECOND), releases, key=None)
    is_visible = name in STEPS[STEPS.index("revealed") :]
    assert isinstance(outcome, Unchanged if is_visible else Published)
    assert outcome.version == "1.0.1"
    after = verify(releases)
    assert (after.is_sound, UNDER_WAY in after.notes) == (True, False)
    assert json.loads((releases / "prix" / "latest.json").read_text())["version"] == "1.0.1"


@pytest.mark.parametrize("name", RETRACTION)
def test_a_retraction_killed_at_a_step_is_completed_by_the_next_run(tmp_path: Path, name: str) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    publish(a_request(SECOND), releases, key=None)
    assert run(DIES, str(releases), "retract", name).returncode == -signal.SIGKILL
    assert verify(releases).is_sound
    publish(a_request(SECOND), releases, key=None)
    store = ReleaseStore.read(releases, "prix")
    was_said = name != "begun"
    assert (("1.0.0" in store.retracted), (releases / "prix" / "1.0.0").exists()) == (was_said, not was_said)
    after = verify(releases)
    assert (after.is_sound, UNDER_WAY in after.notes) == (True, False)


@pytest.mark.parametrize(
    ("place", "is_left"),
    [
        ("data/prix.csv", True),
        ("data/ods/prix.ods", True),
        ("data/geojson/prix.geojson", True),
        ("data/.aside-a1b2c3d4", True),
        (".aside-a1b2c3d4", True),
        ("bagit.txt", True),
        ("prix.csv", False),
        ("ailleurs/.aside-a1b2c3d4", False),
        ("data/ods/autre/prix.ods", False),
    ],
)
def test_what_a_dying_process_may_leave_is_known_by_its_place(tmp_path: Path, place: str, is_left: bool) -> None:
    left = tmp_path / ".aside-a1b2c3d4"
    (left / place).parent.mkdir(parents=True)
    (left / place).write_text("", encoding="utf-8")
    assert is_left_aside(left) == is_left


def killed(tmp_path: Path, kills: int) -> dict[str, int]:
    asked = [sys.executable, "-m", "tests.releases.killing", str(tmp_path), str(kills), "20261123"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    assert found["wrong"] == 0, done.stderr
    return found


def test_releases_killed_at_random_moments_leave_whole_states(tmp_path: Path) -> None:
    assert killed(tmp_path, 8)["killed"] > 1


@pytest.mark.heavy
def test_releases_killed_at_two_hundred_random_moments_leave_whole_states(tmp_path: Path) -> None:
    assert killed(tmp_path, 200)["killed"] > 50


def test_another_packages_release_completes_what_one_that_died_began(tmp_path: Path) -> None:
    """The dead release already named its line of the ledger: nobody else may take it first."""
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    run(DIES, str(releases), "publish", "revealed")
    other = a_request()
    publish(replace(other, package=replace(other.package, name="autre")), releases, key=None)
    entries = ReleaseStore.read(releases, "prix").ledger.entries
    assert [(entry["package"], entry["version"]) for entry in entries] == [
        ("prix", "1.0.0"),
        ("prix", "1.0.1"),
        ("autre", "1.0.0"),
    ]
    assert verify(releases).is_sound


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, name: str, nth: int) -> Iterator[list[int]]:
    """The n-th call of `os.<name>` finds the disk full."""
    real, calls = getattr(os, name), [0]

    def call(*words: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] == nth:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*words, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, name, call)
        yield calls


@pytest.mark.parametrize("nth", [1, 2, 5, 12, 25, 30, 31, 32, 33, 34, 35, 36])
def test_a_disk_that_fills_at_any_flush_leaves_a_whole_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    with failing(monkeypatch, "fsync", nth) as calls, pytest.raises(OSError, match="No space left"):
        publish(a_request(SECOND), releases, key=None)
    assert calls[0] >= nth
    assert verify(releases).is_sound
    assert publish(a_request(SECOND), releases, key=None).package == "prix"
    after = verify(releases)
    assert (after.is_sound, UNDER_WAY in after.notes) == (True, False)


FULL = """
import resource, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from pipelines.releases import publish
from tests.releases.builders import a_request, prizes
a_request()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    publish(a_request(prizes(p1={{"arobases": "4"}})), Path(sys.argv[1]), key=None)
except OSError as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize("limit", [100, 1_000, 4_000])
def test_files_that_cannot_grow_leave_the_last_good_release(tmp_path: Path, limit: int) -> None:
    """The kernel itself refuses the bytes, whichever library writes them."""
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    done = run(FULL, str(releases), str(limit))
    assert done.stdout.strip() == "OSError", done.stderr
    assert verify(releases).is_sound
    assert isinstance(publish(a_request(SECOND), releases, key=None), Published)


SEALED_OFF = """
import os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from pipelines.releases import publish
from pipelines.releases.verify import verify
from tests.releases.builders import a_request, prizes
import bagit, filelock, pyarrow.parquet, pyarrow.compute
request = a_request(prizes(p1={{"arobases": "4"}}))
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    publish(request, Path(sys.argv[1]), key=None)
except PermissionError:
    print("refused")
"""


def test_a_folder_that_cannot_be_written_to_keeps_its_releases() -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        releases = folder / "outputs" / "releases"
        publish(a_request(), releases, key=None)
        places = [folder / "outputs", releases, releases / "prix"]
        for place in places:
            place.chmod(0o555)
        done = run(SEALED_OFF, str(releases))
        for place in places:
            place.chmod(0o755)
        assert done.stdout.strip() == "refused", done.stderr
        assert verify(releases).is_sound
        assert isinstance(publish(a_request(SECOND), releases, key=None), Published)
    finally:
        shutil.rmtree(folder)


WAITS = """
import sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from pipelines.releases import publish
from tests.releases.builders import a_request
folder = Path(sys.argv[1])
def step(name):
    if name == "quality":
        (folder / "here").touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
print(type(publish(a_request(), folder / "releases", key=None, step=step)).__name__)
"""


def test_two_processes_at_once_give_one_release_and_one_refusal(tmp_path: Path) -> None:
    asked = [sys.executable, "-c", WAITS.format(root=str(ROOT)), str(tmp_path)]
    first = subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not (tmp_path / "here").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    second = run(WAITS, str(tmp_path))
    (tmp_path / "go").touch()
    out, _ = first.communicate(timeout=30)
    assert out.strip() == "Published"
    assert "Busy" in second.stderr
    assert verify(tmp_path / "releases").is_sound


def test_no_clock_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that fails, or that runs backwards, changes nothing."""
    expected = tmp_path / "expected" / "releases"
    publish(a_request(), expected, key=None)
    with monkeypatch.context() as patch:
        for name in ("time", "time_ns", "localtime", "gmtime"):
            patch.setattr(time, name, lambda *words: 1 / 0)
        publish(a_request(), tmp_path / "found" / "releases", key=None)
    for path in expected.parent.rglob("*.*"):
        other = tmp_path / "found" / path.relative_to(expected.parent)
        assert path.is_dir() or path.read_bytes() == other.read_bytes()
    code = "".join(path.read_text() for path in sorted((ROOT / "pipelines" / "releases").glob("*.py")))
    assert not [word for word in ("datetime.now", "date.today", "utcnow", "time.time") if word in code]


def test_a_retraction_may_be_dated_before_the_release(tmp_path: Path) -> None:
    """The operator's clock may be wrong: the chain does not rest on it."""
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    retract(releases, "prix", "1.0.0", "essai", now=datetime(1970, 1, 1, tzinfo=UTC))
    assert verify(releases).is_sound


def test_what_is_left_aside_by_the_dead_is_swept(tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    (releases / "prix" / ".aside-dead" / "data").mkdir(parents=True)
    (releases / "prix" / ".aside-dead" / "data" / "prix.csv").write_text("x")
    (releases / "prix" / ".aside-file").write_text("x")
    assert verify(releases).is_sound
    publish(a_request(), releases, key=None)
    assert not list((releases / "prix").glob(".aside*"))


@pytest.mark.parametrize("place", ["retraits", "refus"])
def test_half_a_tombstone_or_refusal_of_the_dead_is_no_flaw_and_is_swept(tmp_path: Path, place: str) -> None:
    releases = tmp_path / "releases"
    publish(a_request(), releases, key=None)
    half = releases / "prix" / place / ".aside-dead"
    half.parent.mkdir()
    half.write_text("{")
    assert verify(releases).flaws == ()
    publish(a_request(), releases, key=None)
    assert not half.exists()


def test_ingredients_do_not_depend_on_the_order_of_sources() -> None:
    request = a_request()
    twice = type(request)(**{**request.__dict__, "sources": (*request.sources, *request.sources)[::-1]})
    assert set(ingredients_of(twice).snapshots) == set(ingredients_of(request).snapshots)
