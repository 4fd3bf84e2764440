"""Every kind of page: accessible, usable by keyboard and at 200 %, in both languages, and quick."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.builders import open_table

KINDS = {
    "home": "index.html",
    "machines": "machines.html",
    "missing": "404.html",
    "package": "prix/index.html",
    "versions": "prix/versions.html",
    "version": "prix/version-1.1.0.html",
    "retracted": "prix/version-1.0.2.html",
    "quality": "prix/qualite.html",
    "dictionary": "prix/dictionnaire.html",
    "table": "prix/table-prix.html",
    "pictures": "label/images.html",
    "package with pictures": "label/index.html",
    "picture": "label/image-carte-2025.html",
    "question": "questions/comment-la-france-se-compare.html",
    "territories": "territoires/index.html",
    "territory": "territoires/commune-01001.html",
    "departement": "territoires/departement-01.html",
    "report an error": "signaler-une-erreur.html",
    "ask for a withdrawal": "demander-un-retrait.html",
    "accessibility": "accessibilite.html",
}

# The browser is asked once and answers when it has painted: polling a condition is an eval, which the site's policy
# refuses.
FIRST_PAINT = """() => new Promise(painted => new PerformanceObserver(list => {
    const first = list.getEntriesByName('first-contentful-paint')[0];
    if (first) painted(first.startTime);
}).observe({type: 'paint', buffered: true}))"""


SCHEMES = ("light", "dark")
STATEMENT = files("pipelines.catalogue").joinpath("accessibility.json")


@pytest.fixture(scope="session")
def audited() -> dict[tuple[str, str], dict[str, Any]]:
    """What axe found on each kind of page, in each scheme."""
    return {}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("kind", list(KINDS))
def test_axe_finds_no_violation(
    browser: Browser, address: str, kind: str, scheme: str, audited: dict[tuple[str, str], dict[str, Any]]
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    language = "en/" if scheme == "dark" else ""
    page.goto(address + language + KINDS[kind])
    if kind == "table":
        page.wait_for_selector(".preview[data-state=file]")
        page.locator(".rows tbody th a").first.click()
        expect(page.locator(".row-sheet")).to_contain_text("04" * 32)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    results = Axe().run(page)
    audited[kind, scheme] = results.response
    assert results.violations_count == 0, results.generate_report()
    context.close()


def test_the_accessibility_statement_says_what_axe_found(audited: dict[tuple[str, str], dict[str, Any]]) -> None:
    """`accessibility.json` is what the page of the statement reads. It comes from here."""
    if len(audited) < len(KINDS) * len(SCHEMES):
        pytest.skip("not every page was audited in this run")
    found = {
        "axe": next(iter(audited.values()))["testEngine"]["version"],
        "kinds": sorted(KINDS),
        "pages": len(audited),
        "rules": len({rule["id"] for one in audited.values() for of in ("passes", "violations") for rule in one[of]}),
        "violations": sum(len(one["violations"]) for one in audited.values()),
    }
    assert json.loads(STATEMENT.read_text(encoding="utf-8")) == found, json.dumps(found, indent=2)


@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_is_lost_at_200_per_cent_on_a_small_screen(browser: Browser, address: str, kind: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 512}, device_scale_factor=2)
    page = context.new_page()
    page.goto(address + KINDS[kind])
    page.wait_for_timeout(200)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page scrolls sideways"
    context.close()


@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_is_lost_when_text_alone_is_twice_as_large(browser: Browser, address: str, kind: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + KINDS[kind])
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page scrolls sideways"
    hidden = page.locator("h1").evaluate("title => title.scrollWidth > title.clientWidth + 1")
    assert not hidden
    context.close()


@pytest.mark.parametrize("kind", ["home", "package", "table", "pictures"])
def test_axe_finds_no_violation_on_a_phone(browser: Browser, address: str, kind: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(address + KINDS[kind])
    if kind == "table":
        page.wait_for_selector(".preview[data-state=file]")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    context.close()


def test_axe_finds_no_violation_where_files_cannot_be_read(page: Page, address: str) -> None:
    page.route("**/*.parquet", lambda route: route.abort())
    page.goto(address + KINDS["table"])
    page.wait_for_selector(".preview[data-state=sample]")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_by_keyboard_alone_one_filters_sorts_turns_pages_and_switches_versions(page: Page, address: str) -> None:
    open_table(page, address)

    def tab_to(role: str, name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.get_by_role(role, name=name, exact=True).evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"{name} is not reached")

    tab_to("combobox", "Version")
    tab_to("searchbox", "contient")
    page.keyboard.type("hameau")
    expect(page.locator(".status")).to_contain_text("sur 61")
    tab_to("button", "Trier par Nom")
    page.keyboard.press("Enter")
    expect(page.locator("th[data-field=nom]")).to_have_attribute("aria-sort", "ascending")
    tab_to("button", "Suivantes")
    page.keyboard.press("Space")
    expect(page.locator(".status")).to_contain_text("Lignes 26 à 50 sur 61")
    page.get_by_label("Version").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".preview select").first).to_have_value("1.0.1")


def test_a_screen_reader_meets_the_preview_in_its_order_and_hears_what_changes(page: Page, address: str) -> None:
    open_table(page, address)
    tree = page.locator("main").aria_snapshot()
    order = [
        "Fil d’Ariane",
        "[level=1]",
        "Aperçu",
        "combobox",
        "searchbox",
        "status",
        "table",
        "Suivantes",
        'heading "Télécharger"',
    ]
    places = [tree.index(words) for words in order]
    assert places == sorted(places)
    page.get_by_label("contient").fill("introuvable")
    expect(page.get_by_role("status")).to_have_text("Aucune ligne ne correspond.")


def test_by_keyboard_alone_one_reaches_a_row_and_its_trace(page: Page, address: str) -> None:
    page.goto(f"{address}index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    open_table(page, address)
    for _ in range(80):
        page.keyboard.press("Tab")
        if str(page.evaluate("document.activeElement.getAttribute('aria-label')")).endswith("ligne 2"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#ligne-titre")).to_be_focused()
    expect(page.locator(".row-sheet")).to_contain_text("Bourg, l'Exemple")


def test_focus_is_visible(page: Page, address: str) -> None:
    page.goto(f"{address}prix/index.html")
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_screen_reader_meets_navigation_then_title_then_content(page: Page, address: str) -> None:
    page.goto(f"{address}prix/index.html")
    tree = page.locator("body").aria_snapshot()
    order = [
        "Aller au contenu",
        "Principale",
        "Fil d’Ariane",
        'heading "Prix inventés" [level=1]',
        "Regarder les tables",
    ]
    places = [tree.index(words) for words in order]
    assert places == sorted(places)


def test_switching_language_stays_on_the_same_page(page: Page, address: str) -> None:
    page.goto(f"{address}prix/qualite.html")
    page.get_by_role("link", name="English").click()
    assert page.url == f"{address}en/prix/qualite.html"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Quality of the data"
    page.get_by_role("link", name="Français").click()
    assert page.url == f"{address}prix/qualite.html"


def test_the_edition_of_the_map_is_chosen(page: Page, address: str) -> None:
    page.goto(f"{address}label/images.html")
    expect(page.locator("#carte-2025")).to_be_visible()
    expect(page.locator("#carte-2024")).to_be_hidden()
    page.get_by_role("button", name="Édition précédente").click()
    expect(page.locator("#carte-2024")).to_be_visible()
    page.get_by_role("slider", name="Édition").press("ArrowRight")
    expect(page.locator("#carte-2025")).to_be_visible()
    page.goto(f"{address}label/images.html?x#carte-2024")
    expect(page.locator("#carte-2024")).to_be_visible()


def test_the_commands_of_the_page_verify_the_version(page: Page, address: str, outputs: Path, tmp_path: Path) -> None:
    page.goto(f"{address}prix/version-1.1.0.html")
    section = page.locator("section[aria-labelledby=verifier]")
    commands = []
    for button in section.locator(".copy").all():
        button.click()
        expect(button).to_have_text("Copié")
        commands.append(str(page.evaluate("navigator.clipboard.readText()")))
    assert len(commands) == 3
    (tmp_path / "prix-1.1.0").mkdir()
    (tmp_path / "prix-1.1.0" / "allowed_signers").write_text((outputs / "allowed_signers").read_text())
    script = "\n".join(["set -e", *commands])
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "OK" in done.stdout
    assert 'Good "arobase-release" signature' in done.stdout
    altered = tmp_path / "prix-1.1.0" / "data" / "prix.csv"
    altered.write_bytes(altered.read_bytes().replace(b"Ville", b"Bille"))
    again = subprocess.run(
        ["sh", "-c", commands[1]], cwd=tmp_path / "prix-1.1.0", capture_output=True, text=True, check=False
    )
    assert again.returncode != 0


def test_an_unsigned_version_says_so_and_its_commands_run(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}en/foule/version-1.0.0.html")
    section = page.locator("section[aria-labelledby=verifier]")
    expect(section).to_contain_text("This version is not signed")
    commands = []
    for button in section.locator(".copy").all():
        button.click()
        expect(button).to_have_text("Copied")
        commands.append(str(page.evaluate("navigator.clipboard.readText()")))
    script = "\n".join(["set -e", *commands])
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["OK"]


def test_no_page_calls_a_third_party_or_misses_a_file(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    for path in KINDS.values():
        page.goto(address + path)
    origin = address.removesuffix("catalogue/")
    assert all(url.startswith(origin) for url in asked)
    assert not failed
    context.close()


def test_the_first_page_is_usable_within_a_second_on_a_slow_phone(browser: Browser, address: str) -> None:
    """The quickest of five loads: other work on the machine makes any of them slower, and none quicker."""
    assert min(_usable_after(browser, f"{address}index.html") for _ in range(5)) < 1000


def _usable_after(browser: Browser, page_address: str) -> float:
    """Milliseconds until a page is painted and interactive, with nothing kept from before, on a slow phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
    session.send("Network.emulateNetworkConditions", slow)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(page_address)
    painted = page.evaluate(FIRST_PAINT)
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    context.close()
    return float(max(painted, ready))


