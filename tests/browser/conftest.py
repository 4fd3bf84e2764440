"""A real headless Chromium, and a catalogue of invented releases served to it, with and without Range requests."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pipelines.catalogue.serving import server
from tests.browser.builders import FLAGS, shown_releases
from tests.catalogue.builders import a_catalogue


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.heavy)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "chromium is missing: scripts/install_browser.sh"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outputs = tmp_path_factory.mktemp("outputs")
    shown_releases(outputs)
    return outputs


@pytest.fixture(scope="session")
def address(outputs: Path) -> Iterator[str]:
    """A host with Range requests, whose address the catalogue was made with."""
    with server(outputs, logs_requests=False) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{made.server_address[1]}/"
        a_catalogue(outputs, base)
        yield f"{base}catalogue/"
        made.shutdown()


@pytest.fixture(scope="session")
def plain_address(outputs: Path, address: str) -> Iterator[str]:
    """The same folders on a host without Range requests."""
    with server(outputs, ranges=False, logs_requests=False) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}/catalogue/"
        made.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when the console of the browser shows an error."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    # A resource that does not load is what some tests are about; others look at every answer themselves.
    told = ("Failed to load resource", "Access to fetch at 'file:")
    opened.on(
        "console",
        lambda said: problems.append(said.text) if said.type == "error" and not said.text.startswith(told) else None,
    )
    yield opened
    context.close()
    assert not problems
