"""A folder as a working copy of an object store: what is exchanged, and what is never overwritten unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from pipelines.storage import sha256_bytes, write_text
from pipelines.storage.buckets import Bucket, CannotReplace
from pipelines.storage.errors import ObjectDamaged, Overtaken
from pipelines.storage.shared import Shared

LOG = "snapshots/log/a.jsonl"


@pytest.fixture
def public() -> Bucket:
    return Bucket("s3://essai", MemoryStore())


@pytest.fixture
def private() -> Bucket:
    return Bucket("s3://prive", MemoryStore())


def a_copy(folder: Path, public: Bucket, private: Bucket | None = None) -> Shared:
    folder.mkdir(exist_ok=True)
    return Shared.of(folder, public, private)


def test_what_one_machine_gives_another_takes(tmp_path: Path, public: Bucket, private: Bucket) -> None:
    one, other = a_copy(tmp_path / "a", public, private), a_copy(tmp_path / "b", public, private)
    write_text(one.folder / LOG, "1\n")
    write_text(one.folder / "private/a/x.parquet", "value")
    one.give(["snapshots/log", "private"])
    other.take(["snapshots/log", "private"])
    assert (other.folder / LOG).read_text() == "1\n"
    assert (other.folder / "private/a/x.parquet").stat().st_mode & 0o777 == 0o600
    assert private.names() == ["private/a/x.parquet"]
    assert public.names() == [LOG]


def test_what_went_here_goes_from_the_store_and_from_other_machines(
    tmp_path: Path, public: Bucket, private: Bucket
) -> None:
    one, other = a_copy(tmp_path / "a", public, private), a_copy(tmp_path / "b", public, private)
    write_text(one.folder / "private/a/x.parquet", "value")
    one.give(["private"])
    other.take(["private"])
    (one.folder / "private/a/x.parquet").unlink()
    one.give(["private"])
    assert private.names() == []
    other.take(["private"])
    assert not (other.folder / "private").exists()


def test_who_comes_second_is_told_and_gets_what_the_first_one_wrote(tmp_path: Path, public: Bucket) -> None:
    one, other = a_copy(tmp_path / "a", public), a_copy(tmp_path / "b", public)
    for copy, text in ((one, "one\n"), (other, "other\n")):
        write_text(copy.folder / LOG, text)
    one.give(["snapshots/log"])
    with pytest.raises(Overtaken, match=r"snapshots/log/a\.jsonl"):
        other.give(["snapshots/log"])
    assert public.read(LOG) == b"one\n"
    assert (other.folder / LOG).read_text() == "one\n"


def test_two_that_write_the_same_are_not_in_each_others_way(tmp_path: Path, public: Bucket) -> None:
    for name in "ab":
        copy = a_copy(tmp_path / name, public)
        write_text(copy.folder / LOG, "same\n")
        copy.give(["snapshots/log"])
    assert public.read(LOG) == b"same\n"
    assert public.names() == [LOG]


def test_without_the_private_store_nothing_private_is_read_or_written(
    tmp_path: Path, public: Bucket, private: Bucket
) -> None:
    private.send("private/a/x.parquet", b"value")
    copy = a_copy(tmp_path / "a", public)
    write_text(copy.folder / "private/left.parquet", "left by an earlier key")
    copy.take(["private"])
    assert not (copy.folder / "private").exists()
    write_text(copy.folder / "private/new.parquet", "new")
    copy.give(["private"])
    assert public.names() == []


def test_an_object_is_what_its_name_says_or_an_error(tmp_path: Path, public: Bucket) -> None:
    copy, digest = a_copy(tmp_path / "a", public), sha256_bytes(b"answer")
    name = f"snapshots/objects/{digest[:2]}/{digest}"
    assert not copy.fetch_object(name, digest)
    public.send(name, b"altered")
    with pytest.raises(ObjectDamaged):
        copy.fetch_object(name, digest)
    assert not (copy.folder / name).exists()
    public.send(name, b"answer")
    assert copy.fetch_object(name, digest)


def test_a_result_counts_once_its_manifest_is_there_and_its_bytes_are_right(
    tmp_path: Path, public: Bucket, private: Bucket
) -> None:
    one, other = a_copy(tmp_path / "a", public, private), a_copy(tmp_path / "b", public, private)
    result, name = one.folder / "work/records/s/f1", "work/records/s/f1"
    write_text(result / "rows.txt", "rows")
    private.send(f"{name}/dead/rows.txt", b"half")  # of a machine that died before its manifest
    assert not other.fetch_result(other.folder / name)
    one.give_result(result)
    assert other.fetch_result(other.folder / name)
    assert (other.folder / name / "rows.txt").read_text() == "rows"
    attempt = next(item for item in private.names(name) if item.endswith("rows.txt") and "/dead/" not in item)
    private.send(attempt, b"altered")
    third = a_copy(tmp_path / "c", public, private)
    assert not third.fetch_result(third.folder / name)
    assert not (third.folder / name).exists()


def test_only_the_last_results_of_a_name_stay(tmp_path: Path, public: Bucket, private: Bucket) -> None:
    copy = a_copy(tmp_path / "a", public, private)
    for mark in ("f1", "f2", "f3"):
        write_text(copy.folder / f"work/records/s/{mark}/rows.txt", mark)
        copy.give_result(copy.folder / f"work/records/s/{mark}")
    assert {name.split("/")[3] for name in private.names("work")} == {"f2", "f3"}


def test_a_store_that_cannot_replace_what_is_unchanged_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    bucket = Bucket("file://essai", LocalStore(tmp_path / "store"))
    tag = bucket.swap("a", None, b"1")
    assert tag is not None
    with pytest.raises(CannotReplace):
        bucket.swap("a", tag, b"2")
    assert bucket.read("a") == b"1"


def test_a_manifest_whose_answer_was_lost_keeps_its_files(
    tmp_path: Path, public: Bucket, private: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library asks again when no answer comes, and then hears that an object is there: its own."""
    one, other = (a_copy(tmp_path / name, public, private) for name in "ab")
    write_text(one.folder / "work/records/s/m/table.parquet", "rows")
    create = Bucket.create
    monkeypatch.setattr(Bucket, "create", lambda bucket, name, data: create(bucket, name, data) and False)
    one.give_result(one.folder / "work/records/s/m")
    assert other.fetch_result(other.folder / "work/records/s/m")