def test_print_leaves_navigation_out(page: Page, address: str) -> None:
    page.goto(f"{address}prix/version-1.1.0.html")
    page.emulate_media(media="print")
    expect(page.locator(".top nav")).to_be_hidden()
    expect(page.locator(".copy").first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


def test_on_paper_a_table_fits_the_sheet(page: Page, address: str) -> None:
    open_table(page, address)
    page.set_viewport_size({"width": 760, "height": 1000})
    page.emulate_media(media="print")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    expect(page.locator(".pager")).to_be_hidden()


@pytest.mark.parametrize("typed", ["lieu 01001", "LIÉU-01001", "le lieu 01001", "01001", "vieux nom"])
def test_a_town_is_found_by_its_names_or_code(browser: Browser, address: str, typed: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}index.html")
    page.get_by_role("searchbox").fill(typed)
    page.get_by_role("link", name="Lieu 01001").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lieu 01001")


def test_two_letters_are_answered_without_asking_the_network_again(browser: Browser, address: str) -> None:
    """What the first answer needs came while nobody typed; the pieces of the index, which complete it, never come."""
    page = browser.new_page()
    page.route(re.compile("/recherche/[^_]"), lambda _: None)
    with page.expect_response("**/_premiers.json"), page.expect_response("**/_debuts.json"):
        page.goto(f"{address}index.html")
    page.get_by_role("searchbox").press_sequentially("li")
    expect(page.locator(".finder .answers a").first).to_contain_text("Lieu")
    expect(page.locator(".finder .status")).to_have_text("Premières réponses ; écrivez la suite du nom.")


def test_what_is_typed_before_the_first_answers_are_there_is_answered_when_they_come(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.route(re.compile("/recherche/[^_]"), lambda _: None)
    held: list[Route] = []
    page.route("**/_premiers.json", lambda route: held.append(route))  # noqa: PLW0108  # a method of C takes no mark
    page.goto(f"{address}index.html")
    page.get_by_role("searchbox").fill("lieu")
    expect(page.locator(".finder .status")).to_have_text("Recherche en cours…")
    held[0].continue_()
    expect(page.locator(".finder .answers a").first).to_contain_text("Lieu")


def test_an_answer_says_by_which_other_name_it_was_found(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}index.html")
    page.get_by_role("searchbox").fill("vieux")
    expect(page.locator(".finder .answers li")).to_have_text("Lieu 01001 Commune (01), 01001, trouvé par Vieux Nom")


def test_a_search_says_what_it_does_not_know_and_what_is_too_short(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}territoires/index.html")
    status = page.locator(".finder .status")
    page.get_by_role("searchbox").fill("Zzyzx")
    expect(status).to_contain_text("Cela ne veut pas dire")
    for short in ("sai", "saint", "le"):
        page.get_by_role("searchbox").fill(short)
        expect(status).to_have_text("Écrivez la suite du nom.")


def test_without_script_a_town_is_reached_by_its_departement(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}index.html")
    expect(page.get_by_role("searchbox")).to_have_count(0)
    page.get_by_role("link", name="Tous les territoires, par département").click()
    page.get_by_role("link", name="971").click()
    page.get_by_role("link", name="Lieu 97113").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lieu 97113")


def test_escape_closes_a_row(browser: Browser, address: str) -> None:
    page = browser.new_page()
    open_table(page, address)
    page.locator(".rows tbody th a").first.click()
    expect(page.locator("#ligne-titre")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".row-sheet")).to_be_hidden()


def test_the_map_tells_its_places_by_pointer_and_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}label/images.html")
    figure = page.locator("#carte-2025")
    figure.locator(".on-wide use[data-code='2A']").hover()
    expect(figure.locator(".found")).to_have_text("Corse-du-Sud (2A)\u00a0: 1")
    page.mouse.move(0, 0)
    expect(figure.locator(".found")).to_have_text("")
    choice = figure.get_by_label("Choisir un territoire")
    choice.focus()
    page.keyboard.type("Ain")
    expect(figure.locator(".found")).to_have_text("Ain (01)\u00a0: 0")
    expect(figure.locator(".on-wide use.chosen")).to_have_attribute("data-code", "01")


