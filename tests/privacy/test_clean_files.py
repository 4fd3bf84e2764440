"""What a scan remembers of clean files: only under one key, only by the very bytes, and only what was clean."""

from __future__ import annotations

from pathlib import Path

from pipelines.privacy import AllowList, CleanFiles, scan_folder

ALLOW = AllowList()


def scanned(folder: Path, memory: Path, key: str = "k") -> tuple[int, CleanFiles]:
    clean = CleanFiles.read(memory, key)
    report = scan_folder(folder, ALLOW, clean=clean)
    clean.save()
    return report.cells, clean


def pages(folder: Path) -> Path:
    (folder / "pages").mkdir()
    (folder / "pages" / "a.html").write_text("<p>La commune de Metz</p>", encoding="utf-8")
    (folder / "pages" / "b.html").write_text("<p>La commune de Nancy</p>", encoding="utf-8")
    return folder / "pages"


def test_clean_pages_are_read_once(tmp_path: Path) -> None:
    folder = pages(tmp_path)
    first, _ = scanned(folder, tmp_path / "m.json")
    assert first > 0
    assert scanned(folder, tmp_path / "m.json")[0] == 0


def test_a_page_that_changed_is_read_again(tmp_path: Path) -> None:
    folder = pages(tmp_path)
    scanned(folder, tmp_path / "m.json")
    (folder / "a.html").write_text("<p>écrire à invente@example.org</p>", encoding="utf-8")
    clean = CleanFiles.read(tmp_path / "m.json", "k")
    assert not scan_folder(folder, ALLOW, clean=clean).is_clean
    clean.save()
    assert not scan_folder(folder, ALLOW, clean=CleanFiles.read(tmp_path / "m.json", "k")).is_clean


def test_another_key_remembers_nothing(tmp_path: Path) -> None:
    folder = pages(tmp_path)
    first, _ = scanned(folder, tmp_path / "m.json")
    assert scanned(folder, tmp_path / "m.json", "another")[0] == first


def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    folder = pages(tmp_path)
    (tmp_path / "m.json").write_text("{", encoding="utf-8")
    assert scanned(folder, tmp_path / "m.json")[0] > 0


def test_a_file_under_another_name_is_read(tmp_path: Path) -> None:
    folder = pages(tmp_path)
    scanned(folder, tmp_path / "m.json")
    (folder / "a.html").rename(folder / "c.html")
    assert scanned(folder, tmp_path / "m.json")[0] > 0
