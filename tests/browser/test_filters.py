"""What a reader sees of codes, and the filters that lead to rows: in the address, in the code to copy, and in R."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect

from tests.browser.builders import open_table

TABLE = "suivi/table-suivi.html"
ASKED = {
    "all": ("", ["s000", "s001", "s002", "s003"]),
    "a code": ("est.resultat=non_conforme", ["s001", "s002"]),
    "a rule and its result": ("est.regle=R-01&est.resultat=non_conforme", ["s002"]),
    "a finding": ("constat=R-09&resultat=a_verifier", ["s001"]),
    "a finding, whatever its result": ("constat=R-09", ["s001"]),
    "a label": ("contient=A+VERIF&colonne=resultat", ["s003"]),
    "the name of a rule": ("contient=presse", ["s001", "s003"]),
    "a text in any column": ("contient=AOUT", ["s002"]),
    "a text with an apostrophe and a code": ("contient=d'a&est.annee=2025", ["s002"]),
    "a text with the mark of keys": ("contient=%7C", ["s001"]),
    "a moment": ("contient=T10", ["s000"]),
    "nothing": ("est.resultat=conforme&contient=introuvable", []),
}


def keys(page: Page) -> list[str]:
    return [cell.inner_text() for cell in page.locator(".rows tbody tr td:nth-of-type(1)").all()]


def code(page: Page, tool: str) -> str:
    return str(page.locator(f".program[data-tool={tool}] code").text_content())


@pytest.fixture
def shown(page: Page, address: str, request: pytest.FixtureRequest) -> tuple[Page, list[str]]:
    asked, wanted = ASKED[request.param]
    open_table(page, address, f"{TABLE}?{asked}")
    expect(page.locator(".status")).to_contain_text("Lignes" if wanted else "Aucune ligne")
    return page, wanted


@pytest.mark.parametrize("shown", list(ASKED), indirect=True)
def test_the_code_to_copy_reads_the_rows_that_are_shown(
    shown: tuple[Page, list[str]], outputs: Path, address: str
) -> None:
    page, wanted = shown
    assert keys(page) == wanted
    read: dict[str, object] = {}
    exec(code(page, "pandas"), read)
    assert list(read["suivi"]["suivi_id"]) == wanted  # type: ignore[index]
    query = code(page, "DuckDB").replace(address.removesuffix("catalogue/"), f"{outputs}/")
    assert [row[0] for row in duckdb.sql(query).fetchall()] == wanted
    if shutil.which("Rscript"):
        assert read_by_r(code(page, "R")) == wanted


def read_by_r(script: str) -> list[str]:
    """Where R is installed: the keys of the rows that a script reads."""
    told = subprocess.run(
        ["Rscript", "-"],
        input=f'{script}\ncat(suivi$suivi_id, sep = "\\n")',
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout.split()


def test_codes_are_shown_on_demand_and_in_the_row(page: Page, address: str) -> None:
    open_table(page, address, TABLE)
    cells = page.locator(".rows tbody tr").last.locator("td")
    assert [cells.nth(place).inner_text() for place in (2, 3)] == ["Avis dans la presse", "À vérifier"]
    page.get_by_label("montrer les codes").check()
    expect(cells.nth(3)).to_have_text("a_verifier")
    assert page.url.endswith("?codes=oui")
    page.get_by_label("montrer les codes").uncheck()
    expect(cells.nth(3)).to_have_text("À vérifier")
    page.locator(".rows tbody th a").last.click()
    expect(page.locator(".row-sheet .values")).to_contain_text("À vérifier a_verifier")


def test_from_the_quality_page_a_rule_leads_to_its_rows_and_a_filter_is_let_go_of_by_keyboard(
    page: Page, address: str
) -> None:
    page.goto(f"{address}suivi/qualite.html")
    page.locator("section[aria-labelledby=t-suivi] tbody tr", has_text="R-02").get_by_role("link").first.click()
    page.wait_for_selector(".preview[data-state=file]")
    expect(page.locator(".status")).to_have_text("Lignes 1 à 1 sur 1 (filtrées parmi 4)")
    held = page.locator(".held button")
    assert held.all_inner_texts() == ["Regle\u00a0: Avis dans la presse ×", "Resultat\u00a0: Non conforme ×"]
    held.first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_have_text("Lignes 1 à 2 sur 2 (filtrées parmi 4)")
    assert page.url.endswith("?est.resultat=non_conforme")
    assert "R-02" not in code(page, "DuckDB")


def test_the_code_reads_the_version_that_is_chosen(page: Page, address: str) -> None:
    open_table(page, address)
    page.get_by_label("Version").select_option("1.0.0")
    expect(page.locator(".status")).to_have_text("Lignes 1 à 3 sur 3")
    assert all("/prix/1.0.0/data/prix." in code(page, tool) for tool in ("DuckDB", "pandas", "R"))
