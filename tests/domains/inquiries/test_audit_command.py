"""What `arobase audit` prints: every rule in the reader's words, numbers one under the other, nothing cut."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipelines.commands._results import result_labels
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.domains.inquiries.commands._audit_output import audited
from pipelines.domains.inquiries.commands._audit_report import RESULTATS
from pipelines.domains.inquiries.law.regles import regles

TOTALS = [
    ("EP-01", Said("Ordre des événements", "Order of events"), Counter(conforme=162, non_evalue=9)),
    ("VOIRIE-15", Said("Durée des enquêtes de voirie", "Length of road inquiries"), Counter(non_conforme=1)),
]


def test_every_rule_has_an_english_title() -> None:
    assert all(rule.titre.en and rule.titre.en != rule.titre.fr for rule in regles().values())


def test_totals_are_in_english_under_whole_heads() -> None:
    labels = result_labels(Project.here(), "en")
    lines = list(audited("t 1.0.0", TOTALS, {code: labels[code] for code in RESULTATS}, "en"))
    assert lines == [
        "t 1.0.0",
        "",
        "Rule       Missed  To verify  Met  Not evaluated  Not applicable",
        "EP-01           0          0  162              9               0  Order of events",
        "VOIRIE-15       1          0    0              0               0  Length of road inquiries",
        "",
    ]


def test_totals_are_in_french() -> None:
    labels = result_labels(Project.here(), "fr")
    lines = list(audited("t 1.0.0", TOTALS, {code: labels[code] for code in RESULTATS}, "fr"))
    assert lines[2] == "Règle      Non conforme  À vérifier  Conforme  Non évalué  Sans objet"
    assert lines[3].endswith("Ordre des événements")


def test_a_project_without_the_list_has_no_labels(tmp_path: Path) -> None:
    assert result_labels(Project.at(tmp_path), "en") == {}
