"""Rules on figures that should add up: levels, kinds, population classes, against the total of the same page.

Belongs here: sums within one source. Does not: comparing sources (`conflicts.py`) or rows with figures (`awards.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.domains.label.rules.rows import FIGURES, LEVELS, Row, grouped, is_exact, rows, sum_of
from pipelines.findings.registry import Finding, Outcome, finding_rule

BDT_2006 = "https://banquedesterritoires.fr/les-labels-ville-internet-remis-lyon"
KINDS = ("territoires", "villes", "villages")


def _pages(tables: Mapping[str, pa.Table]) -> list[list[Row]]:
    """The figures of one edition on one page, page by page."""
    return list(grouped(rows(tables, FIGURES), lambda row: (row["edition"], row["source_reference"])).values())


def _sum_against_total(
    page: list[Row], parts: Sequence[str], optional: Sequence[str], total: str, what: Said
) -> Iterator[Finding]:
    """Whether the parts of a page make its total; `what` names the parts in French and English."""
    whole = next((row for row in page if row["mesure"] == total and row["nombre"] is not None), None)
    found = {row["mesure"]: row for row in page if row["mesure"] in parts and row["nombre"] is not None}
    if whole is None or not found:
        return
    missing = [name for name in parts if name not in found and name not in optional]
    numbers = [found[name]["nombre"] for name in parts if name in found]
    yield _sum_finding(whole, numbers, missing, [*found.values(), whole], what)


def _sum_finding(whole: Row, numbers: list[int], missing: list[str], used: list[Row], what: Said) -> Finding:
    outcome: Outcome
    total, year = whole["nombre"], whole["edition"]
    if missing:
        lacking = ", ".join(missing)
        outcome, arithmetic = "non_evalue", f"{' + '.join(str(number) for number in numbers)} + ? ; total {total}"
        fr, en = f"il manque : {lacking}", f"missing: {lacking}"
    else:
        is_equal = sum(numbers) == total
        arithmetic = f"{sum_of(numbers)} {'=' if is_equal else '≠'} {total}"
        if any(row["precision"] == "approche" for row in used):
            outcome, fr, en = "a_verifier", "un des nombres est approché", "one of the numbers is approximate"
        elif is_equal:
            outcome, fr, en = "conforme", "les nombres s'additionnent", "the numbers add up"
        else:
            outcome, fr, en = "non_conforme", "les nombres ne s'additionnent pas", "the numbers do not add up"
    return Finding(
        table="totaux_publies",
        key=(whole["total_id"],),
        field="nombre",
        outcome=outcome,
        arithmetic=arithmetic,
        fr=f"Édition {year}, {what.fr} : {fr}.",
        en=f"Edition {year}, {what.en}: {en}.",
        sources=(whole["source_reference"],),
    )


@finding_rule("LAB-01", reads=(FIGURES,), base=f"Arithmétique, dans une même page ({BDT_2006})")
def levels_make_the_total(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les nombres de lauréats par niveau, simples mentions comprises, font le nombre de labellisés de la même page."""
    for page in _pages(tables):
        yield from _sum_against_total(page, LEVELS, ("arobases_0",), "labellises", Said("niveaux", "levels"))


@finding_rule("LAB-02", reads=(FIGURES,), base="Arithmétique, dans une même page")
def kinds_make_the_total(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les nombres de territoires, de villes et de villages font le nombre de labellisés de la même page."""
    for page in _pages(tables):
        yield from _sum_against_total(page, KINDS, (), "labellises", Said("natures", "kinds"))


@finding_rule("LAB-03", reads=(FIGURES,), base="Arithmétique, dans une même page")
def classes_make_the_total(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les nombres de participants par classe de population font le nombre de participants de la même page."""
    for page in _pages(tables):
        whole = next((row for row in page if row["mesure"] == "candidats" and row["nombre"] is not None), None)
        classes = [row for row in page if row["mesure"] == "classe_population"]
        if whole is not None and classes:
            classes.sort(key=lambda row: _least(row["detail"]))
            numbers = [row["nombre"] for row in classes]
            yield _sum_finding(
                whole, numbers, [], [*classes, whole], Said("classes de population", "population classes")
            )


def _least(bounds: str) -> int:
    """The least population of printed bounds: "<3000" begins at 0, ">100000" and "3000-20000" at their first number."""
    return 0 if bounds.startswith("<") else int(bounds.strip(">").partition("-")[0])


@finding_rule("LAB-04", reads=(FIGURES,), base="Arithmétique, d'une page à l'autre", version="2")
def best_levels_recalled_later(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Le nombre de collectivités à quatre ou cinq arobases qu'une page rappelle pour une édition passée est la somme de
    ceux que les pages de cette édition donnent."""
    figures = rows(tables, FIGURES)
    for row in figures:
        if row["mesure"] != "arobases_4_ou_5" or not row["detail"]:
            continue
        year, recalled = (int(part) for part in row["detail"].split("="))
        best = {"arobases_5", "arobases_4"}
        then = [one for one in figures if one["edition"] == year and one["mesure"] in best and is_exact(one)]
        by_page = grouped(then, lambda one: one["source_reference"]).values()
        pages = [page for page in by_page if len(page) == 2 and {one["mesure"] for one in page} == best]
        for page in pages:
            numbers = [one["nombre"] for one in sorted(page, key=lambda one: str(one["mesure"]), reverse=True)]
            is_equal = sum(numbers) == recalled
            yield Finding(
                table="totaux_publies",
                key=(row["total_id"],),
                field="detail",
                outcome="conforme" if is_equal else "non_conforme",
                arithmetic=f"{sum_of(numbers)} {'=' if is_equal else '≠'} {recalled}",
                fr=f"Édition {year}, quatre ou cinq arobases : {recalled} rappelés l'année suivante.",
                en=f"Edition {year}, four or five arobases: {recalled} recalled a year later.",
                sources=(row["source_reference"], page[0]["source_reference"]),
                aspect=page[0]["source_reference"],
            )
