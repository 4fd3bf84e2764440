"""`arobase audit` holds a release against the law again, from its files alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipelines.domains.inquiries.commands import audit
from pipelines.domains.inquiries.commands.audit import NothingToAudit, UnknownRule, command
from tests.domains.inquiries.law.shipped import PACKAGE, ROOT, tables


class StandingStore:
    """A shelf whose current version is one folder, so that these tests need no signed release."""

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


def test_an_unknown_rule_says_which_are_known(release: Path) -> None:
    error = run("--rule", "EP-99").exception
    assert isinstance(error, UnknownRule)
    assert "EP-12" in error.message("en")


def test_what_is_no_department_is_refused(release: Path) -> None:
    assert run("--departement", "Eure").exit_code == 2


def test_results_are_compared_as_text() -> None:
    one = pa.table({"enquete_id": ["a"], "regle": ["EP-01"], "resultat": ["conforme"]})
    assert audit._says_the_same(one, one)
    assert not audit._says_the_same(one, one.slice(1))
