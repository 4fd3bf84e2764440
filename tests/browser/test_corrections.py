"""A value that a person corrected leads to its correction: from the changes of a version, from a row, to `trace`."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipelines.catalogue.serving import server
from pipelines.core.project import PROJECT_FILE
from tests.browser.builders import open_table
from tests.catalogue.builders import a_catalogue
from tests.releases.corrected import FIRST, SECOND, corrected_releases


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("noms")
    (folder / PROJECT_FILE).write_text("domains: []\n", encoding="utf-8")
    corrected_releases(folder / "outputs" / "releases")
    return folder


@pytest.fixture(scope="module")
def numbers(project: Path) -> list[str]:
    """The versions: no correction, one made, the same rewritten, another instead of it."""
    folders = (project / "outputs" / "releases" / "noms").iterdir()
    return sorted(item.name for item in folders if item.name[0].isdigit())


@pytest.fixture(scope="module")
def site(project: Path) -> Iterator[str]:
    with server(project / "outputs", logs_requests=False) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{made.server_address[1]}/"
        a_catalogue(project / "outputs", base)
        yield f"{base}catalogue/"
        made.shutdown()


def traced(project: Path, key: str, version: str) -> str:
    """What `arobase trace` prints of a row."""
    command = [str(Path(sys.executable).parent / "arobase"), "trace", "noms", "noms", key, "--version", version]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def test_the_changes_of_a_version_lead_to_the_correction_that_trace_tells(
    page: Page, site: str, project: Path, numbers: list[str]
) -> None:
    version = numbers[1]
    page.goto(f"{site}noms/version-{version}.html")
    line = page.locator("table.corrected tbody tr", has_text="01001")
    expect(line.locator("td code")).to_have_text("code")
    line.get_by_role("link", name=FIRST).click()
    sheet = page.locator(".row-sheet")
    expect(sheet).to_contain_text("Motif inventé")
    expect(sheet).to_contain_text("01001")  # what was settled in that version, not what it became
    told = traced(project, "n1", version)
    assert FIRST in told
    assert "Motif inventé" in told


def test_a_changed_row_leads_to_its_correction_across_versions(page: Page, site: str, numbers: list[str]) -> None:
    open_table(page, site, f"noms/table-noms.html#cle=n1&version={numbers[1]}")
    sheet = page.locator(".row-sheet")
    expect(sheet.locator("dl.values").first.get_by_role("link", name=FIRST)).to_be_visible()
    sheet.get_by_role("button", name="Chercher dans toutes les versions").click()
    changes = sheet.locator("ol li")
    rewritten = changes.filter(has_text="01001 → 01002")
    expect(rewritten).to_contain_text(f"correction : {FIRST}")
    rewritten.get_by_role("link", name=FIRST).click()
    expect(page.locator(".row-sheet")).to_contain_text("Motif inventé")
    assert f"version={numbers[2]}" in page.url
    expect(page.locator(".row-sheet")).to_contain_text("01002")


def test_a_correction_that_was_taken_back_is_read_where_it_stood(page: Page, site: str, numbers: list[str]) -> None:
    page.goto(f"{site}en/noms/version-{numbers[3]}.html")
    lines = page.locator("table.corrected tbody tr")
    expect(lines.filter(has_text="01004").get_by_role("link", name=SECOND)).to_be_visible()
    lines.filter(has_text="01002").get_by_role("link", name=FIRST).click()
    expect(page.locator(".row-sheet")).to_contain_text("Motif inventé")
    assert f"version={numbers[2]}" in page.url


def test_a_change_of_the_source_leads_to_no_correction(page: Page, site: str, numbers: list[str]) -> None:
    page.goto(f"{site}noms/version-{numbers[1]}.html")
    expect(page.locator("table.corrected tbody tr")).to_have_count(2)
    open_table(page, site, "noms/table-noms.html#cle=n3")
    sheet = page.locator(".row-sheet")
    sheet.get_by_role("button", name="Chercher dans toutes les versions").click()
    expect(sheet.locator("ol li").filter(has_text="nouveau")).to_have_count(1)
    expect(sheet.locator("ol")).not_to_contain_text("cor-")
