"""The catalogue's folder: what is written, what is left alone, what goes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.catalogue import write_catalogue
from pipelines.catalogue.site import INVENTORY, Site
from pipelines.releases.errors import ReleaseDamaged
from pipelines.storage import Busy, lock
from tests.catalogue.builders import BASE, a_catalogue, another_package, two_versions


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_releases_give_the_same_bytes_and_nothing_is_rewritten(tmp_path: Path) -> None:
    releases = two_versions(tmp_path)
    catalogue = a_catalogue(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in catalogue.rglob("*") if path.is_file()}
    assert write_catalogue(releases, catalogue, base_url=BASE) == []
    assert {path: path.stat().st_mtime_ns for path in before} == before
    elsewhere = tmp_path / "elsewhere"
    write_catalogue(releases, elsewhere, base_url=BASE)
    assert contents(elsewhere) == contents(catalogue)


def test_the_environment_does_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    releases = two_versions(tmp_path)
    catalogue = a_catalogue(tmp_path)
    for name, value in (("LC_ALL", "de_DE.UTF-8"), ("TZ", "Pacific/Noumea"), ("AROBASE_LANG", "en")):
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(os.sep)
    assert write_catalogue(releases, catalogue, base_url=BASE.removesuffix("/")) == []


def test_a_new_package_leaves_the_pages_of_others_alone(tmp_path: Path) -> None:
    releases = two_versions(tmp_path)
    catalogue = a_catalogue(tmp_path)
    another_package(tmp_path)
    changed = write_catalogue(releases, catalogue, base_url=BASE)
    assert not [path for path in changed if path.removeprefix("en/").startswith("prix/")]
    assert {"index.html", "en/index.html", "medailles/index.html", "versions.json"} <= set(changed)


def test_a_file_that_nobody_makes_any_more_goes_and_a_stranger_stays(tmp_path: Path) -> None:
    import shutil

    releases = two_versions(tmp_path)
    another_package(tmp_path)
    catalogue = a_catalogue(tmp_path)
    (catalogue / "CNAME").write_text("data.example.org\n", encoding="utf-8")
    (catalogue / "medailles" / "notes.txt").write_text("à nous\n", encoding="utf-8")
    shutil.rmtree(releases / "medailles")
    changed = write_catalogue(releases, catalogue, base_url=BASE)
    assert "medailles/index.html" in changed
    assert not (catalogue / "medailles" / "index.html").exists()
    assert not (catalogue / "en" / "medailles").exists()
    assert (catalogue / "CNAME").is_file()
    assert (catalogue / "medailles" / "notes.txt").is_file()


def test_a_file_that_somebody_altered_is_repaired(tmp_path: Path) -> None:
    two_versions(tmp_path)
    catalogue = a_catalogue(tmp_path)
    page = catalogue / "prix" / "index.html"
    altered = page.read_bytes().replace(b"a", b"b")
    page.write_bytes(altered)
    assert write_catalogue(tmp_path / "releases", catalogue, base_url=BASE) == ["prix/index.html"]
    assert page.read_bytes() != altered


def test_a_path_is_made_once_and_stays_inside() -> None:
    site = Site()
    site.add("a.txt", "a")
    for path in ("a.txt", "../b.txt", "/c.txt"):
        with pytest.raises(ValueError, match="made twice"):
            site.add(path, "b")


def test_nothing_half_written_is_left_when_the_disk_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site({"a.txt": b"new"})
    (tmp_path / "a.txt").write_bytes(b"old")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        site.write(tmp_path)
    assert (tmp_path / "a.txt").read_bytes() == b"old"


class Refused(Exception):
    """What somebody who looks at a catalogue says when it must not be shown."""


def refuse(_: Path) -> None:
    raise Refused


def test_a_catalogue_is_looked_at_whole_before_any_of_it_is_seen(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue"
    Site({"a.txt": b"old", "b.txt": b"same", "c.txt": b"gone"}).write(catalogue)
    (catalogue / "CNAME").write_text("data.example.org", encoding="utf-8")
    seen: dict[str, bytes] = {}

    def look(folder: Path) -> None:
        seen.update(contents(folder))
        assert (catalogue / "a.txt").read_bytes() == b"old"

    Site({"a.txt": b"new", "b.txt": b"same", "d/e.txt": b"e"}).write(catalogue, inspect=look)
    assert seen == contents(catalogue)
    assert set(seen) == {"a.txt", "b.txt", "d/e.txt", "CNAME", INVENTORY}


def test_a_catalogue_that_is_held_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue"
    Site({"a.txt": b"old", "c.txt": b"gone"}).write(catalogue)
    before = contents(catalogue)
    with pytest.raises(Refused):
        Site({"a.txt": b"new", "d.txt": b"d"}).write(catalogue, inspect=refuse)
    assert contents(catalogue) == before
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["catalogue"]


def test_a_first_catalogue_that_is_held_is_not_seen_at_all(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        Site({"a.txt": b"a"}).write(tmp_path / "catalogue", inspect=refuse)
    assert not (tmp_path / "catalogue").exists()


def test_a_catalogue_that_does_not_change_is_looked_at_again(tmp_path: Path) -> None:
    site = Site({"a.txt": b"a"})
    site.write(tmp_path / "catalogue")
    with pytest.raises(Refused):
        site.write(tmp_path / "catalogue", inspect=refuse)


def test_what_a_killed_process_left_aside_goes(tmp_path: Path) -> None:
    left = tmp_path / ".aside-catalogue" / "old.txt"
    left.parent.mkdir()
    left.write_text("x", encoding="utf-8")
    Site({"a.txt": b"a"}).write(tmp_path / "catalogue")
    assert not left.exists()
    assert contents(tmp_path / "catalogue").keys() == {"a.txt", INVENTORY}


@pytest.mark.parametrize("step", range(9))
def test_wherever_a_writer_is_killed_the_next_one_leaves_nothing_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Killed at each rename and each deletion on the way from one catalogue to another; then a third is written."""
    catalogue = tmp_path / "catalogue"
    Site({"a.txt": b"old", "c/c.txt": b"gone", "d/d.txt": b"gone"}).write(catalogue)
    calls = 0

    def killed(act: Callable[..., object]) -> Callable[..., object]:
        def counted(path: Path, *words: object, **more: object) -> object:
            nonlocal calls
            calls += 1
            if calls > step:
                raise KeyboardInterrupt
            return act(path, *words, **more)

        return counted

    with monkeypatch.context() as patched:
        for name in ("replace", "unlink", "rmdir"):
            patched.setattr(Path, name, killed(getattr(Path, name)))
        with contextlib.suppress(KeyboardInterrupt):
            Site({"a.txt": b"new", "b/b.txt": b"b"}).write(catalogue)
    Site({"e.txt": b"e"}).write(catalogue)
    assert contents(catalogue).keys() == {"e.txt", INVENTORY}
    assert [path.name for path in catalogue.iterdir() if path.is_dir()] == []


