"""Two machines that publish into one store: who comes second is told so at once, and harms nothing of the first's."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.releases import publish
from pipelines.releases.object_store import send
from pipelines.releases.shared_store import StoreBusy, give_releases, take_releases
from pipelines.releases.store_fetching import fetch_depot
from pipelines.releases.verify import verify
from pipelines.storage.buckets import Bucket
from pipelines.storage.errors import Overtaken
from tests.releases.builders import a_request, prizes, two_releases
from tests.releases.watched import ADDRESS, Watched, a_store, objects_of, once


def two_machines(folder: Path, mine: str = "Ici", theirs: str = "Ailleurs") -> tuple[Path, Path, Bucket]:
    """One history in the store, and on two machines, each of which released something since."""
    here, bucket = two_releases(folder / "a"), a_store()
    send(here, bucket)
    shutil.copytree(here.parent, folder / "b")
    there = folder / "b" / "releases"
    publish(a_request(prizes(p1={"nom": mine})), here, key=None, now=datetime(2026, 5, 1, tzinfo=UTC))
    publish(a_request(prizes(p1={"nom": theirs})), there, key=None, now=datetime(2026, 5, 1, 1, tzinfo=UTC))
    return here, there, bucket


def is_sound(bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(Bucket, "open", lambda address: bucket)
    return verify(fetch_depot(ADDRESS, folder)).is_sound


def never(seconds: float) -> None:
    raise AssertionError(f"it waited {seconds} s for somebody who had finished")


@pytest.mark.parametrize("theirs", ["Ailleurs", "Ici"])
@pytest.mark.parametrize("has_more", [False, True])
def test_who_comes_after_another_had_finished_is_told_at_once_and_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: str, has_more: bool
) -> None:
    """Of what both released alike the ledgers say the same, and the logs another time."""
    here, there, bucket = two_machines(tmp_path, theirs=theirs)
    if has_more:
        publish(a_request(prizes(p2={"nom": "Encore"})), here, key=None, now=datetime(2026, 5, 2, tzinfo=UTC))
    send(there, bucket)
    whole = objects_of(bucket)
    with pytest.raises(Overtaken):
        give_releases(bucket, here, wait_seconds=0.05, sleep=never)
    assert whole.items() <= objects_of(bucket).items()
    take_releases(bucket, here)
    assert verify(here).is_sound
    assert is_sound(bucket, tmp_path / "copy", monkeypatch)


def test_a_sender_taken_for_dead_that_publishes_after_all_has_its_log_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, there, bucket = two_machines(tmp_path)
    before = set(objects_of(bucket))

    def take_tiles() -> None:
        for name in set(objects_of(bucket)) - before:
            if name.startswith("log/tile/"):
                bucket.delete(name)

    late = once(lambda act, name: act == "replace" and name == "ledger.jsonl", take_tiles)
    send(there, Watched(ADDRESS, bucket.store, late))
    assert is_sound(bucket, tmp_path / "copy", monkeypatch)


def test_tiles_that_a_dead_sender_left_go_and_those_that_are_published_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there, bucket = two_machines(tmp_path)
    published = objects_of(bucket)
    left = [path for path in (there.parent / "log" / "tile").rglob("*") if path.is_file()]
    for path in left:
        bucket.create(f"log/{path.relative_to(there.parent / 'log').as_posix()}", path.read_bytes())
    with pytest.raises(Overtaken):
        give_releases(bucket, here, wait_seconds=0.0, sleep=never)
    kept = {name: data for name, data in objects_of(bucket).items() if name.startswith("log/tile/")}
    assert kept == {name: data for name, data in published.items() if name.startswith("log/tile/")}
    take_releases(bucket, here)
    publish(a_request(prizes(p1={"nom": "Ici"})), here, key=None, now=datetime(2026, 5, 3, tzinfo=UTC))
    # The claim of its own first attempt is gone: nobody is waited for.
    give_releases(bucket, here, wait_seconds=60, sleep=never)
    assert is_sound(bucket, tmp_path / "copy", monkeypatch)


def test_a_rival_that_lives_and_does_not_end_is_told_and_loses_nothing(tmp_path: Path) -> None:
    here, _, bucket = two_machines(tmp_path)
    (package,) = (path.name for path in here.iterdir() if path.is_dir() and not path.name.startswith("."))
    version = max(path.name for path in (here / package).iterdir() if path.name[0].isdecimal())
    bucket.create(f"releases/{package}/.reservations/{version}", b"0" * 64)
    sent: list[str] = []

    def alive(_seconds: float) -> None:
        sent.append(f"releases/{package}/{version}/data/{len(sent)}.csv")
        bucket.send(sent[-1], b"another's")

    before = objects_of(bucket)
    with pytest.raises(StoreBusy, match=f"{package} {version}"):
        give_releases(bucket, here, wait_seconds=0.1, sleep=alive)
    assert sent
    assert before.items() <= objects_of(bucket).items()
    assert set(sent) <= set(objects_of(bucket))
