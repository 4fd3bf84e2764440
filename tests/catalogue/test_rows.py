"""Counts that pages show: the same from a CSV as from a Parquet file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.catalogue import rows
from pipelines.catalogue.model import read_holdings
from tests.catalogue.builders import published, texts_published, two_versions
from tests.releases.builders import a_finding, a_reject, a_request


def test_small_and_large_tables_are_counted_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = [a_finding(), a_finding(2, base=""), a_finding(3, regle="R-0", resultat="non_evalue"), a_finding(4)]
    rejects = [a_reject(9), a_reject(10), {**a_reject(11), "champ": None}]
    published(a_request(findings=findings, rejects=rejects), tmp_path / "releases")
    current = read_holdings(tmp_path / "releases")[0].current
    assert current is not None
    small = (rows.findings(current), rows.rejects(current), rows.changes(current))
    monkeypatch.setattr(rows, "SMALL", 0)
    assert (rows.findings(current), rows.rejects(current), rows.changes(current)) == small
    assert [(item.rule, item.basis, dict(item.results)) for item in small[0]] == [
        ("R-0", "règle inventée", {"non_evalue": 1}),
        ("R-1", "règle inventée", {"conforme": 3}),
    ]
    assert [(item["champ"], item["count"]) for item in small[1]] == [("annee", 2), ("", 1)]


def test_a_change_is_counted_under_its_cause(tmp_path: Path) -> None:
    two_versions(tmp_path)
    current = read_holdings(tmp_path / "releases")[0].current
    assert current is not None
    told = {item.name: item for item in rows.changes(current)}
    assert (told["prix"].changed, told["prix"].causes) == (1, [("source", 1)])
    assert (told["editions"].total, told["editions"].causes) == (0, [])


def test_rules_are_called_by_their_names_where_a_table_names_them(tmp_path: Path) -> None:
    rule = {"regle": "EP-02", "libelle": "Durée minimale", "libelle_en": "Minimum length"}
    texts_published(tmp_path, "enquetes-publiques", "regles", [rule])
    current = read_holdings(tmp_path / "releases")[0].current
    assert current is not None
    assert rows.rule_names(current) == {"EP-02": {"fr": "Durée minimale", "en": "Minimum length"}}


def test_rules_have_no_names_where_no_table_names_them(tmp_path: Path) -> None:
    texts_published(tmp_path, "label", "regles", [{"autre": "x"}])
    current = read_holdings(tmp_path / "releases")[0].current
    assert current is not None
    assert rows.rule_names(current) == {}