def test_hidden_folders_are_not_looked_at_but_the_one_that_hosts_show(tmp_path: Path) -> None:
    site, catalogue, seen = Site({"a.txt": b"a"}), tmp_path / "catalogue", set[str]()
    site.write(catalogue)
    for name in (".git/objects/x", "prix/.cache/x", ".well-known/security.txt", ".nojekyll"):
        path = catalogue / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for pages in (site, Site({"a.txt": b"a", "b.txt": b"b"})):
        seen.clear()
        pages.write(catalogue, inspect=lambda folder: seen.update(contents(folder)))
        assert {".well-known/security.txt", ".nojekyll"} <= seen
        assert not {".git/objects/x", "prix/.cache/x"} & seen
    assert (catalogue / ".git" / "objects" / "x").is_file()


def test_where_files_cannot_be_linked_they_are_copied_to_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site({"a.txt": b"a"}).write(tmp_path / "catalogue")

    def refused(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    seen: dict[str, bytes] = {}
    Site({"a.txt": b"a", "b.txt": b"b"}).write(tmp_path / "catalogue", inspect=lambda it: seen.update(contents(it)))
    assert seen["a.txt"] == b"a"


def test_two_writers_of_one_catalogue_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.catalogue.site.WAIT", 0)
    with lock(tmp_path / ".catalogue.lock"), pytest.raises(Busy):
        Site({"a.txt": b"a"}).write(tmp_path / "catalogue")


def test_the_inventory_names_every_file(tmp_path: Path) -> None:
    two_versions(tmp_path)
    catalogue = a_catalogue(tmp_path)
    named = (catalogue / INVENTORY).read_text(encoding="utf-8").splitlines()
    assert sorted([*named, INVENTORY]) == sorted(contents(catalogue))


@pytest.mark.parametrize("damage", ["{", "[]", '{"versions": 3}', '{"versions": [{}]}'])
def test_an_index_that_cannot_be_read_is_named(tmp_path: Path, damage: str) -> None:
    releases = two_versions(tmp_path)
    (releases / "prix" / "versions.json").write_text(damage, encoding="utf-8")
    with pytest.raises(ReleaseDamaged) as caught:
        a_catalogue(tmp_path)
    assert "prix/versions.json" in caught.value.message("fr")


def test_a_folder_without_versions_is_not_a_package(tmp_path: Path) -> None:
    (tmp_path / "releases" / "brouillon").mkdir(parents=True)
    catalogue = a_catalogue(tmp_path)
    assert "brouillon" not in (catalogue / "versions.json").read_text(encoding="utf-8")
