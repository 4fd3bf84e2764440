"""Versions of rules: the one that holds on a day in a regime, and what is wrong with a file of them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.findings import Finding, finding_rule, read_versions, registry
from pipelines.findings.versions import CERTAINTIES, COLUMNS, RuleVersions, RuleVersionsError, VersionLine
from pipelines.schema import load_codelist

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
RIGHT = """\
X-01,a|b,,2011-12-31,jours,15,Article 1 ancien,lu,texte lu
X-01,a,2012-01-01,,jours,30,Article 1,lu,texte lu
X-01,a,2012-01-01,,lieux,2,Article 1,lu,texte lu
X-02,*,,,,,Article 2,memoire,de mémoire
"""


def a_file(folder: Path, lines: str, header: str = ",".join(COLUMNS)) -> Path:
    path = folder / "regles.csv"
    path.write_text(f"{header}\n{lines}", encoding="utf-8")
    return path


def test_the_version_that_holds_has_all_its_parameters(tmp_path: Path) -> None:
    found = read_versions(a_file(tmp_path, RIGHT)).on("X-01", date(2012, 1, 1), "a")
    assert found is not None
    assert (found.name, found.base, found.certainty) == ("a@2012-01-01", "Article 1", "lu")
    assert (found.number("jours"), found.number("lieux")) == (30, 2)


@pytest.mark.parametrize(
    ("rule", "day", "regime", "name"),
    [
        ("X-01", date(2011, 12, 31), "b", "a+b"),
        ("X-01", date(2012, 1, 1), "b", None),
        ("X-01", date(2012, 1, 1), None, None),
        ("X-01", None, "a", None),
        ("X-02", None, None, "toutes"),
        ("X-03", date(2012, 1, 1), "a", None),
    ],
)
def test_both_ends_count_and_a_bounded_version_needs_a_day(
    tmp_path: Path, rule: str, day: date | None, regime: str | None, name: str | None
) -> None:
    found = read_versions(a_file(tmp_path, RIGHT)).on(rule, day, regime)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("X-01,a,hier,,jours,15,Article 1,lu,lu", "valide_du", "a date YYYY-MM-DD, or none"),
        ("X-01,a,2012-01-01,2011-12-31,jours,15,Article 1,lu,lu", "valide_au", "≥ 2012-01-01"),
        ("X-01,a,,,jours,15,Article 1,sûr,lu", "certitude", "lu, partiel, memoire, observe, logique"),
        ("X-01,a,,,jours,15,,lu,lu", "base_legale", "a value"),
        ("X-01,a,,,jours,15,Article 1,lu", "CSV", "9 values"),
        ("X-01,b,2011-01-01,,jours,16,Article 1,lu,lu", "parametre", "another period or another regime than line 2"),
    ],
)
def test_a_wrong_line_is_an_error_with_its_number_and_its_column(
    tmp_path: Path, line: str, field: str, expected: str
) -> None:
    path = a_file(tmp_path, f"{RIGHT}{line}\n")
    with pytest.raises(RuleVersionsError) as caught:
        read_versions(path)
    assert (caught.value.facts["file"], caught.value.facts["line"], caught.value.facts["field"]) == (
        "regles.csv",
        6,
        field,
    )
    assert expected in caught.value.message("en")


def test_other_columns_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleVersionsError, match="regle,regime,valide_du"):
        read_versions(a_file(tmp_path, "", "regle,base"))


def test_the_certainties_are_those_of_the_code_list() -> None:
    assert set(CERTAINTIES) == set(load_codelist(SCHEMAS, "certitudes").values)


def test_a_rule_that_its_file_does_not_know_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path, RIGHT)
    with pytest.raises(RuleVersionsError, match="X-09"):
        finding_rule("X-09", reads=("p/t",), base="b", versions=path)


def test_a_finding_bears_the_version_that_concluded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_file(tmp_path, RIGHT)
    version = read_versions(path).on("X-01", date(2020, 1, 1), "a")
    rule = registry.Rule("X-01", "p", ("p/t",), "Fichier", "logique", "1", "Une règle.", lambda tables, project: ())
    dated = Finding("t", ("1",), None, "conforme", "", "Oui.", "Yes.", version=version)
    plain = Finding("t", ("1",), None, "conforme", "", "Oui.", "Yes.")
    assert registry._line(rule, dated)[7:10] == ("Article 1", "a@2012-01-01", "lu")
    assert registry._line(rule, plain)[7:10] == ("Fichier", "1", "logique")


days = st.dates(date(2000, 1, 1), date(2000, 2, 1))


@given(st.lists(st.tuples(days, st.integers(0, 9)), max_size=4), days)
def test_no_day_has_two_versions_where_no_lines_overlap(spans: list[tuple[date, int]], day: date) -> None:
    lines: list[VersionLine] = []
    for number, (start, length) in enumerate(spans):
        end = start + timedelta(days=length)
        line = VersionLine(number, "X", ("a",), start, end, "n", str(number), "b", "lu", "s")
        if not any(line.overlaps(other) for other in lines):
            lines.append(line)
    holding = [line for line in lines if line.valid_from <= day <= line.valid_until]  # type: ignore[operator]
    found = RuleVersions(tuple(lines)).on("X", day, "a")
    assert len(holding) <= 1
    assert (found.parameters["n"] if found else None) == (holding[0].value if holding else None)
