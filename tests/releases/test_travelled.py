"""Releases that were copied, unpacked and carried about: what was only brought along, or changed on the way, is told as
that; and what somebody names in the place of a release is told for what it is."""

from __future__ import annotations

import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.commands._verify_place import NotARelease
from pipelines.releases.errors import RetractedRelease
from pipelines.releases.retract import retract
from pipelines.releases.verify import verify
from tests.releases.builders import two_releases

PAYLOAD = "data/prix.csv"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ADDED = [".DS_Store", "data/Thumbs.db", "__MACOSX/._bagit.txt", "data/Desktop.ini", "data/._a"]


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    return two_releases(tmp_path / "outputs")


@pytest.fixture
def copy(releases: Path, tmp_path: Path) -> Path:
    """A release alone, as an archive of it is unpacked."""
    return Path(shutil.copytree(releases / "prix" / "1.1.0", tmp_path / "Downloads" / "prix-1.1.0"))


def verified(path: Path, language: str = "en") -> Result:
    return CliRunner(env={"AROBASE_LANG": language, "COLUMNS": "120"}).invoke(commands, ["verify", str(path)])


@pytest.mark.parametrize(
    "name", [".DS_Store", "data/Thumbs.db", "__MACOSX/._bagit.txt", "data/Desktop.ini", "data/._a"]
)
def test_what_a_computer_adds_is_told_as_that_and_nothing_else_is(copy: Path, name: str) -> None:
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_bytes(b"x")
    assert [flaw.code for flaw in verify(copy).flaws] == ["brought-along"]
    shown = verified(copy)
    assert (shown.exit_code, "delete it, then verify again" in shown.output) == (1, True)


def test_all_that_a_computer_added_is_named_at_once(copy: Path) -> None:
    for name in (".DS_Store", "data/.DS_Store"):
        (copy / name).write_bytes(b"x")
    assert ".DS_Store: file added" in verified(copy).output
    assert "(data/.DS_Store)" in verified(copy).output


@pytest.mark.parametrize("name", [".hidden", "data/notes.db", "data/desktop.ini.csv"])
def test_any_other_file_is_still_an_added_one(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"x")
    assert "brought-along" not in {flaw.code for flaw in verify(copy).flaws}
    assert not verify(copy).is_sound


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        (PAYLOAD, lambda data: data.replace(b"\n", b"\r\n"), "only the line ends changed"),
        (PAYLOAD, lambda data: b"\xef\xbb\xbf" + data, "only a byte order mark"),
        (PAYLOAD, lambda data: b"", "0 bytes"),
        ("bagit.txt", lambda data: data.replace(b"\n", b"\r\n"), "only the line ends changed"),
        ("manifest-sha256.txt", lambda data: b"\xef\xbb\xbf" + data, "only a byte order mark"),
    ],
)
def test_what_changed_a_text_on_the_way_is_told(copy: Path, name: str, change: object, told: str) -> None:
    assert callable(change)
    (copy / name).write_bytes(change((copy / name).read_bytes()))
    shown = verified(copy)
    assert (shown.exit_code, told in shown.output) == (1, True), shown.output


def test_a_value_that_changed_too_is_not_excused(copy: Path) -> None:
    path = copy / PAYLOAD
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").replace(b"p1", b"p9"))
    assert "only" not in verified(copy).output


def test_a_release_in_the_folder_it_was_unpacked_in_is_verified_alone(copy: Path) -> None:
    (copy.parent / "__MACOSX").mkdir()
    shown = verified(copy.parent)
    assert (shown.exit_code, "prix 1.1.0" in shown.output, "verified alone" in shown.output) == (0, True, True)


def test_an_altered_release_in_such_a_folder_is_seen(copy: Path) -> None:
    (copy / PAYLOAD).write_bytes(b"x")
    assert verified(copy.parent).exit_code == 1


def test_two_releases_beside_no_ledger_are_said_to_be_without_one(copy: Path) -> None:
    shutil.copytree(copy, copy.with_name("again"))
    shown = verified(copy.parent)
    assert (shown.exit_code, "there is no ledger here" in shown.output) == (1, True), shown.output


def test_a_folder_of_outputs_is_its_releases(releases: Path) -> None:
    shown = verified(releases.parent)
    assert (shown.exit_code, "2 intact releases" in shown.output) == (0, True), shown.output
    (releases / "prix" / "1.0.0" / PAYLOAD).write_bytes(b"x")
    assert verified(releases.parent).exit_code == 1


def test_an_archive_a_file_and_a_catalogue_are_no_releases(copy: Path, tmp_path: Path) -> None:
    archive = tmp_path / "latest.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.write(copy / "bagit.txt")
    catalogue = tmp_path / "catalogue"
    catalogue.mkdir()
    for name in ("fichiers.txt", "catalog.jsonld", "versions.json"):
        (catalogue / name).write_text("{}", encoding="utf-8")
    for path, told in ((archive, "unpack it"), (copy / PAYLOAD, "it is a file"), (catalogue, "it is a catalogue")):
        error = verified(path).exception
        assert isinstance(error, NotARelease)
        assert told in error.message("en")


def test_a_retracted_version_is_told_as_retracted(releases: Path) -> None:
    retract(releases, "prix", "1.0.0", "un motif inventé", now=NOW)
    error = verified(releases / "prix" / "1.0.0").exception
    assert isinstance(error, RetractedRelease)
    assert "un motif inventé" in error.message("fr")


def test_outputs_without_their_ledger_are_told_as_that_and_not_file_by_file(releases: Path) -> None:
    (releases.parent / "ledger.jsonl").unlink()
    (releases.parent / "catalogue" / "en").mkdir(parents=True)
    (releases.parent / "catalogue" / "en" / "404.html").write_text("x", encoding="utf-8")
    shown = verified(releases.parent)
    assert (shown.exit_code, "prix/1.0.0: release not in the ledger" in shown.output) == (1, True), shown.output
    assert "404.html" not in shown.output


def test_releases_of_a_package_without_their_ledger_are_told_what_to_take_along(releases: Path, tmp_path: Path) -> None:
    shutil.copytree(releases / "prix", tmp_path / "elsewhere" / "prix")
    shown = verified(tmp_path / "elsewhere" / "prix")
    assert (shown.exit_code, "copy ledger.jsonl and log/ too" in " ".join(shown.output.split())) == (1, True)


def test_another_release_than_the_expected_one_is_told_with_both(copy: Path) -> None:
    (flaw,) = verify(copy, expected="prix/1.0.0").flaws
    assert flaw.message("en").endswith("(prix/1.1.0; expected: prix/1.0.0)")


def test_a_proof_says_why_it_proves_nothing(copy: Path) -> None:
    proof = copy / "inclusion.tlog-proof"
    before, marker, rest = proof.read_text(encoding="utf-8").partition("\nindex ")
    number, end, hashes = rest.partition("\n")
    first, more, others = hashes.partition("\n")
    changed = ("B" if first[0] == "A" else "A") + first[1:]
    proof.write_text(before + marker + number + end + changed + more + others, encoding="utf-8")
    messages = [flaw.message("en") for flaw in verify(copy).flaws if flaw.code == "inclusion"]
    assert messages == [
        "inclusion.tlog-proof: nothing proves that the log contains the release "
        "(its hashes do not lead to the head of the log that it names)"
    ]
