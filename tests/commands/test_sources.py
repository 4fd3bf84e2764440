"""Trials and beginnings of sources: what a description gets wrong is told before anything is collected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pipelines.commands._sources_output import _change
from pipelines.commands.sources import command
from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.text import Language
from pipelines.formats.errors import HeaderMissing
from pipelines.mapping.errors import MappingColumnUnknown, MappingError
from pipelines.privacy import Vault
from pipelines.sources import SnapshotStore, load_sources
from pipelines.sources.errors import SourceFileError
from pipelines.starter.errors import FormatUnknown
from tests.sources.builders import a_project, a_shipped_file, a_source
from tests.sources.server import Reply, serving


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that the commands find, with one table `label/x` of one field `titre`."""
    made = a_project(tmp_path)
    monkeypatch.setenv("AROBASE_ROOT", str(tmp_path))
    monkeypatch.delenv("AROBASE_OUTPUTS", raising=False)
    (made.schemas / "label").mkdir()
    fields = [{"name": "titre", "type": "string", "privacy": "public"}]
    (made.schemas / "label" / "x.json").write_text(json.dumps({"fields": fields}))
    return made


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(command, [*arguments])
    if isinstance(result.exception, ArobaseError):
        raise result.exception
    return result


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"table": "label/x", "fields": {"titre": {"from": "nom", "with": "arobaze"}}}, "fields.titre.with: 'arobaze'"),
        ({"table": "label/x", "fields": {"titro": "nom"}}, "table label/x: titro; expected: titre"),
    ],
)
def test_a_trial_refuses_a_mapping_that_a_release_would_refuse(
    project: Project, rows: dict[str, Any], told: str
) -> None:
    a_shipped_file(project, content="nom\nSéné\n")
    a_source(project, parts={"lignes": {"format": "csv", "rows": [rows]}})
    with pytest.raises(MappingError) as refused:
        run("test", "mairie")
    assert told in refused.value.message("en")
    assert refused.value.responsible is ResponsibleParty.MAPPING


def test_a_name_that_the_mapping_alone_has_is_the_mappings_to_mend_with_its_line(project: Project) -> None:
    a_shipped_file(project, content="nom\nSéné\n")
    (project.schemas / "entrants").mkdir()
    fields = [{"name": "nom", "type": "string", "privacy": "public"}]
    (project.schemas / "entrants" / "lignes.json").write_text(json.dumps({"fields": fields}))
    rows = [{"table": "label/x", "fields": {"titre": "nmo"}}]
    a_source(project, parts={"lignes": {"format": "csv", "schema": "lignes", "rows": rows}})
    written = (project.sources / "mairie.yaml").read_text(encoding="utf-8").splitlines()
    with pytest.raises(MappingColumnUnknown) as refused:
        run("test", "mairie")
    assert refused.value.responsible is ResponsibleParty.MAPPING
    line = refused.value.facts["line"]
    assert "titre: nmo" in written[line - 1]
    assert refused.value.message("en") == (
        f'sources/mairie.yaml, line {line}: part "lignes": the column "nmo" is not in schemas/entrants/lignes.json; '
        "expected: nom."
    )


def test_a_renamed_column_of_the_file_is_the_publishers_and_said_in_one_language(project: Project) -> None:
    a_shipped_file(project, content="nmo\nSéné\n")
    (project.schemas / "entrants").mkdir()
    fields = [{"name": "nom", "type": "string", "privacy": "public"}]
    (project.schemas / "entrants" / "lignes.json").write_text(json.dumps({"fields": fields}))
    rows = [{"table": "label/x", "fields": {"titre": "nom"}}]
    a_source(project, parts={"lignes": {"format": "csv", "schema": "lignes", "rows": rows}})
    with pytest.raises(HeaderMissing) as refused:
        run("test", "mairie")
    assert refused.value.responsible is ResponsibleParty.SOURCE
    assert ", line 1: missing columns: nom; columns read: 1, none expected." in refused.value.message("en")
    assert ", ligne 1 : colonnes absentes : nom ; colonnes lues : 1, aucune attendue." in refused.value.message("fr")


