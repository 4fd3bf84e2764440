"""A gzip file unpacked ahead: the bytes that Python's `gzip` gives, or an error; never less in silence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.validation import unpacking, validate
from pipelines.validation.errors import ArchiveTooLarge, FileUnreadable
from pipelines.validation.unpacking import DamagedGzip, Gunzipped

SCHEMA = {"fields": [{"name": "n", "type": "integer"}]}
ROWS = b"n\n" + b"".join(b"%d\n" % number for number in range(5_000))


def unpacked(path: Path, size: int = 1_000) -> bytes:
    """Everything, asked for `size` bytes at a time."""
    found = b""
    with Gunzipped(path) as file:
        view = memoryview(bytearray(size))
        while read := file.readinto(view):
            found += view[:read]
    return found


@given(st.lists(st.binary(max_size=400), max_size=4), st.integers(0, 9), st.integers(1, 700))
def test_members_and_zeros_between_them_are_read_as_gzip_reads_them(
    tmp_path_factory: pytest.TempPathFactory, members: list[bytes], zeros: int, size: int
) -> None:
    path = tmp_path_factory.mktemp("gz") / "t.gz"
    path.write_bytes(b"".join(gzip.compress(member) + b"\0" * zeros for member in members))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unpacking, "READ", 7)
        patch.setattr(unpacking, "PIECE", 50)
        assert unpacked(path, size) == b"".join(members)
    with gzip.open(path) as file:
        assert file.read() == b"".join(members)


DAMAGE = {
    "cut": lambda data: data[:-3],
    "cut in the middle": lambda data: data[:200],
    "another checksum": lambda data: data[:-8] + b"\1\2\3\4" + data[-4:],
    "another length": lambda data: data[:-4] + b"\1\2\3\4",
    "text behind": lambda data: data + b"n\n1\n",
    "no gzip": lambda data: b"n\n1\n",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told_and_never_a_shorter_table(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "t.csv.gz"
    path.write_bytes(damage(gzip.compress(ROWS)))
    with pytest.raises(DamagedGzip):
        unpacked(path)
    with pytest.raises(FileUnreadable):
        validate(path, SCHEMA)


def test_a_file_that_would_fill_a_disk_is_not_unpacked_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.validation.archives.ALLOWED", 1 << 20)
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"n\n" + b"1\n" * (2 << 20)))
    with pytest.raises(ArchiveTooLarge):
        unpacked(path, 1 << 16)
    for limit_rows in (None, 3):
        with pytest.raises(ArchiveTooLarge):
            validate(path, SCHEMA, limit_rows=limit_rows)


def test_who_stops_reading_early_waits_for_nobody(tmp_path: Path) -> None:
    path = tmp_path / "t.gz"
    path.write_bytes(gzip.compress(bytes(20 << 20)))
    with Gunzipped(path) as file:
        assert file.readinto(memoryview(bytearray(10))) == 10
    assert not file._waiting or all(future.done() or future.cancelled() for future in file._waiting)
