"""Rules are found by being there, have one code each, and say one thing once."""

from __future__ import annotations

import json
import re

import pytest

from pipelines.catalogue.wording import Wording
from pipelines.core.registry import NameTaken
from pipelines.findings import Finding, finding_rule, finding_rules, run_rules
from pipelines.findings import registry as register
from pipelines.schema.tables import QUALITY
from tests.domains.label.rules.builders import PROJECT, award, figure, tables


@pytest.fixture
def rules(monkeypatch):
    """The register as it is, given back after the test."""
    finding_rules()
    monkeypatch.setattr(register.RULES, "_items", dict(register.RULES._items))
    monkeypatch.setattr(register.RULES, "_declared", dict(register.RULES._declared))


def a_finding(**more):
    told = {"table": "palmares", "key": ("a",), "field": None, "outcome": "conforme", "arithmetic": "1 = 1"}
    return Finding(**{**told, "fr": "Oui.", "en": "Yes.", **more})


def test_findings_have_the_columns_of_the_published_table():
    schema = json.loads((QUALITY / "constats.json").read_text(encoding="utf-8"))
    assert list(register.COLUMNS) == [field["name"] for field in schema["fields"]]
    assert run_rules("label", {}, PROJECT).column_names == list(register.COLUMNS)


def test_every_rule_of_the_label_has_a_code_a_basis_and_an_explanation():
    rules = [rule for rule in finding_rules() if rule.package == "label"]
    retired = {10, 14, 16}
    assert [rule.code for rule in rules] == [f"LAB-{number:02d}" for number in range(1, 22) if number not in retired]
    assert all(rule.base and rule.version and rule.explanation.endswith(".") for rule in rules)


def test_every_rule_of_the_label_is_in_its_page():
    page = (PROJECT.root / "docs" / "fr" / "label.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (LAB-\d+) \| (.*?) \|", page, re.MULTILINE))
    spaced = Wording("fr").spaced  # the page has the spaces and apostrophes of French
    assert told == {rule.code: spaced(rule.explanation) for rule in finding_rules() if rule.package == "label"}


def test_the_same_rows_have_the_same_findings_in_the_same_order():
    facts = [award(2011, "33449", 5), award(2011, "33449", 4, page="https://example.org/autre")]
    given = {"palmares": facts, "totaux_publies": [figure(2011, "labellises", 303)]}
    first, second = run_rules("label", tables(**given), PROJECT), run_rules("label", tables(**given), PROJECT)
    assert first.equals(second)
    identifiers = first.column("constat_id").to_pylist()
    assert len(set(identifiers)) == len(identifiers) == 3


def test_an_identifier_does_not_depend_on_what_the_rule_concludes():
    def identifiers(level):
        facts = [award(2018, "A", 3), award(2019, "A", level, evolution="maintien")]
        found = run_rules("label", tables(palmares=facts), PROJECT)
        return [row["constat_id"] for row in found.to_pylist() if row["regle"] == "LAB-19"]

    assert identifiers(3) == identifiers(5)


def test_a_rule_whose_tables_are_not_there_is_left_out():
    found = run_rules("label", {"label/palmares": tables(palmares=[award(2019, "A", 3)])["label/palmares"]}, PROJECT)
    assert set(found.column("regle").to_pylist()) == {"LAB-13"}


def test_the_rules_of_one_package_leave_the_others_alone():
    assert run_rules("territoires-numeriques", tables(palmares=[award(2019, "A", 3)]), PROJECT).num_rows == 0


@pytest.mark.usefixtures("rules")
def test_two_rules_cannot_share_a_code():
    def check(tables, project):
        """Une règle."""
        return []

    finding_rule("LAB-99", reads=("label/palmares",), base="essai")(check)
    finding_rule("LAB-99", reads=("label/palmares",), base="essai")(check)
    with pytest.raises(NameTaken, match="LAB-01"):
        finding_rule("LAB-01", reads=("label/palmares",), base="essai")(check)


@pytest.mark.usefixtures("rules")
def test_a_rule_without_an_explanation_cannot_be_published():
    with pytest.raises(TypeError, match="LAB-98"):
        finding_rule("LAB-98", reads=("label/palmares",), base="essai")(lambda tables, project: [])


@pytest.mark.usefixtures("rules")
def test_a_rule_that_says_two_things_at_once_is_a_mistake():
    @finding_rule("LAB-97", reads=("label/palmares",), base="essai")
    def check(tables, project):
        """Une règle qui se répète."""
        return [a_finding(), a_finding(outcome="non_conforme")]

    with pytest.raises(TypeError, match="LAB-97"):
        run_rules("label", tables(), PROJECT)


@pytest.mark.usefixtures("rules")
def test_a_finding_on_a_whole_table_has_no_key_and_its_sources_are_said_once():
    @finding_rule("LAB-96", reads=("label/palmares",), base="essai")
    def check(tables, project):
        """Une règle sur la table."""
        return [a_finding(key=(), arithmetic="", sources=("a", "b", "a"))]

    found = run_rules("label", tables(), PROJECT).to_pylist()
    assert [(row["cle"], row["calcul"], row["sources"]) for row in found] == [(None, None, "a|b")]
