"""Objects under their digests: kept once, and known to be sound or not."""

from __future__ import annotations

from pathlib import Path

from pipelines.storage import ObjectStore, sha256_bytes


def test_the_same_bytes_are_kept_once_however_they_come(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "objects")
    (tmp_path / "file").write_bytes(b"one")
    digests = {store.add_bytes(b"one"), store.add_bytes(b"one"), store.add_file(tmp_path / "file")}
    assert digests == {sha256_bytes(b"one")}
    assert store.add_file(tmp_path / "file") in store
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1


def test_a_file_is_kept_as_it_is(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "objects")
    (tmp_path / "file").write_bytes(b"two")
    digest = store.add_file(tmp_path / "file")
    assert store.path(digest).read_bytes() == b"two"


def test_bytes_that_changed_are_no_longer_sound(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "objects")
    digest = store.add_bytes(b"three")
    assert store.is_sound(digest)
    store.path(digest).write_bytes(b"tree")
    assert not store.is_sound(digest)
    assert not store.is_sound("0" * 64)
    assert 3 not in store
