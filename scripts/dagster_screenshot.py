"""Takes the pictures of Dagster that the documentation shows: `python -m scripts.dagster_screenshot [FOLDER]`.

Runs everything once in this process, in a throw-away DAGSTER_HOME and outputs folder, starts Dagster's web server on a
free port, photographs pages with headless Chromium (`scripts/install_browser.sh` installs it), and stops the server by
its process id. Needs the test requirements; no network. Not here: what the pictures should show (docs/engineer.md).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 300_000
PATIENCE = 120.0


@dataclass(frozen=True)
class Picture:
    """One page of Dagster: its file, its address, a text that is there once it is drawn, the window in pixels."""

    file: str
    path: str
    shows: str
    width: int
    height: int


PICTURES = (
    Picture("dagster-graph.png", "/asset-groups", "territoires_numeriques", 1750, 560),
    Picture(
        "dagster-package.png",
        "/locations/arobase/asset-groups/candidatures/lineage",
        "release",  # Dagster draws what the window shows only
        1400,
        1300,
    ),
    Picture("dagster-table.png", "/assets/label/palmares?view=overview", "nom_publie", 1300, 880),
    Picture("dagster-checks.png", "/assets/label/palmares?view=checks", "rejets", 1300, 720),
)
# No telemetry, no invitation over the page, and nothing of this run in the user's own Dagster.
INSTANCE = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def run_everything() -> None:
    """Materialise every asset, so that the pictures show rows and results. Raises when the run does not succeed."""
    import dagster as dg

    from pipelines.core.project import Project
    from pipelines.definitions import defs
    from pipelines.orchestration.partitions import all_sources
    from pipelines.orchestration.triggers import EVERYTHING

    with dg.DagsterInstance.get() as instance:
        tags = all_sources(instance, Project.here())
        defs.resolve_job_def(EVERYTHING).execute_in_process(instance=instance, tags=tags)


@contextmanager
def web_server(log: Path) -> Iterator[str]:
    """The address of a web server of this project, stopped at the end with the processes that it started."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "dagster-webserver"), "-w", str(ROOT / "workspace.yaml")]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, "-h", "127.0.0.1", "-p", str(port)],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, server, log)
        yield address
    finally:
        # Its own session: the group is this server and the code server that it started, nobody else's.
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"the web server ended: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    sys.exit(f"the web server did not answer within {PATIENCE:.0f} s")


def fold_menu(page: Page, address: str) -> None:
    """Leave the room to the graph; the browser remembers it for the pages that follow."""
    page.goto(address, wait_until="domcontentloaded")
    page.get_by_text("Hide navigation").click(timeout=PATIENCE * 1000)


def photograph(page: Page, address: str, picture: Picture, folder: Path) -> Path:
    """Open one page, wait until it is drawn, and keep it. Raises Playwright's `TimeoutError`."""
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    page.goto(f"{address}{picture.path}", wait_until="domcontentloaded")
    page.get_by_text(picture.shows, exact=True).first.wait_for(timeout=PATIENCE * 1000)
    drawn = "() => !/fetching statuses|Loading/i.test(document.body.innerText)"
    page.wait_for_function(drawn, timeout=PATIENCE * 1000)
    page.wait_for_timeout(4000)
    target = folder / picture.file
    page.screenshot(path=target, animations="disabled")
    return target


def main(words: list[str]) -> int:
    folder = Path(words[0]) if words else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    browser_path = shutil.which("chromium")
    if browser_path is None:
        sys.exit("chromium is not there: sh scripts/install_browser.sh")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as place:
        home = Path(place, "home")
        home.mkdir()
        (home / "dagster.yaml").write_text(INSTANCE, encoding="utf-8")
        outputs = str(Path(place, "outputs"))
        os.environ.update(DAGSTER_HOME=str(home), AROBASE_OUTPUTS=outputs, AROBASE_ROOT=str(ROOT), AROBASE_LANG="en")
        run_everything()
        with web_server(Path(place, "server.log")) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            page = browser.new_page(locale="en-GB", timezone_id="Europe/Paris", color_scheme="light")
            fold_menu(page, address)
            for picture in PICTURES:
                kept = photograph(page, address, picture, folder)
                print(f"{kept.name}: {kept.stat().st_size // 1000} kB")
            browser.close()
    too_large = [item.file for item in PICTURES if (folder / item.file).stat().st_size > LARGEST]
    if too_large:
        print(f"over {LARGEST // 1000} kB: {', '.join(too_large)}", file=sys.stderr)
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
