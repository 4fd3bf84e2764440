"""A program for `test_faults.py`: publish or retract in children that are killed, and look at what they leave.

Run as `python -m tests.releases.killing FOLDER KILLS SEED`: each child is a fork, so that a kill costs no start-up.
Prints one line of JSON: how many children were killed at work, how many had ended, and what was wrong afterwards.
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

from pipelines.releases import Published, Unchanged, publish
from pipelines.releases.retract import retract
from pipelines.releases.signature import SigningKey, load_key
from pipelines.releases.store import ReleaseStore
from pipelines.releases.verify import verify
from tests.forking import in_child, pay_imports
from tests.known_work import FOLDER, share_known_work
from tests.releases.builders import Row, a_key, a_request, prizes

ROUND = 6


def rows(number: int) -> list[Row]:
    return prizes(p1={"nom": f"Ville-Exemple {number}"})


def work(releases: Path, number: int) -> None:
    """What is killed: a release, and every third time a retraction of the version before it."""
    key = load_key(releases.parent.parent / "cle")
    publish(a_request(rows(number)), releases, key=key)
    versions = ReleaseStore.read(releases, "prix").versions
    if number % 3 == 0 and len(versions) > 2:
        retract(releases, "prix", versions[-2], "essai", now=datetime(2026, 5, 1, tzinfo=UTC), key=key)


def look(releases: Path, number: int, known: list[str]) -> None:
    """What must hold afterwards. Raises `AssertionError`."""
    key = load_key(releases.parent.parent / "cle")
    found = verify(releases, keys=(key.public_line,))
    assert found.is_sound or (found.first is not None and found.first.code == "no-release" and not known), found.flaws
    outcome = publish(a_request(rows(number)), releases, key=key)
    assert isinstance(outcome, Published | Unchanged), outcome
    store = ReleaseStore.read(releases, "prix")
    gone = [version for version in known if version not in store.versions and version not in store.retracted]
    assert not gone, gone
    again = verify(releases, keys=(key.public_line,))
    assert again.is_sound, again.flaws
    assert not again.notes, again.notes
    left = [path.name for path in (releases / "prix").iterdir() if path.name.startswith(".aside")]
    assert not left, left


def warm(releases: Path, key: SigningKey) -> None:
    publish(a_request(), releases, key=key)
    verify(releases)


def main(folder: Path, kills: int, seed: int) -> dict[str, int]:
    if FOLDER in os.environ:
        share_known_work()
    chance = random.Random(seed)
    key = a_key(folder)
    pay_imports(partial(warm, folder / "warm" / "releases", key))
    counted = {"killed": 0, "ended": 0, "wrong": 0}
    started = time.perf_counter()
    in_child(partial(work, folder / "o" / "releases", 1))
    whole = time.perf_counter() - started
    releases = folder / "o" / "releases"
    for number in range(2, kills + 2):
        if number % ROUND == 0:
            shutil.rmtree(releases.parent)
        known = ReleaseStore.read(releases, "prix").versions
        status = in_child(partial(work, releases, number), chance.uniform(0, whole * 1.1))
        counted["killed" if status < 0 else "ended"] += 1
        counted["wrong"] += in_child(partial(look, releases, number, known)) != 0
    return counted


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
