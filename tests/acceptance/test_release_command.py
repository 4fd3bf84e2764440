"""What `arobase release` says, in both languages, when a source is not as its file says; on the small project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.commands._release_output import _failures
from pipelines.commands.release import command
from pipelines.core.project import Project
from pipelines.core.text import Language
from pipelines.storage import Busy
from pipelines.storage.buckets import BucketsNotInstalled, BucketUnreachable
from tests.pipeline.builders import ACTIONS, TOWNS, a_part, a_run, a_small_project, a_source, obtained_later, rewrite


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_small_project(tmp_path)


def release(project: Project, *words: str, language: str = "fr", columns: int = 100) -> Result:
    environment = {"AROBASE_ROOT": str(project.root), "AROBASE_OUTPUTS": None, "COLUMNS": str(columns)}
    return CliRunner(env=environment).invoke(command, [*words, "--lang", language])


def marked(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith(("✗", "!"))]


def test_a_good_run_ends_well_with_where_to_look_next(project: Project) -> None:
    done = release(project)
    assert done.exit_code == 0, done.output
    assert "1.0.0 nouvelle" in done.output
    assert "villes → outputs/releases/villes/1.0.0" in done.output
    assert "✗" not in done.output


def test_a_word_between_colons_is_no_picture(project: Project) -> None:
    described = project.sources / "villes.yaml"
    described.write_text(described.read_text(encoding="utf-8").replace("data/villes.csv", "data/:book:.csv"))
    assert "data/:book:.csv" in release(project, columns=400).output


def test_a_wide_terminal_has_the_place_in_the_table(project: Project) -> None:
    done = release(project, "villes", columns=150)
    assert "Où regarder ensuite" in done.output
    assert "villes → " not in done.output


@pytest.mark.parametrize(
    ("language", "stays"),
    [("fr", "la version 1.0.0 reste en place."), ("en", "version 1.0.0 stays in place.")],
)
def test_a_cause_is_told_once_then_what_it_costs(project: Project, language: str, stays: str) -> None:
    release(project)
    rewrite(project, "villes", TOWNS.replace("code,", "insee,", 1))
    done = release(project, language=language)
    assert done.exit_code == 1
    causes = marked(done)
    assert len([line for line in causes if "[header-missing]" in line]) == 1
    assert any("sources/data/villes.csv" in line for line in causes)
    costs = [line for line in causes if line.endswith(stays)]
    assert [line.split()[1].strip(":") for line in costs] == ["villes", "bilan"]
    assert "villes, actions" in costs[0]
    assert len(causes) == 3


@pytest.mark.parametrize(
    ("language", "none"), [("fr", "aucune version n'est publiée."), ("en", "no version is published.")]
)
def test_what_was_never_published_is_said_so(project: Project, language: str, none: str) -> None:
    rewrite(project, "actions", "")
    done = release(project, "villes", language=language)
    assert done.exit_code == 1
    assert marked(done)[-1].endswith(none)


def test_columns_that_nobody_described_and_thin_ones_are_told(project: Project) -> None:
    path = project.sources / "actions.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("format: csv", "format: csv\n    expect: {fill: {titre: 1.0}}"), encoding="utf-8")
    rewrite(project, "actions", "id,ville,titre,humeur\na1,57463,,gaie\na2,47001,Cartes,gaie\n")
    for language, unknown, thin in (("fr", "inconnues", "moins remplie"), ("en", "unknown columns", "filled less")):
        told = marked(release(project, "villes", language=language))
        assert any(unknown in line and line.endswith("humeur") for line in told)
        assert any(thin in line and "titre" in line for line in told)


def test_too_great_a_loss_is_refused_with_its_reason_and_the_last_version_stays(project: Project) -> None:
    release(project, "villes")
    rewrite(project, "actions", ACTIONS.partition("\n")[0] + "\nz1,99999,Nulle part\n")
    done = release(project, "villes")
    assert done.exit_code == 1
    assert any("villes" in line and "actions" in line for line in marked(done))
    assert (project.releases / "villes" / "latest.json").read_text(encoding="utf-8").count("1.0.0")


def test_a_package_that_is_not_there_is_a_misuse(project: Project) -> None:
    done = release(project, "nulle-part")
    assert done.exit_code == 2
    assert "bilan, villes" in done.output


@pytest.mark.parametrize(("language", "made"), [("fr", "pas pu être faites : "), ("en", "could not be made: ")])
def test_a_fault_of_a_source_file_is_told_once_and_every_table_that_it_costs(
    project: Project, language: str, made: str
) -> None:
    path = project.sources / "villes.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "inconnue: 1\n", encoding="utf-8")
    told = marked(release(project, language=language))
    assert [line[:22] for line in told if "[source-file]" in line] == ["✗ sources/villes.yaml,"]
    assert [line.partition(made)[2].split(";")[0].strip() for line in told[1:]] == ["villes, actions", "nombres"]


@pytest.mark.parametrize(("language", "said"), [("fr", "villes : "), ("en", "villes: ")])
def test_rejected_records_are_told_with_the_place_to_read_them(project: Project, language: str, said: str) -> None:
    rewrite(project, "villes", TOWNS + "x1,Pau,9,un.invente@example.org\n")
    done = release(project, "villes", language=language)
    told = [line for line in done.output.splitlines() if line.endswith("rejets.csv")]
    assert [line.startswith(said) for line in told] == [True]
    assert (project.root / told[0].rpartition("→ ")[2]).is_file()


def test_a_run_without_rejects_names_no_file_of_them(project: Project) -> None:
    assert "rejets.csv" not in release(project).output


def test_a_catalogue_that_could_not_be_rewritten_is_not_shown_as_new(project: Project) -> None:
    (project.root / "catalogue.yaml").write_text("inconnue: 1\n", encoding="utf-8")
    assert "Catalogue non écrit." in release(project).output
    assert "Catalogue not written." in release(project, language="en").output
    (project.root / "catalogue.yaml").unlink()
    assert "Catalogue : outputs/catalogue/index.html" in release(project).output
    (project.root / "catalogue.yaml").write_text("inconnue: 1\n", encoding="utf-8")
    assert "Catalogue non réécrit ; celui d'avant" in release(project).output
    assert "Catalogue not rewritten; the one from before" in release(project, language="en").output


def test_french_has_its_space_before_a_colon(project: Project) -> None:
    told = release(project).output
    assert "Durée : " in told
    assert "! villes : " in told


@pytest.mark.parametrize(
    ("address", "language", "told"),
    [("nothing://x", "fr", "attendu : une adresse en s3://"), ("outputs", "en", "expected: an address in s3://")],
)
def test_a_store_of_no_known_kind_is_a_misuse_before_anything_runs(
    project: Project, address: str, language: str, told: str
) -> None:
    done = release(project, "--to", address, language=language)
    assert (done.exit_code, told in done.output) == (2, True)
    assert not project.releases.exists()


def test_a_store_that_cannot_be_opened_stops_before_anything_runs(project: Project) -> None:
    done = release(project, "--to", f"file://{project.root}/absent/absent")
    assert isinstance(done.exception, BucketUnreachable)
    assert not project.releases.exists()


def test_without_the_extra_a_sending_stops_before_anything_runs(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    assert isinstance(release(project, "--to", "s3://depot").exception, BucketsNotInstalled)
    assert not project.releases.exists()


def test_what_a_store_gained_is_told(project: Project) -> None:
    (project.root / "depot").mkdir()
    done = release(project, "villes", "--to", f"file://{project.root}/depot")
    assert done.exit_code == 0, done.output
    assert f"file://{project.root}/depot : villes 1.0.0 envoyée" in done.output


@pytest.mark.parametrize(("language", "who"), [("fr", "→ la personne qui administre"), ("en", "→ the operator of")])
def test_a_sending_that_fails_after_a_whole_run_is_told_and_ends_with_one(
    project: Project, monkeypatch: pytest.MonkeyPatch, language: str, who: str
) -> None:
    (project.root / "depot").mkdir()

    def down(*_: object) -> None:
        raise Busy(place="depot")

    monkeypatch.setattr("pipelines.releases.object_store.send", down)
    done = release(project, "villes", "--to", f"file://{project.root}/depot", language=language)
    assert done.exit_code == 1
    assert who in done.output
    assert "[busy]" in done.output
    assert (project.releases / "villes" / "1.0.0").is_dir()


def test_a_release_waits_for_another_one_of_the_same_package(project: Project) -> None:
    assert release(project, "villes").exit_code == 0
    place = project.releases / "villes" / ".lock"
    holds = "import sys, time\nfrom pipelines.storage import lock\nfrom pathlib import Path\n"
    holds += "with lock(Path(sys.argv[1])):\n    print(1, flush=True)\n    time.sleep(float(sys.argv[2]))\n"
    (project.sources / "data" / "villes.csv").write_text(TOWNS + "01001,Exemple,3,\n", encoding="utf-8")
    obtained_later(project.sources / "villes.yaml")
    for seconds, wait, code in (("60", "0", 1), ("3", "60", 0)):
        with subprocess.Popen([sys.executable, "-c", holds, str(place), seconds], stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            done = release(project, "villes", "--wait", wait)
            holder.kill()
        assert done.exit_code == code, done.output
        assert ("[busy]" in done.output) == bool(code)
    assert (project.releases / "villes" / "1.1.0").is_dir()


def test_a_source_named_catalogue_that_fails_is_not_the_catalogue(project: Project) -> None:
    a_source(project, "catalogue", "id\n", parts=a_part("actions", "villes/actions", {"id": "id"}))
    (project.sources / "data" / "catalogue.csv").unlink()
    assert "Catalogue : outputs/catalogue/index.html" in release(project).output


@pytest.mark.parametrize(
    ("language", "thin", "declared"),
    [
        (
            "fr",
            "actions : colonne moins remplie qu'attendu : l.t: 0.5 < 1",
            "schéma déclaré par le producteur : refusés",
        ),
        ("en", "actions: column filled less than expected: l.t: 0.5 < 1", "schema declared by the publisher: refused"),
    ],
)
def test_what_a_column_lacks_and_what_a_publishers_schema_says_are_told_apart(
    project: Project, language: Language, thin: str, declared: str
) -> None:
    done = a_run(project)
    done.records["actions"].summary["thin"].append("l.t: 0.5 < 1")
    done.records["actions"].summary["declared"].append({"fr": "refusés", "en": "refused"})
    told = [line for _, line in _failures(project, done, language)]
    assert thin in told
    assert any(line.endswith(declared) for line in told)
