"""Releases on an object store: sent once, seen whole, refused when another publishes there."""

from __future__ import annotations

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipelines.cli import commands
from pipelines.releases import publish
from pipelines.releases.object_store import LedgersDiffer, Sent, VersionTaken, send
from pipelines.releases.remote import ReleaseUnreachable
from pipelines.releases.retract import retract
from pipelines.releases.store_fetching import fetch_depot
from pipelines.releases.verify import verify
from pipelines.storage.buckets import Bucket, BucketUnreachable
from tests.releases.builders import a_key, a_request, prizes, two_releases
from tests.sources.stores import KEY, SECRET, seaweedfs

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    (tmp_path / "depot").mkdir()
    return Bucket.open(f"file://{tmp_path}/depot")


def seen(bucket: Bucket, tmp_path: Path, under: str = "") -> Any:
    """What `verify` finds of the store, from a copy of its own."""
    shutil.rmtree(tmp_path / "copy", ignore_errors=True)
    return verify(fetch_depot(bucket.address + under, tmp_path / "copy"))


def another(releases: Path, tmp_path: Path, name: str = "other") -> Path:
    """A second project with the same history."""
    shutil.copytree(releases.parent, tmp_path / name)
    return tmp_path / name / "releases"


def test_what_was_sent_is_sound_and_the_same(tmp_path: Path, bucket: Bucket) -> None:
    releases = two_releases(tmp_path, a_key(tmp_path))
    assert send(releases, bucket) == Sent(("prix 1.0.0", "prix 1.1.0"), ())
    found = seen(bucket, tmp_path)
    assert found.is_sound, found.flaws
    assert found.releases == ("prix 1.0.0", "prix 1.1.0")
    assert not found.notes or all("--key" in note.en for note in found.notes)
    assert seen(bucket, tmp_path, "/releases/prix/1.0.0").is_sound
    for name in ("ledger.jsonl", "releases/prix/latest.json", "releases/prix/1.1.0/data/prix.csv"):
        assert bucket.read(name) == (releases.parent / name).read_bytes()


def test_what_is_there_is_not_sent_again(tmp_path: Path, bucket: Bucket) -> None:
    releases = two_releases(tmp_path)
    send(releases, bucket)
    assert send(releases, bucket) == Sent((), ())
    publish(a_request(prizes(p1={"arobases": "2"})), releases, key=None)
    assert send(releases, bucket) == Sent(("prix 1.1.1",), ())


def test_a_version_that_the_ledger_does_not_name_is_not_there(tmp_path: Path, bucket: Bucket) -> None:
    releases = two_releases(tmp_path)
    send(releases, bucket)
    bucket.send("releases/prix/9.9.9/bagit.txt", b"half sent")
    found = seen(bucket, tmp_path)
    assert (found.is_sound, found.releases) == (True, ("prix 1.0.0", "prix 1.1.0"))


def test_a_file_that_was_added_to_a_version_is_seen(tmp_path: Path, bucket: Bucket) -> None:
    send(two_releases(tmp_path), bucket)
    bucket.send("releases/prix/1.0.0/data/more.csv", b"x")
    assert seen(bucket, tmp_path).first.code == "payload-added"


def test_a_retracted_version_goes_from_the_store_too(tmp_path: Path, bucket: Bucket) -> None:
    releases = two_releases(tmp_path)
    send(releases, bucket)
    retract(releases, "prix", "1.0.0", "essai", now=NOW)
    assert send(releases, bucket) == Sent((), ("prix 1.0.0",))
    assert not [name for name in bucket.names() if name.startswith("releases/prix/1.0.0/")]
    assert seen(bucket, tmp_path).is_sound
    retract(releases, "prix", "1.1.0", "essai", now=NOW)
    send(releases, bucket)
    assert bucket.read("releases/prix/latest.json") is None


def test_a_version_that_was_retracted_before_it_was_sent_never_goes_there(tmp_path: Path, bucket: Bucket) -> None:
    releases = two_releases(tmp_path)
    retract(releases, "prix", "1.0.0", "essai", now=NOW)
    assert send(releases, bucket) == Sent(("prix 1.1.0",), ("prix 1.0.0",))
    assert seen(bucket, tmp_path).is_sound


