"""`arobase trace`: every word in the language asked for, nothing cut, and why raw values are not there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipelines.commands import diff
from pipelines.commands._trace_output import traced
from pipelines.commands.trace import _reader, command
from pipelines.core.project import Project
from pipelines.releases.bag import read_info, seal
from pipelines.releases.errors import NoSuchRow, ReleaseDamaged
from pipelines.releases.steps import read_steps
from pipelines.releases.trace import Cell, Origin, Trace
from pipelines.sources import SnapshotStore, load_sources
from tests.releases.builders import two_releases
from tests.sources.builders import a_project, a_shipped_file, a_source, collected

ADDRESS = "https://example.org/un/chemin/tres/long/qui/ne/tient/pas/sur/quatre-vingts/colonnes/lignes.csv"
AGAIN = ". To read the original record, use the version of the project that published this row. [raw-absent]"


def run(*words: str) -> Result:
    return CliRunner().invoke(command, [*words])


def run_diff(*words: str) -> Result:
    return CliRunner(env={"AROBASE_LANG": "en"}).invoke(diff.command, [*words])


def a_trace(*origins: Origin) -> Trace:
    constraints = {"type": "string", "required": True, "unique": True, "enum": ["a", "b"], "maxLength": False}
    steps = read_steps(["sources/x.yaml, lignes : nom, copiée"])
    cell = Cell("titre", None, steps, constraints, "1.0.0", "1.1.0")
    finding = {"regle": "R-1", "resultat": "a_verifier", "message": "À voir.", "message_en": "See."}
    return Trace("label", "1.1.0", "actions", "une clé | " + "très longue " * 9, 7, (cell,), origins, (finding,))


def an_origin(address: str = ADDRESS, record: dict[str, str | None] | None = None) -> Origin:
    return Origin("x", "Source", "ab" * 32, "lignes", 3, address, "2026-11-23", record)


def test_a_trace_speaks_english_in_whole_lines() -> None:
    found = a_trace(an_origin(record={"nom": "x", "vide": None}))
    lines = list(traced(found, "en", {}, {"a_verifier": "To verify"}))
    assert lines == [
        f"label 1.1.0 · actions · {found.key} · row 7",
        "",
        "titre",
        "  Value: ∅",
        "  Value unchanged from 1.0.0 to 1.1.0",
        "  Step: sources/x.yaml, lignes: nom, copied",
        "  Expected: a text; a value (it is required); a value that is there once; one of a, b",
        "",
        "Origin: Source (x), part lignes, line 3",
        f"  sha256 {'ab' * 32}",
        f"  2026-11-23 {ADDRESS}",
        "  Raw values:",
        "    nom = x",
        "",
        "Finding: R-1, To verify. See.",
    ]


@pytest.mark.parametrize(
    ("address", "french", "english"),
    [
        ("a.csv", "ligne 3", "line 3"),
        ("https://example.org/a.XLSX?x=1", "ligne 3", "row 3"),
        ("https://example.org/api", "enregistrement 3", "record 3"),
    ],
)
def test_a_place_is_named_as_its_file_counts(address: str, french: str, english: str) -> None:
    assert f"lignes, {french}" in "\n".join(traced(a_trace(an_origin(address)), "fr", {}, {}))
    assert f"lignes, {english}" in "\n".join(traced(a_trace(an_origin(address)), "en", {}, {}))


def test_a_key_that_is_not_there_is_told_as_a_value_of_its_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_releases(tmp_path)
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path / "outputs"))
    error = run("prix", "prix", "absent").exception
    assert isinstance(error, NoSuchRow)
    assert 'the table prix has no row "absent". Give a value of the column prix_id.' in error.message("en")
    assert "n'a pas de ligne « absent ». Donnez une valeur de la colonne prix_id." in error.message("fr")


def test_a_row_that_only_other_versions_have_is_told_to_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_releases(tmp_path)
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path / "outputs"))
    error = run("prix", "prix", "p4", "--version", "1.0.0").exception
    assert isinstance(error, NoSuchRow)
    assert 'prix 1.0.0: the table prix has no row "p4"; it is in: 1.1.0. Give --version 1.1.0.' in error.message("en")
    assert "« p4 » ; elle est dans : 1.1.0. Donnez --version 1.1.0." in error.message("fr")


@pytest.mark.parametrize("name", ["prix.csv", "prix.parquet", "qualite/provenance.parquet", "datapackage.json"])
def test_no_value_is_traced_in_a_file_that_changed_after_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    releases = two_releases(tmp_path)
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path / "outputs"))
    assert run("prix", "prix", "p1", "arobases").exit_code == 0
    earlier, traced_file = (releases / "prix" / version / "data" / name for version in ("1.0.0", "1.1.0"))
    traced_file.write_bytes(earlier.read_bytes())
    error = run("prix", "prix", "p1", "arobases").exception
    assert isinstance(error, ReleaseDamaged)
    assert f"prix/1.1.0/data/{name}: the file changed after publication; expected: SHA-256 " in error.message("en")
    assert "le fichier a changé depuis la publication" in error.message("fr")


def test_a_value_is_not_said_to_be_unchanged_since_a_version_that_was_altered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = two_releases(tmp_path)
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path / "outputs"))
    (releases / "prix" / "1.1.0" / "data" / "prix.parquet").replace(releases / "prix/1.0.0/data/prix.parquet")
    error = run("prix", "prix", "p1", "arobases", "--version", "1.1.0").exception
    assert isinstance(error, ReleaseDamaged)
    assert "prix/1.0.0/data/prix.parquet" in error.message("en")


def test_neither_trace_nor_diff_takes_a_version_that_was_sealed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = two_releases(tmp_path)
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path / "outputs"))
    bag = releases / "prix" / "1.1.0"
    (releases / "prix" / "1.0.0" / "data" / "prix.parquet").replace(bag / "data" / "prix.parquet")
    seal(bag, {name: value for name, value in read_info(bag).items() if name != "Payload-Oxum"}, {}, None)
    for error in (run("prix", "prix", "p1", "arobases").exception, run_diff("prix").exception):
        assert isinstance(error, ReleaseDamaged)
        assert "prix/1.1.0/tagmanifest-sha256.txt: this is not the version that the ledger" in error.message("en")


def test_a_path_that_is_no_release_is_told_as_that_and_not_as_a_package(tmp_path: Path) -> None:
    traced_path = run(str(tmp_path), "prix", "p1", "--lang", "en")
    assert f"{tmp_path} is not the folder of a release (no bag-info.txt there)" in traced_path.output
    absent = run_diff(str(tmp_path), str(tmp_path / "rien"), "--lang", "en")
    assert f"{tmp_path / 'rien'} is no folder" in absent.output
    assert "expected: two folders" in run_diff(str(tmp_path), "--lang", "en").output
    assert {traced_path.exit_code, absent.exit_code} == {2}


def test_help_says_what_only_verify_checks() -> None:
    for asked in (run, run_diff):
        assert "checked by `arobase verify` only" in " ".join(asked("--help", "--lang", "en").output.split())


def test_why_raw_values_are_not_shown_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_releases(tmp_path)
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path / "outputs"))
    done = run("prix", "prix", "p1", "--lang", "en")
    assert done.exit_code == 0
    assert "  Raw values not shown: There is no source" in done.output
    assert "[source-unknown]" in done.output


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one collected source of one public and one personal column."""
    made = a_project(tmp_path)
    (made.schemas / "entrants").mkdir()
    fields = [
        {"name": "nom", "type": "string", "privacy": "public"},
        {"name": "courriel", "type": "string", "privacy": "personnel"},
    ]
    (made.schemas / "entrants" / "lignes.json").write_text(json.dumps({"fields": fields}))
    a_shipped_file(made, content="nom,courriel\nSéné,invente@example.org\n")
    a_source(made, parts={"lignes": {"format": "csv", "schema": "lignes"}, "nue": {"format": "csv"}})
    return made


