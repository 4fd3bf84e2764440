"""Takes the screenshots of the catalogue that the README and docs/catalogue.md show, in `docs/images/`.

They show the releases that are in `outputs/`. Run:
sh scripts/install_browser.sh && python -m scripts.screenshots [FOLDER]
A catalogue is written in a temporary folder for it, so that the one in `outputs/` stays as it is.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from pipelines.catalogue import write_catalogue
from pipelines.catalogue.serving import server
from pipelines.core.project import Project

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# Name, page, what to wait for, dark.
SHOTS = (
    ("accueil", "index.html", "main", False),
    ("apercu", "label/table-palmares.html", ".preview[data-state=file]", False),
    ("carte", "label/images.html", ".chooser", False),
    ("conformite", "en/enquetes-publiques/images.html", "main", True),
)


def main() -> None:
    """Write the pictures."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    target.mkdir(parents=True, exist_ok=True)
    browser_path = shutil.which("chromium")
    if browser_path is None:
        sys.exit("chromium ? scripts/install_browser.sh")
    with tempfile.TemporaryDirectory() as folder:
        outputs = Path(folder)
        (outputs / "releases").symlink_to(Project.at(ROOT).releases)
        with server(outputs, logs_requests=False) as made, sync_playwright() as playwright:
            threading.Thread(target=made.serve_forever, daemon=True).start()
            base = f"http://127.0.0.1:{made.server_address[1]}/"
            write_catalogue(outputs / "releases", outputs / "catalogue", base_url=base)
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            for name, page, awaited, dark in SHOTS:
                scheme = "dark" if dark else "light"
                context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=scheme)
                tab = context.new_page()
                tab.goto(f"{base}catalogue/{page}")
                tab.wait_for_selector(awaited)
                if name == "carte":
                    tab.locator(".series").scroll_into_view_if_needed()
                    tab.evaluate("document.querySelector('.series').scrollIntoView()")
                tab.screenshot(path=target / f"{name}.png")
                context.close()
                print(target / f"{name}.png")
            browser.close()
            made.shutdown()


if __name__ == "__main__":
    main()