class Cut(Bucket):
    """A store that stops answering after so many writes."""

    left = 0

    def _count(self) -> None:
        if self.left == 0:
            raise BucketUnreachable(address=self.address, found="cut")
        object.__setattr__(self, "left", self.left - 1)

    def send(self, name: str, data: bytes | Path) -> None:
        self._count()
        super().send(name, data)

    def create(self, name: str, data: bytes) -> bool:
        self._count()
        return super().create(name, data)


@pytest.mark.parametrize("writes", [0, 1, 2, 5, 30, 45])
def test_a_sending_that_is_cut_shows_nothing_new_and_is_completed_by_the_next(
    tmp_path: Path, bucket: Bucket, writes: int
) -> None:
    releases = tmp_path / "o" / "releases"
    publish(a_request(), releases, key=None)
    send(releases, bucket)
    publish(a_request(prizes(p1={"arobases": "4"})), releases, key=None)
    publish(a_request(prizes(p1={"arobases": "5"})), releases, key=None)
    cut = Cut(bucket.address, bucket.store)
    object.__setattr__(cut, "left", writes)
    with pytest.raises(BucketUnreachable):
        send(releases, cut)
    found = seen(bucket, tmp_path)
    assert (found.is_sound, found.releases) == (True, ("prix 1.0.0",)), found.flaws
    send(releases, bucket)
    assert seen(bucket, tmp_path).releases == ("prix 1.0.0", "prix 1.0.1", "prix 1.0.2")


def test_of_two_who_send_the_same_number_one_is_refused(tmp_path: Path, bucket: Bucket) -> None:
    releases = two_releases(tmp_path)
    send(releases, bucket)
    other = another(releases, tmp_path)
    publish(a_request(prizes(p1={"arobases": "1"}), rejects=[]), releases, key=None)
    publish(a_request(prizes(p1={"arobases": "2"}), rejects=[]), other, key=None)
    send(releases, bucket)
    with pytest.raises(LedgersDiffer, match="line 4"):
        send(other, bucket)
    assert seen(bucket, tmp_path).is_sound


def racing(one: Path, two: Path, bucket: Bucket) -> list[Any]:
    """What two sendings at once end with: a result, or the error."""

    def sending(releases: Path) -> Any:
        try:
            return send(releases, bucket)
        except (VersionTaken, LedgersDiffer) as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(sending, (one, two)))


ONE_WINS: Any = ([False, True], (), ("prix 1.0.0", "prix 1.0.1"))
"""One was sent and one was refused; no flaw; these releases are there."""


def race(tmp_path: Path, bucket: Bucket, *, rounds: int) -> list[Any]:
    """What each round of two sendings at once ends with, as `ONE_WINS`."""
    ended = []
    for number in range(rounds):
        place = Bucket.open(f"{bucket.address}/{number}")
        releases = tmp_path / f"one{number}" / "releases"
        publish(a_request(), releases, key=None)
        send(releases, place)
        other = another(releases, tmp_path, f"two{number}")
        publish(a_request(prizes(p1={"arobases": "1"})), releases, key=None)
        publish(a_request(prizes(p1={"arobases": "2"})), other, key=None)
        sent = sorted(isinstance(item, Sent) for item in racing(releases, other, place))
        found = seen(place, tmp_path)
        ended.append((sent, found.flaws, found.releases))
    return ended


def test_two_who_send_at_once_give_one_release_and_one_refusal(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "depot" / str(number)).mkdir(parents=True)
    assert race(tmp_path, Bucket(f"file://{tmp_path}/depot", None), rounds=3) == [ONE_WINS] * 3


