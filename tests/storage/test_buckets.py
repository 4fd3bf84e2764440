"""Object stores: one in memory, which knows every condition, and a folder, which does not."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from obstore.exceptions import PreconditionError
from obstore.store import MemoryStore

from pipelines.storage import buckets
from pipelines.storage.buckets import Bucket, BucketsNotInstalled, BucketUnreachable, is_bucket


@pytest.fixture(params=["memory", "folder"])
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Bucket:
    if request.param == "memory":
        return Bucket("memory", MemoryStore())
    (tmp_path / "depot").mkdir()
    return Bucket.open(f"file://{tmp_path}/depot/")


def test_addresses_of_stores_are_told_from_others() -> None:
    assert is_bucket("s3://releases/arobase")
    assert not is_bucket("https://example.org/releases")


def test_objects_come_back_as_they_went(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 3_000_000)
    bucket.send("a/one", b"1")
    bucket.send("a/two", tmp_path / "big")
    bucket.send("ab/one", b"1")
    assert bucket.names() == ["a/one", "a/two", "ab/one"]
    assert bucket.names("a") == ["a/one", "a/two"]
    assert bucket.read("a/one") == b"1"
    bucket.fetch("a/two", tmp_path / "new" / "two")
    assert (tmp_path / "new" / "two").read_bytes() == b"x" * 3_000_000


class Cut:
    """A store whose answer breaks in the middle."""

    def get(self, name: str) -> Cut:
        return self

    def stream(self, min_chunk_size: int) -> Iterator[bytes]:
        yield b"new"
        raise PreconditionError("cut")


def test_an_object_that_is_cut_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(BucketUnreachable, match="cut"):
        Bucket("cut", Cut()).fetch("a", tmp_path / "file")
    assert [(item.name, item.read_bytes()) for item in tmp_path.iterdir()] == [("file", b"old")]


def test_a_fault_of_the_disk_is_not_the_stores(bucket: Bucket, tmp_path: Path) -> None:
    bucket.send("a", b"1")
    (tmp_path / "place").mkdir()
    with pytest.raises(IsADirectoryError):
        bucket.fetch("a", tmp_path / "place")
    (tmp_path / "plain").write_bytes(b"")
    with pytest.raises(FileExistsError):
        bucket.fetch("a", tmp_path / "plain" / "file")


def test_an_object_that_is_not_there_is_none_and_goes_without_a_word(bucket: Bucket) -> None:
    assert bucket.read("absent") is None
    bucket.delete("absent")
    bucket.send("here", b"1")
    bucket.delete("here")
    assert bucket.names() == []


def test_only_the_first_creates(bucket: Bucket) -> None:
    assert bucket.create("claim", b"mine")
    assert not bucket.create("claim", b"yours")
    assert bucket.read("claim") == b"mine"


def test_an_object_is_replaced_only_while_it_is_what_was_seen(bucket: Bucket) -> None:
    assert bucket.replace("ledger", None, b"1")
    assert not bucket.replace("ledger", None, b"other")
    assert bucket.replace("ledger", b"1", b"2")
    assert not bucket.replace("ledger", b"1", b"3")
    assert bucket.read("ledger") == b"2"


class RefusesConditions:
    """A store that refuses every condition, like some old ones; `meanwhile` acts just before it does."""

    def __init__(self, meanwhile: Callable[[MemoryStore], Any]) -> None:
        self.inner, self.meanwhile = MemoryStore(), meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def put(self, name: str, data: bytes, *, mode: Any = "overwrite", **more: Any) -> None:
        if isinstance(mode, dict):
            self.meanwhile(self.inner)
            raise PreconditionError("If-Match")
        self.inner.put(name, data, mode=mode, **more)


def test_a_store_that_refuses_every_condition_is_written_once_it_was_looked_at_again() -> None:
    bucket = Bucket("old", RefusesConditions(lambda store: None))
    bucket.send("ledger", b"1")
    assert bucket.replace("ledger", b"1", b"2")
    assert bucket.read("ledger") == b"2"


def test_what_another_wrote_in_between_stays() -> None:
    bucket = Bucket("raced", RefusesConditions(lambda store: store.put("ledger", b"theirs")))
    bucket.send("ledger", b"1")
    assert not bucket.replace("ledger", b"1", b"2")
    assert bucket.read("ledger") == b"theirs"


def test_a_store_that_cannot_be_had_is_told_without_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented-secret")
    for address in ("s3://", "file:///absent/absent"):
        with pytest.raises(BucketUnreachable) as error:
            Bucket.open(address).send("a", b"1")
        assert "invented-secret" not in error.value.message("fr")


def test_a_store_that_is_away_is_waited_for_by_time_and_the_operator_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The library's own ten attempts can be over after two seconds; a store takes longer to start again."""
    keys = {"ENDPOINT_URL": "http://127.0.0.1:9", "ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "REGION": "us-east-1"}
    for name, value in keys.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    assert Bucket.open("s3://depot").store.retry_config["retry_timeout"] == timedelta(seconds=60)
    monkeypatch.setenv("AROBASE_STORE_PATIENCE", "3")
    monkeypatch.setattr(buckets, "SAID_AFTER", 0.2)
    begun = time.monotonic()
    with pytest.raises(BucketUnreachable, match="HEAD, after"):
        Bucket.open("s3://depot").tag("a")
    assert time.monotonic() - begun >= 3
    assert caplog.messages == ["s3://depot: waiting for the object store to answer"]


@pytest.mark.parametrize("scheme", ["s3", "gs", "file"])
def test_an_address_is_told_without_its_user_and_its_query(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("AROBASE_STORE_PATIENCE", "1")
    address = f"{scheme}://user:invented-mark@with-a-sign@absent/prefix?sig=invented-mark"
    with pytest.raises(BucketUnreachable) as error:
        Bucket.open(address).names()
    assert "invented-mark" not in error.value.message("fr")
    assert error.value.facts["address"] == f"{scheme}://absent/prefix"
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(BucketsNotInstalled) as missing:
        Bucket.open(address)
    assert missing.value.facts["address"] == f"{scheme}://absent/prefix"


class Fails:
    """A store whose library says too much."""

    def __init__(self, text: str) -> None:
        self.text = text

    def put(self, *words: object, **more: object) -> None:
        raise PreconditionError(self.text)


@pytest.mark.parametrize(
    "text",
    [
        "Error performing PUT https://depot.example.org/a?X-Amz-Signature=invented-mark in 2ms",
        "Error performing PUT https://user:invented-mark@depot.example.org/a",
        "Server returned 403 Forbidden: <?xml?><Error><StringToSign>invented-mark</StringToSign></Error>",
        "Error performing PUT\n\nDebug source:\nGeneric { token: invented-mark }",
        "Error performing PUT with invented-key-of-tests",
        "Error performing PUT " + "x" * 500 + "invented-mark",
    ],
)
def test_what_fails_is_told_by_its_kind_and_a_line_without_keys(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented-key-of-tests")
    with pytest.raises(BucketUnreachable) as error:
        Bucket("s3://depot", Fails(text)).send("a", b"1")
    told = error.value.message("en")
    assert ("PreconditionError: " in told, "invented" in told, "\n" in told) == (True, False, False)
    assert error.value.facts["found"].split(": ")[1].startswith(("Error performing PUT", "Server returned 403"))
    assert len(told) < 250


def test_why_a_store_gave_up_is_told_however_long_the_address() -> None:
    text = (
        "Generic S3 error: Error performing PUT https://depot.example.org/" + "folder/" * 30 + "a.csv in 98.2s, after "
        "10 retries, max_retries: 10, retry_timeout: 180s  - Server returned non-2xx status code: 507 Insufficient "
        "Storage: <?xml?><Error><Code>InternalError</Code><Message>invented-mark</Message></Error>"
    )
    with pytest.raises(BucketUnreachable) as error:
        Bucket("s3://depot", Fails(text)).send("a", b"1")
    assert error.value.facts["found"] == (
        "PreconditionError: PUT, after 10 retries: Server returned non-2xx status code: 507 Insufficient Storage "
        "(InternalError)"
    )


def test_the_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(BucketsNotInstalled, match=r'pip install "\.\[remote\]"'):
        Bucket.open("s3://bucket")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("catalogue/index.html", "text/html; charset=utf-8"),
        ("releases/label/1.0.0/data/label.csv", "text/csv; charset=utf-8"),
        ("releases/label/1.0.0/data/label.parquet", "application/vnd.apache.parquet"),
        ("snapshots/objects/ab/ab12", "application/octet-stream"),
    ],
)
def test_every_object_says_what_it_is_however_it_was_written(name: str, said: str) -> None:
    bucket = Bucket("memory", MemoryStore())

    def told() -> Any:
        return bucket.store.get(name).attributes["Content-Type"]

    bucket.send(name, b"sent")
    assert told() == said
    assert bucket.replace(name, b"sent", b"replaced")
    assert told() == said
    assert bucket.swap(name, bucket.tag(name), b"swapped") is not None
    assert told() == said
    bucket.delete(name)
    assert bucket.create(name, b"created")
    assert told() == said
