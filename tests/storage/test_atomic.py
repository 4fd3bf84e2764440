"""Files appear whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pipelines.storage import ObjectStore, append_line, new_folder, sha256_bytes, sha256_file, write_bytes, write_text
from pipelines.storage.atomic import sweep_old


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_by_the_new_bytes_and_nothing_is_left_aside(tmp_path: Path):
    write_text(tmp_path / "a" / "f.txt", "ancien")
    write_text(tmp_path / "a" / "f.txt", "nouveau é")
    assert (tmp_path / "a" / "f.txt").read_bytes() == "nouveau é".encode()
    assert names(tmp_path / "a") == ["f.txt"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_bytes(tmp_path / "f", b"ancien")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_bytes(tmp_path / "f", b"nouveau")
    assert (tmp_path / "f").read_bytes() == b"ancien"
    assert names(tmp_path) == ["f"]


def test_a_folder_appears_when_it_is_complete(tmp_path: Path):
    with new_folder(tmp_path / "out" / "v1") as aside:
        (aside / "sub").mkdir()
        (aside / "sub" / "f").write_text("x")
        assert not (tmp_path / "out" / "v1").exists()
    assert (tmp_path / "out" / "v1" / "sub" / "f").read_text() == "x"
    assert names(tmp_path / "out") == ["v1"]
    assert stat.S_IMODE((tmp_path / "out" / "v1").stat().st_mode) == 0o755


def fill_and_fail(path: Path) -> None:
    with new_folder(path) as aside:
        (aside / "f").write_text("x")
        raise RuntimeError("cut")


def test_a_folder_that_could_not_be_filled_leaves_nothing(tmp_path: Path):
    with pytest.raises(RuntimeError, match="cut"):
        fill_and_fail(tmp_path / "v1")
    assert names(tmp_path) == []


def test_what_lay_aside_for_a_day_is_swept_and_what_is_being_filled_is_not(tmp_path: Path):
    old, new = tmp_path / "a" / ".aside-old", tmp_path / "a" / ".aside-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "f").write_text("x")
    (tmp_path / "a" / "kept").write_text("x")
    os.utime(old, (0, 0))
    assert sweep_old(tmp_path, now=new.stat().st_mtime + 3600) == [".aside-old"]
    assert names(tmp_path / "a") == [".aside-new", "kept"]
    assert sweep_old(tmp_path, now=0) == []
    assert sweep_old(tmp_path / "absent", now=0) == []


def test_half_a_line_is_never_left_in_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    append_line(tmp_path / "log", "whole")
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:3]))
    with pytest.raises(OSError, match="No space"):
        append_line(tmp_path / "log", "cut in the middle")
    assert (tmp_path / "log").read_text() == "whole\n"


def test_a_folder_that_is_there_is_never_replaced(tmp_path: Path):
    with new_folder(tmp_path / "v1") as aside:
        (aside / "f").write_text("premier")
    with pytest.raises(FileExistsError), new_folder(tmp_path / "v1") as aside:
        (aside / "f").write_text("second")
    assert (tmp_path / "v1" / "f").read_text() == "premier"
    assert names(tmp_path) == ["v1"]


def test_a_folder_that_another_process_gives_the_name_at_the_last_moment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def late(_path: Path) -> bool:
        (tmp_path / "v1").mkdir()
        (tmp_path / "v1" / "f").write_text("premier")
        return False

    monkeypatch.setattr(Path, "exists", late)
    with pytest.raises(FileExistsError), new_folder(tmp_path / "v1") as aside:
        (aside / "f").write_text("second")
    assert (tmp_path / "v1" / "f").read_text() == "premier"
    assert names(tmp_path) == ["v1"]


def test_a_folder_that_could_not_be_given_its_name_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space"), new_folder(tmp_path / "v1") as aside:
        (aside / "f").write_text("x")
    assert names(tmp_path) == []


def test_lines_are_appended_one_by_one(tmp_path: Path):
    append_line(tmp_path / "log" / "a.jsonl", "un")
    append_line(tmp_path / "log" / "a.jsonl", "déux")
    assert (tmp_path / "log" / "a.jsonl").read_text(encoding="utf-8") == "un\ndéux\n"


def test_the_same_bytes_are_kept_once_under_their_digest(tmp_path: Path):
    store = ObjectStore(tmp_path / "objects")
    (tmp_path / "f").write_bytes(b"abc")
    digest = store.add_bytes(b"abc")
    assert digest == store.add_file(tmp_path / "f") == sha256_bytes(b"abc") == sha256_file(tmp_path / "f")
    assert store.path(digest).read_bytes() == b"abc"
    assert [path.name for path in (tmp_path / "objects").rglob("*") if path.is_file()] == [digest]
    assert digest in store
    assert 3 not in store


def test_an_object_whose_bytes_changed_is_not_sound(tmp_path: Path):
    store = ObjectStore(tmp_path)
    digest = store.add_bytes(b"abc")
    assert store.is_sound(digest)
    store.path(digest).write_bytes(b"abd")
    assert not store.is_sound(digest)
    assert not store.is_sound("0" * 64)