def test_a_retraction_looks_at_its_own_folder_only(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = two_releases(tmp_path)
    send(releases, bucket)
    retract(releases, "prix", "1.0.0", "essai", now=NOW)
    names, asked = Bucket.names, []
    monkeypatch.setattr(Bucket, "names", lambda self, under=None: asked.append(under) or names(self, under))
    send(releases, bucket)
    assert asked == ["releases/prix/1.0.0"]


def test_a_place_that_holds_no_release_is_told(tmp_path: Path, bucket: Bucket) -> None:
    with pytest.raises(ReleaseUnreachable, match=r"ledger\.jsonl"):
        fetch_depot(bucket.address, tmp_path / "copy")


def test_a_name_cannot_lead_elsewhere(tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bucket, "names", lambda self: ["tagmanifest-sha256.txt", "../../x"])
    monkeypatch.setattr(Bucket, "fetch", lambda self, name, path: path.parent.mkdir(parents=True, exist_ok=True))
    with pytest.raises(ReleaseUnreachable):
        fetch_depot(bucket.address, tmp_path / "copy")


def test_the_command_verifies_what_stands_in_a_store(tmp_path: Path, bucket: Bucket) -> None:
    send(two_releases(tmp_path), bucket)
    done = CliRunner().invoke(commands, ["verify", bucket.address, "--lang", "en"])
    assert (done.exit_code, "2 intact releases" in done.output) == (0, True)
    bucket.send("releases/prix/1.0.0/data/prix.csv", b"x")
    assert CliRunner().invoke(commands, ["verify", bucket.address]).exit_code == 1


@pytest.mark.parametrize("under", ["/releases", "/releases/prix", "/releases/prix/"])
def test_a_folder_of_a_store_is_verified_like_the_same_folder_on_disk(
    tmp_path: Path, bucket: Bucket, under: str
) -> None:
    releases = two_releases(tmp_path)
    send(releases, bucket)
    bucket.send("releases/prix/9.9.9/bagit.txt", b"half sent")
    assert seen(bucket, tmp_path, under) == verify(releases if under == "/releases" else releases / "prix")
    bucket.send("releases/prix/1.0.0/data/prix.csv", b"x")
    assert not seen(bucket, tmp_path, under).is_sound


@pytest.mark.parametrize("under", ["/releases/absent", "/releases/prix/1.0.0/data", "/releases/prix/changes"])
def test_a_folder_that_holds_nothing_to_verify_is_told_by_its_address(
    tmp_path: Path, bucket: Bucket, under: str
) -> None:
    send(two_releases(tmp_path), bucket)
    for name in ("absent", "prix/changes"):
        (tmp_path / "depot" / "releases" / name).mkdir()
    with pytest.raises(ReleaseUnreachable, match=f"{under} could not be read: no ledger"):
        fetch_depot(bucket.address + under, tmp_path / "copy")


def test_a_folder_named_like_the_tree_without_a_ledger_above_is_told(tmp_path: Path) -> None:
    (tmp_path / "x" / "releases" / "prix").mkdir(parents=True)
    (tmp_path / "x" / "releases" / "prix" / "file").write_text("x")
    with pytest.raises(ReleaseUnreachable, match="no package of a store"):
        fetch_depot(f"file://{tmp_path}/x/releases/prix", tmp_path / "copy")


def make_bucket(endpoint: str, name: str) -> None:
    """Make a bucket, as soon as the server is ready to."""
    from s3fs import S3FileSystem

    filled = S3FileSystem(endpoint_url=endpoint, key=KEY, secret=SECRET, skip_instance_cache=True)
    for _ in range(60):
        try:
            filled.mkdir(name)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise AssertionError("the server is not ready after half a minute")


@pytest.mark.heavy
def test_a_real_s3_server_lets_one_of_two_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weed").mkdir()
    with seaweedfs(tmp_path / "weed") as endpoint:
        for name, value in (("ACCESS_KEY_ID", KEY), ("SECRET_ACCESS_KEY", SECRET), ("ENDPOINT_URL", endpoint)):
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        make_bucket(endpoint, "essai")
        assert race(tmp_path, Bucket("s3://essai", None), rounds=3) == [ONE_WINS] * 3
        key = a_key(tmp_path)
        releases = two_releases(tmp_path / "whole", key)
        bucket = Bucket.open("s3://essai/whole")
        send(releases, bucket)
        retract(releases, "prix", "1.0.0", "essai", now=NOW, key=key)
        assert send(releases, bucket).buried == ("prix 1.0.0",)
        assert seen(bucket, tmp_path).is_sound
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        with pytest.raises(BucketUnreachable):
            send(releases, Bucket.open("s3://essai/whole"))