def test_a_picture_is_saved_as_png(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}label/image-carte-2025.html")
    with page.expect_download() as saved:
        page.get_by_role("link", name="PNG").click()
    assert saved.value.suggested_filename == "carte-2025.png"
    saved.value.save_as(tmp_path / "carte.png")
    assert (tmp_path / "carte.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert (tmp_path / "carte.png").stat().st_size > 20_000


@pytest.mark.parametrize("path", ["label/images.html", "territoires-numeriques/images.html"])
def test_pictures_are_read_on_a_phone_without_scrolling(browser: Browser, address: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(address + path)
    shown = page.locator(".picture .on-narrow .drawing:visible")
    expect(shown.first).to_be_visible()
    assert page.locator(".picture .on-wide:visible").count() == 0
    for drawing in shown.all():
        box = drawing.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 360
        heights = drawing.locator("text").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
        assert min(heights) >= 12, "a text is too small to be read"
        ends = drawing.locator("text").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
        assert max(ends) <= 360, "a text is cut"
    context.close()


@pytest.mark.parametrize("name", ["label/images/carte-2025", "territoires-numeriques/images/europe"])
def test_no_word_of_a_picture_by_itself_is_cut(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}{name}.svg")
    ends = page.locator("text").evaluate_all("all => all.map(one => one.getBBox().x + one.getBBox().width)")
    assert max(ends) <= page.evaluate("document.documentElement.viewBox.baseVal.width")
