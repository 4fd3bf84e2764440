"""Collecting: a capture is complete or absent, bytes are kept as they came, and the log only grows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.core.project import Project
from pipelines.core.registry import NameTaken
from pipelines.sources import Capture, SnapshotStore, Source, latest
from pipelines.sources.errors import (
    CaptureIncomplete,
    ClockBehind,
    SecretMissing,
    SnapshotLogDamaged,
    SourceFileAbsent,
    SourceUnreadable,
)
from pipelines.sources.registry import CONNECTORS, FetchContext, Fetched, Unchanged, connector
from tests.sources.builders import MORNING, NOON, a_project, a_shipped_file, a_source, collected, kept_bytes


def a_log(project: Project, source: str = "mairie") -> list[dict[str, object]]:
    return [json.loads(line) for line in SnapshotStore.of(project).log_path(source).read_text().splitlines()]


def test_the_bytes_are_kept_as_they_came_under_their_digest(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project, content="a;b\r\n1;é\r\n")
    capture = collected(project, a_source(project))
    assert kept_bytes(project, capture, "lignes") == "a;b\r\n1;é\r\n".encode()
    assert SnapshotStore.of(project).objects.is_sound(capture.parts[0].sha256)
    assert (capture.changed, capture.parts[0].address, capture.parts[0].size) == (True, "sources/data/mairie.csv", 11)


def test_a_shipped_file_has_the_day_that_its_yaml_says_and_another_has_now(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    shipped = collected(project, a_source(project, obtained="2025-01-31"))
    other = collected(project, a_source(project, name="autre"))
    assert shipped.parts[0].obtained == datetime(2025, 1, 31, tzinfo=UTC)
    assert other.parts[0].obtained == MORNING


def test_the_same_content_makes_no_new_capture_but_the_check_is_logged(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    source = a_source(project)
    first = collected(project, source)
    again = collected(project, source, NOON)
    assert (again.changed, again.parts, again.checked) == (False, first.parts, NOON)
    assert [entry["outcome"] for entry in a_log(project)] == ["captured", "unchanged"]
    assert latest(project, source) == again


def test_a_clock_that_went_back_is_told_and_nothing_is_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AROBASE_CLOCK_IS_RIGHT", raising=False)
    project = a_project(tmp_path)
    a_shipped_file(project)
    source = a_source(project)
    collected(project, source)
    collected(project, source, MORNING - timedelta(hours=20))  # a machine that was an hour, or a day, ahead
    with pytest.raises(ClockBehind) as raised:
        collected(project, source, datetime(1970, 1, 1, tzinfo=UTC))
    assert "1970-01-01" in raised.value.message("fr")
    assert a_log(project)[-1]["outcome"] == "failed"
    assert "AROBASE_CLOCK_IS_RIGHT" in raised.value.message("en")
    with monkeypatch.context() as said:
        said.setenv("AROBASE_CLOCK_IS_RIGHT", "1")
        collected(project, source, datetime(1970, 1, 1, tzinfo=UTC))
    collected(project, a_source(project, obtained="2025-01-31"), datetime(1970, 1, 1, tzinfo=UTC))  # its day is told


def test_what_a_process_that_died_left_aside_goes_with_the_next_collection(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    collected(project, a_source(project))
    for name in (".aside-mairie.x1", ".aside-autre.x2"):
        (project.snapshots / name).mkdir()
    collected(project, a_source(project), NOON)
    assert not (project.snapshots / ".aside-mairie.x1").exists()
    assert (project.snapshots / ".aside-autre.x2").exists()  # another process may be filling it


def test_new_content_is_a_new_capture_and_the_old_bytes_stay(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    file = a_shipped_file(project)
    source = a_source(project)
    first = collected(project, source)
    file.write_text("a,b\n3,4\n")
    second = collected(project, source, NOON)
    assert second.changed
    assert kept_bytes(project, first, "lignes") == b"a,b\n1,2\n"
    assert latest(project, "mairie") == second


def test_a_new_day_for_the_same_shipped_bytes_is_a_new_capture(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    collected(project, a_source(project, obtained="2025-01-31"))
    assert collected(project, a_source(project, obtained="2025-02-28")).parts[0].obtained.month == 2


def test_before_the_first_capture_there_is_none(tmp_path: Path) -> None:
    assert latest(a_project(tmp_path), "mairie") is None


def test_a_failure_is_logged_and_leaves_the_last_capture_in_use(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    file = a_shipped_file(project)
    source = a_source(project)
    first = collected(project, source)
    file.unlink()
    with pytest.raises(SourceFileAbsent):
        collected(project, source, NOON)
    kept = latest(project, source)
    assert kept is not None
    assert kept.parts == first.parts
    failure = SnapshotStore.of(project).last_failure("mairie")
    assert failure is not None
    assert failure["error"]["code"] == "source-file-absent"
    assert list(SnapshotStore.of(project).folder.glob(".aside-*")) == []


def test_a_success_ends_a_failure(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    collected(project, a_source(project))
    assert SnapshotStore.of(project).last_failure("mairie") is None


def test_the_file_of_an_address_must_be_the_one_that_the_part_names(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    named = {"lignes": {"format": "csv", "path": "mairie.csv"}}
    assert collected(project, a_source(project, parts=named)).changed
    with pytest.raises(SourceFileAbsent, match=r"mairie\.csv"):
        collected(project, a_source(project, parts={"lignes": {"format": "csv", "path": "autre.csv"}}))


def test_a_folder_gives_each_part_its_file_and_a_pattern_its_last(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    for name in ("forme-2024.csv", "forme-2025.csv", "lieux.csv", ".cache"):
        a_shipped_file(project, name, name)
    parts = {"formes": {"format": "csv", "path": "forme-*.csv"}, "lieux": {"format": "csv", "path": "lieux.csv"}}
    capture = collected(project, a_source(project, address="data", parts=parts))
    assert kept_bytes(project, capture, "formes") == b"forme-2025.csv"
    assert kept_bytes(project, capture, "lieux") == b"lieux.csv"
    with pytest.raises(SourceFileAbsent, match=r"lieux\.csv"):
        collected(project, a_source(project, address="data"))
    with pytest.raises(SourceFileAbsent):
        collected(project, a_source(project, address="rien"))


def test_several_parts_may_share_one_file(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    parts = {"un": {"format": "csv"}, "deux": {"format": "csv"}}
    capture = collected(project, a_source(project, parts=parts))
    assert capture.snapshot("un").sha256 == capture.snapshot("deux").sha256
    with pytest.raises(KeyError):
        capture.snapshot("trois")


def test_a_file_that_the_system_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)

    def refuse(*_paths: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.copyfile", refuse)
    with pytest.raises(SourceUnreadable, match="permission denied"):
        collected(project, a_source(project))


def test_a_file_outside_the_project_is_shown_by_its_whole_address(tmp_path: Path) -> None:
    project = a_project(tmp_path / "projet")
    (tmp_path / "dehors.csv").write_text("a\n1\n")
    capture = collected(project, a_source(project, address=str(tmp_path / "dehors.csv")))
    assert capture.parts[0].address == (tmp_path / "dehors.csv").as_uri()


def test_an_answer_that_lacks_a_part_is_kept_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = a_project(tmp_path)

    def half(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched]:
        (context.folder / "x").write_bytes(b"x")
        yield Fetched("un", context.folder / "x", "https://example.org/x")

    monkeypatch.setitem(CONNECTORS._items, "files", half)
    parts = {"un": {"format": "csv"}, "deux": {"format": "csv"}}
    with pytest.raises(CaptureIncomplete, match="deux"):
        collected(project, a_source(project, parts=parts))
    assert latest(project, "mairie") is None


def test_what_a_connector_keeps_is_given_back_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = a_project(tmp_path)
    seen: list[object] = []

    def counting(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
        seen.append(context.state.get("cursor"))
        context.state["cursor"] = len(seen)
        if previous is not None:
            yield Unchanged(previous.snapshot("lignes"))
            return
        (context.folder / "x").write_bytes(b"x")
        yield Fetched("lignes", context.folder / "x", "https://example.org/x")

    monkeypatch.setitem(CONNECTORS._items, "files", counting)
    source = a_source(project)
    outcomes = [collected(project, source).changed for _ in range(3)]
    assert (seen, outcomes) == ([None, 1, 2], [True, False, False])


def test_a_secret_comes_from_the_environment_and_only_when_the_source_names_it(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    source = a_source(project, secrets=["JETON"])
    given = {"JETON": " secret\n", "AUTRE": "x"}
    context = FetchContext(project, source, MORNING, tmp_path, tmp_path, given)
    assert context.secret("JETON") == "secret"
    with pytest.raises(KeyError):
        context.secret("AUTRE")
    with pytest.raises(SecretMissing, match="JETON"):
        FetchContext(project, source, MORNING, tmp_path, tmp_path, {"JETON": " "}).secret("JETON")


def test_a_line_that_a_dying_process_left_half_written_never_counted(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    file = a_shipped_file(project)
    source = a_source(project)
    first = collected(project, source)
    log = SnapshotStore.of(project).log_path("mairie")
    with log.open("a") as opened:
        opened.write('{"outcome": "captured", "par')
    assert latest(project, source) == first
    file.write_text("a,b\n3,4\n")
    collected(project, source, NOON)
    assert [entry["outcome"] for entry in a_log(project)] == ["captured", "captured"]


def test_a_log_whose_only_line_was_cut_is_a_log_of_nothing(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    log = SnapshotStore.of(project).log_path("mairie")
    log.parent.mkdir(parents=True)
    log.write_text("")
    collected(project, a_source(project))
    assert len(a_log(project)) == 1


@pytest.mark.parametrize("damage", ["oops", "3"])
def test_any_other_unreadable_line_is_an_error(tmp_path: Path, damage: str) -> None:
    project = a_project(tmp_path)
    log = SnapshotStore.of(project).log_path("mairie")
    log.parent.mkdir(parents=True)
    log.write_text(f"\n{damage}\n")
    with pytest.raises(SnapshotLogDamaged, match="line 2"):
        latest(project, "mairie")


def test_a_line_that_was_read_once_is_looked_at_again_when_the_log_changes(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    a_shipped_file(project)
    collected(project, a_source(project))
    store, log = SnapshotStore.of(project), SnapshotStore.of(project).log_path("mairie")
    first, whole = list(store.entries("mairie")), log.read_text()
    log.write_text(f"{whole}3\n")
    with pytest.raises(SnapshotLogDamaged, match="line 2"):
        list(store.entries("mairie"))
    log.write_text("!" * (len(whole) - 1) + "\n" + whole)
    with pytest.raises(SnapshotLogDamaged, match="line 1"):
        list(store.entries("mairie"))
    log.write_text(whole + whole + "torn")
    assert list(store.entries("mairie")) == [*first, *first]
    log.unlink()
    assert list(store.entries("mairie")) == []


def test_a_connector_s_name_is_taken_once() -> None:
    assert "files" in CONNECTORS
    with pytest.raises(NameTaken, match="files"):
        connector("files")(lambda *_: [])


def test_every_snapshot_that_a_source_ever_had_is_known_oldest_first(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    sizes = []
    for content in ("a\n1\n", "a\n1\n", "a\n12\n"):
        a_shipped_file(project, content=content)
        sizes.append(collected(project, a_source(project)).parts[0].size)
    assert [item.size for item in SnapshotStore.of(project).snapshots("mairie")] == [4, 5]
    assert sizes == [4, 4, 5]
