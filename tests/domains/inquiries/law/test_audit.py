"""`arobase audit` checks a release against the law again, from its files alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipelines.core.registry import UnknownName
from pipelines.domains.inquiries.commands import audit
from pipelines.domains.inquiries.commands.audit import NothingToAudit, command
from pipelines.domains.inquiries.law.controles import contester, jeu_des_enquetes
from tests.domains.inquiries.law.shipped import PACKAGE, ROOT, tables
from tests.schema.builders import a_project


class StandingStore:
    """A store whose current version is one folder, so that these tests need no signed release."""

    folder: Path

    @classmethod
    def read(cls, releases: Path, package: str) -> StandingStore:
        return cls()

    def path(self, version: str | None = None) -> Path:
        return self.folder


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "releases" / PACKAGE / "1.0.0"
    (folder / "data").mkdir(parents=True)
    for key, table in tables().items():
        pq.write_table(table, folder / "data" / f"{key.split('/')[1]}.parquet")
    (folder / "data" / "datapackage.json").write_text('{"title": "Enquêtes", "resources": []}', encoding="utf-8")
    monkeypatch.setattr(StandingStore, "folder", folder, raising=False)
    monkeypatch.setattr("pipelines.releases.store.ReleaseStore", StandingStore)
    monkeypatch.setenv("AROBASE_ROOT", str(ROOT))
    monkeypatch.setenv("AROBASE_OUTPUTS", str(tmp_path))
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [PACKAGE, "--lang", "fr", *arguments], catch_exceptions=True)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_release_is_audited_whole(release: Path, tmp_path: Path) -> None:
    done = run()
    assert done.exit_code == 0, done.output
    base = tmp_path / f"audit-{PACKAGE}-1.0.0"
    assert len(lines(base.with_name(f"{base.name}.csv"))) == 166 * 27
    page = base.with_name(f"{base.name}.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 166


def test_one_rule_and_one_department_may_be_asked(release: Path, tmp_path: Path) -> None:
    done = run("--rule", "EP-22", "--departement", "27", "--output", str(tmp_path / "rapports"))
    assert done.exit_code == 0, done.output
    found = lines(tmp_path / "rapports" / f"audit-{PACKAGE}-1.0.0-EP-22-27.csv")
    assert {line["regle"] for line in found} == {"EP-22"}
    assert [line["titre"] for line in found if line["resultat"] == "a_verifier"] == ["Villiers-en-Désœuvre, PLU"]


def test_published_checks_that_differ_are_told(release: Path) -> None:
    path = release / "data" / "controles_legaux.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)
    done = run()
    assert done.exit_code == 1
    assert "ne sont pas ceux" in done.output


def test_a_release_without_checks_is_audited_all_the_same(release: Path) -> None:
    (release / "data" / "controles_legaux.parquet").unlink()
    assert run().exit_code == 0


def test_a_release_without_inquiries_says_where_its_findings_are(release: Path) -> None:
    (release / "data" / "enquetes.parquet").unlink()
    error = run().exception
    assert isinstance(error, NothingToAudit)
    assert "constats.csv" in error.message("fr")


def test_a_project_that_has_not_the_package_names_the_contact_of_the_release(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AROBASE_ROOT", str(a_project(tmp_path / "ailleurs").root))
    descriptor = {"resources": [], "contact": {"title": "Une ville", "url": "https://ville.example/contact"}}
    (release / "data" / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    done = run("--rule", "EP-22")
    assert done.exit_code == 0, done.output
    contested = {line["contester"] for line in lines(tmp_path / f"audit-{PACKAGE}-1.0.0-EP-22.csv")}
    assert "Pour contester ce résultat : https://ville.example/contact, en citant l'enquête et la règle." in contested


def test_a_package_of_another_name_that_promises_no_time_is_contested_at_its_contact(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    (project.schemas / "procedures").mkdir()
    described = (ROOT / "schemas" / PACKAGE / "package.yaml").read_text(encoding="utf-8")
    without = described.replace("contestation: {reponse_jours: 30}\n", "")
    assert without != described
    (project.schemas / "procedures" / "package.yaml").write_text(without, encoding="utf-8")
    told = contester(project, "procedures")
    assert told.en == "To contest this result: enquetes@example.org, quoting the inquiry and the rule."


def test_checks_say_how_they_are_contested_in_the_package_that_holds_the_inquiries() -> None:
    assert jeu_des_enquetes({"lieux/communes": pa.table({}), "procedures/enquetes": pa.table({})}) == "procedures"


def test_an_unknown_rule_says_which_are_known(release: Path) -> None:
    error = run("--rule", "EP-99").exception
    assert isinstance(error, UnknownName)
    assert "EP-12" in error.message("en")


def test_what_is_no_department_is_refused(release: Path) -> None:
    assert run("--departement", "Eure").exit_code == 2


def test_results_are_compared_as_text() -> None:
    one = pa.table({"enquete_id": ["a"], "regle": ["EP-01"], "resultat": ["conforme"]})
    assert audit._says_the_same(one, one)
    assert not audit._says_the_same(one, one.slice(1))