def test_a_record_is_read_again_or_its_absence_has_a_reason(project: Project) -> None:
    from pipelines.commands.trace import _reader

    capture = collected(project, load_sources(project)["mairie"])
    digest, absent = capture.parts[0].sha256, dict[tuple[str, str], str]()
    raw = _reader(project, "en", absent)
    assert raw("mairie", digest, "lignes", 2) == {"nom": "Séné"}
    assert absent == {}
    assert raw("mairie", digest, "lignes", 99) is None
    assert absent["mairie", "lignes"] == f"nothing is read at this place{AGAIN}"
    assert raw("mairie", digest, "partie", 2) is None
    assert absent["mairie", "partie"] == f"sources/mairie.yaml no longer has this part{AGAIN}"
    assert raw("mairie", digest, "nue", 2) is None
    assert absent["mairie", "nue"] == f"this part has no schema{AGAIN}"
    SnapshotStore.of(project).objects.path(digest).unlink()
    assert raw("mairie", digest, "lignes", 2) is None
    assert absent["mairie", "lignes"] == "the snapshot is not kept here (does not exist)"
    (project.sources / "mairie.yaml").write_text("name: [", encoding="utf-8")
    assert raw("mairie", digest, "lignes", 2) is None
    assert "[source-file]" in absent["mairie", "lignes"]


def test_a_snapshot_that_cannot_be_read_for_a_reason_without_words_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("lost")

    monkeypatch.setattr("pipelines.commands.trace._record", broken)
    absent: dict[tuple[str, str], str] = {}
    assert _reader(Project.at(tmp_path), "en", absent)("x", "0" * 64, "lignes", 2) is None
    assert absent == {("x", "lignes"): "the snapshot is not kept here (OSError)"}


def test_a_release_alone_is_traced_without_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    releases = two_releases(tmp_path / "made")
    package = next(path for path in releases.iterdir() if (path / "1.0.0").is_dir())
    alone = tmp_path / "alone" / "downloaded"
    shutil.copytree(package / "1.0.0", alone)
    monkeypatch.chdir(alone.parent)
    monkeypatch.delenv("AROBASE_ROOT", raising=False)
    document = json.loads((alone / "data" / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(item for item in document["resources"] if "schema" in item and "/" not in item["path"])
    columns = pq.read_table(alone / "data" / f"{resource['name']}.parquet").to_pylist()[0]
    key = " | ".join(str(columns[name]) for name in resource["schema"]["primaryKey"])
    shown = run("downloaded", resource["name"], key, "--lang", "en")
    assert shown.exit_code == 0, shown.output
    assert f"{package.name} 1.0.0 · {resource['name']} · {key}" in shown.output
    assert "Value published: in 1.0.0; the other versions are not here" in shown.output
    assert "sha256 " in shown.output
    assert "only" not in shown.output
    assert run("downloaded", resource["name"], key, "--version", "1.0.0").exit_code == 2
    damaged = alone / "data" / f"{resource['name']}.csv"
    damaged.write_bytes(damaged.read_bytes() + b"x\n")
    assert isinstance(run("downloaded", resource["name"], key).exception, ReleaseDamaged)
