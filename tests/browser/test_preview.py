"""The preview of a table, which reads the published Parquet file in the browser."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.builders import MANY, names, open_table
from tests.releases.builders import NAMED


def status(page: Page) -> str:
    return page.locator(".status").inner_text().replace("\u202f", " ").replace("\u00a0", " ")


def requests_of(page: Page, ending: str) -> list[Request]:
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request) if request.url.endswith(ending) else None)
    return seen


@pytest.mark.parametrize("host", ["address", "plain_address"])
def test_the_file_is_read_with_and_without_range_requests(
    page: Page, host: str, request: pytest.FixtureRequest
) -> None:
    open_table(page, request.getfixturevalue(host))
    assert page.locator(".preview").get_attribute("data-state") == "file"
    assert status(page) == "Lignes 1 à 25 sur 63"
    assert names(page)[:2] == ["Ville-Exemple", "Bourg, l'Exemple"]


def test_values_read_as_the_csv_writes_them(page: Page, address: str, outputs: Path) -> None:
    open_table(page, address)
    path = outputs / "releases" / "prix" / "1.1.0" / "data" / "prix.csv"
    with path.open(encoding="utf-8", newline="") as file:
        expected = [row[1:] for row in list(csv.reader(file))[1:26]]
    shown = page.locator(".rows tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => "
        "cell.classList.contains('absent') ? '' : cell.textContent))"
    )
    assert [row[1:] for row in shown] == expected


def test_dates_and_instants_read_as_the_csv_writes_them(page: Page, address: str) -> None:
    open_table(page, address, "prix/table-editions.html")
    first = page.locator(".rows tbody tr").first.locator("td").all_inner_texts()
    assert first == ["2024", "true", "2024-01-31", "2024-02-01T10:00:00Z", "0.1"]


def test_paging(page: Page, address: str) -> None:
    open_table(page, address)
    page.get_by_role("button", name="Suivantes").click()
    expect(page.locator(".status")).to_have_text("Lignes 26 à 50 sur 63")
    page.get_by_role("button", name="Suivantes").click()
    expect(page.locator(".status")).to_have_text("Lignes 51 à 63 sur 63")
    assert page.get_by_role("button", name="Suivantes").is_disabled()
    page.get_by_role("button", name="Début").click()
    expect(page.locator(".status")).to_have_text("Lignes 1 à 25 sur 63")
    assert page.get_by_role("button", name="Précédentes").is_disabled()


def test_filtering_ignores_case_and_accents(page: Page, address: str) -> None:
    open_table(page, address)
    page.get_by_label("contient").fill("VÎLLE")
    expect(page.locator(".status")).to_contain_text("Lignes 1 à 1 sur 1")
    assert names(page) == ["Ville-Exemple"]
    page.get_by_label("contient").fill("introuvable")
    expect(page.locator(".status")).to_have_text("Aucune ligne ne correspond.")


def test_filtering_one_column(page: Page, address: str) -> None:
    open_table(page, address)
    page.get_by_label("Filtrer la colonne").select_option("niveau")
    page.get_by_label("contient").fill("argent")
    expect(page.locator(".status")).to_contain_text("sur 1")
    page.get_by_label("Filtrer la colonne").select_option("nom")
    expect(page.locator(".status")).to_have_text("Aucune ligne ne correspond.")


def test_sorting_up_down_and_back(page: Page, address: str) -> None:
    open_table(page, address)
    button = page.get_by_role("button", name="Trier par nom")
    button.click()
    expect(page.locator("th[data-field=nom]")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator(".rows tbody td:nth-of-type(3)").first).to_have_text("Bourg, l'Exemple")
    assert names(page)[1:3] == ["Hameau n° 0", "Hameau n° 1"]
    button.click()
    expect(page.locator(".rows tbody td:nth-of-type(3)").first).to_have_text("Ville-Exemple")
    button.click()
    expect(page.locator(".rows tbody td:nth-of-type(1)").first).to_have_text("p1")
    assert page.locator("th[aria-sort]").count() == 0


def test_a_filter_and_an_order_stay_in_the_address_and_come_back_with_it(page: Page, address: str) -> None:
    open_table(page, address)
    page.get_by_label("Filtrer la colonne").select_option("nom")
    page.get_by_label("contient").fill("hameau n° 1")
    page.get_by_role("button", name="Trier par nom").click()
    expect(page.locator("th[data-field=nom]")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator(".status")).to_contain_text("sur 11")
    page.get_by_role("button", name="Trier par nom").click()
    expect(page.locator(".rows tbody td:nth-of-type(3)").first).to_have_text("Hameau n° 19")
    kept = page.url
    assert "contient=hameau" in kept
    page.goto("about:blank")
    page.goto(kept)
    expect(page.locator(".status")).to_contain_text("sur 11")
    expect(page.locator(".rows tbody td:nth-of-type(3)").first).to_have_text("Hameau n° 19")
    assert page.get_by_label("contient").input_value() == "hameau n° 1"
    assert page.get_by_label("Filtrer la colonne").input_value() == "nom"
    page.locator(".rows tbody th a").first.click()
    expect(page.locator(".row-sheet")).to_contain_text("Hameau n° 19")
    page.keyboard.press("Escape")
    assert page.url == kept


def test_an_address_that_asks_for_no_column_of_the_table_shows_all_rows(page: Page, address: str) -> None:
    open_table(page, address, "prix/table-prix.html?colonne=autre&tri=autre&sens=x")
    expect(page.locator(".status")).to_have_text("Lignes 1 à 25 sur 63")


def test_the_rows_that_are_shown_are_downloaded_as_the_csv_writes_them(
    page: Page, address: str, outputs: Path, tmp_path: Path
) -> None:
    open_table(page, address)
    with page.expect_download() as whole:
        page.get_by_role("button", name="Télécharger ces lignes").click()
    whole.value.save_as(tmp_path / "whole.csv")
    published = (outputs / "releases/prix/1.1.0/data/prix.csv").read_bytes()
    assert (tmp_path / "whole.csv").read_bytes() == published
    page.get_by_label("contient").fill("bourg, l'exemple")
    expect(page.locator(".status")).to_contain_text("sur 1")
    with page.expect_download() as some:
        page.get_by_role("button", name="Télécharger ces lignes").click()
    assert some.value.suggested_filename == "prix-1.1.0-filtre.csv"
    some.value.save_as(tmp_path / "some.csv")
    told = list(csv.DictReader((tmp_path / "some.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["nom"] for row in told] == ["Bourg, l'Exemple"]


def test_heads_are_titles_with_the_name_of_the_column_below(page: Page, address: str) -> None:
    open_table(page, address, "foule/table-prix.html")
    head = page.locator("th[data-field=nom]")
    assert head.locator("code").inner_text() == "nom"
    assert head.locator("span").inner_text() != ""


def test_switching_versions(page: Page, address: str) -> None:
    open_table(page, address)
    options = page.get_by_label("Version").locator("option").all_inner_texts()
    assert options == ["1.1.0", "1.0.1", "1.0.0"]
    page.get_by_label("Version").select_option("1.0.0")
    expect(page.locator(".status")).to_have_text("Lignes 1 à 3 sur 3")
    assert page.locator(".rows tbody tr").first.locator("td").nth(3).inner_text() == "3"


def test_a_row_says_where_it_comes_from_and_when_it_changed(page: Page, address: str) -> None:
    open_table(page, address)
    page.locator(".rows tbody th a").first.click()
    sheet = page.locator(".row-sheet")
    expect(sheet).to_contain_text("Source inventée")
    expect(sheet).to_contain_text("04" * 32)
    sheet.get_by_text("Comment chaque valeur a été obtenue").click()
    ways = [text.replace("\u00a0", " ") for text in sheet.locator(".ways dd").all_inner_texts()]
    assert ways == [step.words().fr for step in NAMED]
    expect(sheet).to_contain_text("R-1")
    assert page.url.endswith("#cle=p1")
    sheet.get_by_role("button", name="Chercher dans toutes les versions").click()
    expect(sheet.locator("ol li")).to_have_count(3)
    expect(sheet.locator("ol")).to_contain_text("1.0.1 Arobases : 3 → 4")
    sheet.get_by_role("button", name="Fermer").click()
    expect(sheet).to_be_hidden()


def test_an_error_in_a_row_is_reported_with_the_address_of_the_row(page: Page, address: str) -> None:
    open_table(page, address, "prix/table-prix.html?contient=ville#cle=p1")
    page.locator(".row-sheet").get_by_role("link", name="Signaler une erreur sur cette ligne").click()
    page.wait_for_url("**/signaler-une-erreur.html**")
    assert page.locator(".report-row code").inner_text() == f"{address}prix/table-prix.html?contient=ville#cle=p1"
    page.goto(f"{address}signaler-une-erreur.html#{quote('https://autre.example.org/', safe='')}")
    page.reload()
    expect(page.locator(".report-row")).to_be_hidden()


def test_a_deep_link_opens_its_row_in_its_version(page: Page, address: str) -> None:
    open_table(page, address, f"en/prix/table-prix.html#cle={quote('p2')}&version=1.0.0")
    sheet = page.locator(".row-sheet")
    expect(sheet).to_contain_text("Row 2")
    expect(sheet).to_contain_text("01" * 32)
    assert page.get_by_label("Version").input_value() == "1.0.0"


def test_an_english_row_says_its_findings_and_causes_in_english(page: Page, address: str) -> None:
    open_table(page, address, f"en/prix/table-prix.html#cle={quote('p1')}")
    sheet = page.locator(".row-sheet")
    expect(sheet).to_contain_text("R-1 Complies: ")
    sheet.get_by_role("button", name="Search every version").click()
    expect(sheet.locator("ol")).to_contain_text("1.0.1 Arobases: 3 → 4 (cause: the source changed)")


def test_a_deep_link_to_a_row_that_is_not_there_says_so(page: Page, address: str) -> None:
    open_table(page, address, "prix/table-prix.html#cle=q001&version=1.0.0")
    expect(page.locator(".row-sheet")).to_contain_text("n’est pas dans cette version")


def test_a_broken_network_leaves_the_sample(page: Page, address: str) -> None:
    page.route("**/*.parquet", lambda route: route.abort())
    page.goto(f"{address}prix/table-prix.html")
    page.wait_for_selector(".preview[data-state=sample]")
    assert status(page).startswith("Le fichier n’a pas pu être lu ici")
    assert page.locator(".rows tbody tr").count() == 25
    assert page.get_by_role("button", name="Suivantes").count() == 0
    page.evaluate("console.clear()")


def test_a_reader_that_does_not_load_leaves_the_sample(page: Page, address: str) -> None:
    page.route("**/parquet.js", lambda route: route.fulfill(status=200, body="", content_type="text/javascript"))
    page.goto(f"{address}prix/table-prix.html")
    page.wait_for_selector(".preview[data-state=sample]")
    assert names(page)[0] == "Ville-Exemple"


def test_a_network_that_breaks_on_the_way_leaves_the_sample(page: Page, address: str) -> None:
    open_table(page, address, "foule/table-prix.html")
    page.route("**/*.parquet", lambda route: route.abort())
    page.get_by_label("Filtrer la colonne").select_option("nom")
    page.get_by_label("contient").fill("lieu")
    page.wait_for_selector(".preview[data-state=sample]")
    assert page.locator(".rows tbody tr").count() == 25


def test_from_a_folder_the_sample_is_shown(page: Page, outputs: Path, address: str) -> None:
    page.goto((outputs / "catalogue" / "prix" / "table-prix.html").as_uri())
    page.wait_for_selector(".preview[data-state=sample]")
    assert names(page)[0] == "Ville-Exemple"
    page.get_by_role("link", name="Versions", exact=True).click()
    assert page.locator("h1").inner_text().startswith("Versions")


def test_without_any_script_the_first_rows_are_there(browser: object, address: str) -> None:
    from playwright.sync_api import Browser

    assert isinstance(browser, Browser)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}prix/table-prix.html")
    assert page.locator(".rows tbody tr").count() == 25
    context.close()


def test_a_large_table_is_read_in_parts(page: Page, address: str) -> None:
    seen = requests_of(page, "data/prix.parquet")
    open_table(page, address, "foule/table-prix.html")
    assert status(page) == f"Lignes 1 à 25 sur {MANY:,}".replace(",", " ")
    assert all(request.headers["range"].startswith("bytes=") for request in seen)
    before = len(seen)
    page.get_by_role("button", name="Suivantes").click()
    expect(page.locator(".rows tbody td:nth-of-type(1)").first).to_have_text("c000025")
    assert len(seen) == before, "the same row group is not fetched again"


def test_a_row_of_the_last_group_of_a_large_table_is_traced(page: Page, address: str) -> None:
    open_table(page, address, f"foule/table-prix.html#cle=c{MANY - 1:06d}")
    expect(page.locator(".row-sheet")).to_contain_text("Source inventée", timeout=20_000)
    expect(page.locator(".row-sheet")).to_contain_text("140\u202f001")
