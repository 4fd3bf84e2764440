"""Sendings that an object store refuses: who is refused, what is told, and that nothing is left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from pipelines.releases.object_store import LedgersDiffer, VersionClaimed, VersionTaken, send
from pipelines.storage.buckets import Bucket
from tests.releases.builders import two_releases

CLAIM = "releases/prix/.reservations/1.0.0"


def marks(bucket: Bucket) -> list[str]:
    return [name for name in bucket.names() if name.endswith(".en-cours")]


def test_a_number_that_another_claimed_is_refused_though_nothing_else_is_there(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), Bucket("memory", MemoryStore())
    bucket.send(CLAIM, b"another")
    with pytest.raises(VersionClaimed, match=r"prix 1\.0\.0 is claimed there") as refused:
        send(releases, bucket)
    assert CLAIM in refused.value.message("fr")
    assert bucket.read("ledger.jsonl") is None
    assert bucket.names() == [CLAIM]
    bucket.delete(CLAIM)
    assert send(releases, bucket).versions == ("prix 1.0.0", "prix 1.1.0")


def test_a_number_that_another_published_is_told_apart_from_a_claim(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), Bucket("memory", MemoryStore())
    bucket.send(CLAIM, b"another")
    bucket.send("releases/prix/1.0.0/tagmanifest-sha256.txt", b"theirs")
    with pytest.raises(VersionTaken, match="is published there") as refused:
        send(releases, bucket)
    assert refused.value.code == "version-taken"
    assert not marks(bucket)


def test_a_claim_of_ours_whose_version_another_wrote_is_refused(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), Bucket("memory", MemoryStore())
    bucket.send("releases/prix/1.0.0/tagmanifest-sha256.txt", b"theirs")
    with pytest.raises(VersionTaken, match="is published there"):
        send(releases, bucket)
    assert not marks(bucket)


def test_a_refused_sending_leaves_the_mark_of_another_alone(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), Bucket("memory", MemoryStore())
    bucket.send("releases/prix/.reservations/1.1.0", b"another")
    bucket.send("releases/prix/.en-cours", b"theirs")
    with pytest.raises(VersionClaimed, match=r"1\.1\.0"):
        send(releases, bucket)
    assert bucket.read("releases/prix/.en-cours") == b"theirs"
    bucket.delete("releases/prix/.en-cours")
    with pytest.raises(VersionClaimed):
        send(releases, bucket)
    assert not marks(bucket)


def test_a_claim_with_our_own_contents_is_taken_up_again(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), Bucket("memory", MemoryStore())
    claimed = next(line for line in map(json.loads, (releases.parent / "ledger.jsonl").read_text().splitlines()))
    bucket.send(CLAIM, claimed["tagmanifest"].encode())
    assert send(releases, bucket).versions == ("prix 1.0.0", "prix 1.1.0")
    assert not marks(bucket)


class Overtaken(Bucket):
    """A store whose ledger another sender replaces just before we do."""

    theirs = b""

    def replace(self, name: str, old: bytes | None, new: bytes) -> bool:
        self.send(name, (old or b"") + self.theirs)
        return super().replace(name, old, new)


@pytest.mark.parametrize("theirs", [b"theirs\n", b""])
def test_a_ledger_that_moved_in_between_is_left_as_it_is(tmp_path: Path, theirs: bytes) -> None:
    releases, bucket = two_releases(tmp_path), Overtaken("memory", MemoryStore())
    object.__setattr__(bucket, "theirs", theirs)
    with pytest.raises(LedgersDiffer, match="line 1"):
        send(releases, bucket)
    assert bucket.read("ledger.jsonl") == theirs
    assert not marks(bucket)