def test_a_new_source_is_refused_until_someone_says_its_licence_and_publisher(project: Project) -> None:
    a_shipped_file(project, "depot.csv", "nom\nSéné\n")
    begun = run("new", "depot", "data/depot.csv", "--lang", "en").output
    assert "To complete in sources/depot.yaml, refused without: licence, publisher.title" in begun
    path = project.sources / "depot.yaml"
    refused = []
    for known in ({"licence": "etalab-2.0"}, {"publisher": {"title": "Mairie inventée"}}):
        with pytest.raises(SourceFileError) as error:
            run("test", "depot")
        refused.append((error.value.facts["key"], error.value.facts["found"]))
        described = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump(described | known, allow_unicode=True), encoding="utf-8")
    assert sorted(refused) == [("licence", "null"), ("publisher.title", "null")]
    assert run("test", "depot").exit_code == 0
    assert load_sources(project)["depot"].licence == "etalab-2.0"


def test_a_broken_file_is_a_line_of_the_list_and_counted(project: Project) -> None:
    a_shipped_file(project)
    a_source(project)
    run("fetch")
    (project.sources / "faux.yaml").write_text("name: [")
    listed = run("list", "--lang", "en").output.splitlines()
    assert listed[1].split() == ["faux", "—", "—", "file", "to", "fix", "see", "sources/faux.yaml"]
    assert "2 sources, 1 problem. To see one: arobase sources show NAME" in listed


def test_a_publisher_is_named_in_the_language(project: Project) -> None:
    a_source(project, publisher={"title": "Mairie inventée", "title_en": "Invented town hall"})
    assert "Invented town hall" in run("show", "mairie", "--lang", "en").output
    assert "Mairie inventée" in run("show", "mairie", "--lang", "fr").output


def test_a_fetch_reads_the_drop_folder(project: Project) -> None:
    a_source(project)
    path = project.sources / "inbox" / "mairie" / "livraison.csv"
    path.parent.mkdir(parents=True)
    path.write_text("a,b\n3,4\n", encoding="utf-8")
    assert run("fetch", "mairie", "--lang", "en").output.startswith("mairie  new snapshot")
    (snapshot,) = SnapshotStore.of(project).latest("mairie").parts
    assert snapshot.address == "sources/inbox/mairie/livraison.csv"


def test_a_fetch_of_personal_values_opens_the_private_folder_with_its_date(project: Project) -> None:
    (project.schemas / "entrants").mkdir()
    fields = [{"name": "a", "type": "string", "privacy": "personnel"}]
    (project.schemas / "entrants" / "lignes.json").write_text(json.dumps({"fields": fields}))
    a_shipped_file(project)
    a_source(project, parts={"lignes": {"format": "csv", "schema": "lignes"}})
    assert run("fetch", "mairie").exit_code == 0
    assert Vault(project.private).keep_until().year >= 2026


@pytest.mark.parametrize(
    ("language", "told"), [("fr", "n'est pas reconnu. Donnez-le"), ("en", "is not recognised. Give it")]
)
def test_an_address_that_tells_no_format_is_refused_in_words_and_without_its_secret(
    project: Project, language: Language, told: str
) -> None:
    with serving(lignes=Reply(b"rien de connu")) as server, pytest.raises(FormatUnknown) as refused:
        run("new", "depot", f"{server.url}/lignes?token=inventee", "--lang", language)
    assert told in refused.value.message(language)
    assert "inventee" not in refused.value.message(language)


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.5, "0.5"), (3, "3"), (True, "True"), (";", '";"'), ("utf-8", "utf-8"), (["a"], "(1)"), ([], "—")],
)
def test_what_was_detected_is_short_and_of_no_language(value: object, told: str) -> None:
    assert _change({"x": value}) == f"x {told}"


def test_a_delivery_that_no_source_reads_is_told(project: Project) -> None:
    """A folder that bears the name of a source that is no more, or one that was mistyped: its files wait for ever."""
    a_shipped_file(project)
    a_source(project, name="villes")
    astray = project.sources / "inbox" / "viles"
    astray.mkdir(parents=True)
    (project.sources / "inbox" / "villes").mkdir()
    told = run("list", "--lang", "en").stdout
    assert "inbox" not in told
    (astray / "december.csv").write_text("nom\nAgen\n", encoding="utf-8")
    (project.sources / "inbox" / "villes" / "december.csv").write_text("nom\nAgen\n", encoding="utf-8")
    told = run("list", "--lang", "en").stdout
    assert [line for line in told.splitlines() if "inbox" in line] == [
        "! sources/inbox/viles/: no source has this name, and nothing of this folder is read. "
        "Expected: the name of a file sources/*.yaml."
    ]
