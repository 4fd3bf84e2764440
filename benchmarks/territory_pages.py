"""How long the pages of every commune take to write, and how soon their search answers on a slow phone.

Run: python -m benchmarks.territory_pages [COMMUNES] [ROWS]     (default 35000 communes, 3 rows of each)

One invented table tells of the first COMMUNES communes of the geographic reference, ROWS rows of each. Its catalogue is
written without those pages, with them, and again after one more row of one commune; then Chromium, with the network and
the processor of a slow phone, types the names of towns, a key every `BETWEEN` milliseconds.

Bars: 60 seconds more than without pages, 60 kB before data, a first answer 100 ms after the key that makes it: from the
key, pressed in the browser, to the frame in which an answer is drawn. What comes while nobody types (the page, its
script, the first answers) is there by then, as it is for a person, who types once the page is shown. Told beside
it: the time until an answer is complete, its piece of the index fetched, and that for a name which is pasted whole.
"""

from __future__ import annotations

import gzip
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pyarrow.parquet as pq
from playwright.sync_api import Browser, Page, Request, sync_playwright

from pipelines.catalogue import write_catalogue
from pipelines.catalogue.serving import server
from pipelines.catalogue.territories import Territories
from tests.browser.builders import FLAGS
from tests.catalogue.builders import an_award, texts_published

REFERENCE = Path(__file__).resolve().parents[1] / "sources" / "reference" / "communes-2026.parquet"
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
TYPED = ("saint-denis", "l'hay les ros", "montreuil", "villeneuve", "7505", "le havre", "oeuill")
BETWEEN = 200  # milliseconds between two keys: quicker than most people type on a phone
# For each key of a text, typed one after the other: milliseconds until an answer is drawn, and until it is complete
# (the status says no longer that it is searched for, and nothing changes after it).
TYPE = """([text, between]) => new Promise(done => {
    const finder = document.querySelector('.finder'), input = finder.querySelector('input');
    const answers = finder.querySelector('.answers'), times = [];
    const seen = new MutationObserver(() => requestAnimationFrame(() => {
        const now = performance.now(), one = times[times.length - 1];
        if (!one) return;
        if (one.first === null && answers.children.length) one.first = now - one.start;
        one.last = now - one.start;
    }));
    seen.observe(finder, { childList: true, subtree: true, characterData: true });
    let place = 0;
    const next = () => {
        if (place === text.length) { setTimeout(() => done(times), 3000); return; }
        times.push({ start: performance.now(), first: null, last: null });
        input.value += text[place++];
        input.dispatchEvent(new Event('input', { bubbles: true }));
        setTimeout(next, between);
    };
    next();
})"""


def published(outputs: Path, communes: int, each: int, more: int = 0) -> None:
    """A version of a table that tells of so many communes; `more` rows of the first one."""
    known = pq.read_table(REFERENCE, columns=["code", "nom", "departement_code"]).slice(0, communes).to_pylist()
    rows = [
        {**an_award(str(2000 + year), item["code"], item["departement_code"]), "nom_publie": item["nom"]}
        for item in known
        for year in range(each)
    ]
    rows += [{**rows[0], "edition": "2026"}] * more
    texts_published(outputs, "label", "palmares", rows)


def timed(outputs: Path) -> tuple[float, float, int]:
    """Seconds on the clock and of this process to write the catalogue, and how many files were written."""
    before, own = time.monotonic(), time.process_time()
    changed = write_catalogue(outputs / "releases", outputs / "catalogue")
    return time.monotonic() - before, time.process_time() - own, len(changed)


def on_a_slow_phone(browser: Browser, page_address: str) -> tuple[Page, list[int]]:
    """A page as a slow phone shows it, and the sizes of all that it fetched."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    sizes: list[int] = []
    before = re.compile(r"/recherche/")
    page.on("requestfinished", lambda one: sizes.append(0 if before.search(one.url) else _body(one)))
    page.goto(page_address)
    page.wait_for_load_state("networkidle")
    return page, sizes


def _body(request: Request) -> int:
    return int(request.sizes()["responseBodySize"])


@dataclass
class Search:
    """What a search took. `size`: bytes before data; the others in milliseconds, one a name."""

    size: int = 0
    first: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    complete: list[float] = field(default_factory=list)
    pasted: list[float] = field(default_factory=list)
    unanswered: int = 0


def searched(browser: Browser, address: str) -> Search:
    """Types each name into the first page of a visit, key by key, then pastes it into that of another visit."""
    found = Search()
    for text in TYPED:
        page, sizes = on_a_slow_phone(browser, f"{address}index.html")
        found.size = max(found.size, sum(sizes))
        page.get_by_role("searchbox").focus()
        times = page.evaluate(TYPE, [text, BETWEEN])
        answered = [one["first"] for one in times if one["first"] is not None]
        found.first += answered[:1]
        found.keys += answered
        found.complete += [one["last"] for one in times[-1:] if one["last"] is not None]
        found.unanswered += sum(one["first"] is None for one in times[1:])
        page.context.close()
        page, _ = on_a_slow_phone(browser, f"{address}index.html")
        found.pasted += [one["last"] for one in page.evaluate(TYPE, [[text], 0])]
        page.context.close()
    return found


def main() -> None:
    """Print the measures."""
    asked = [int(value) for value in sys.argv[1:]]
    communes, each = [*asked, *(35_000, 3)[len(asked) :]]
    with tempfile.TemporaryDirectory() as folder:
        outputs = Path(folder)
        published(outputs, communes, each)
        print(f"{communes} communes x {each} rows")
        with mock.patch("pipelines.catalogue.territories.gather", return_value=Territories([], {})):
            without = timed(outputs)
        print("without pages: {:.1f} s ({:.1f} s of processor), {} files".format(*without))
        shutil.rmtree(outputs / "catalogue")
        taken = timed(outputs)
        print("with pages: {:.1f} s ({:.1f} s of processor), {} files".format(*taken))
        print(f"the pages: {taken[0] - without[0]:.1f} s ({taken[1] - without[1]:.1f} s of processor)")
        published(outputs, communes, each, more=1)
        print("one more row: {:.1f} s ({:.1f} s of processor), {} files".format(*timed(outputs)))
        pieces = [path.stat().st_size for path in (outputs / "catalogue/territoires/recherche").iterdir()]
        largest, whole = max(pieces) / 1000, sum(pieces) / 1e6
        print(f"index: {len(pieces)} pieces, the largest {largest:.0f} kB, {whole:.1f} MB in all")
        with server(outputs, logs_requests=False) as made, sync_playwright() as playwright:
            threading.Thread(target=made.serve_forever, daemon=True).start()
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            address = f"http://127.0.0.1:{made.server_address[1]}/catalogue/"
            search = searched(browser, address)
            browser.close()
            made.shutdown()
        unasked = (outputs / "catalogue/territoires/recherche/_premiers.json").read_bytes()
        packed = len(gzip.compress(unasked))
        print(f"before data: {search.size / 1000:.1f} kB")
        print(f"first answers, fetched unasked: {len(unasked) / 1000:.0f} kB, {packed / 1000:.0f} kB packed")
        for name, times in (
            ("first answer of a visit", search.first),
            ("an answer to any key", search.keys),
            ("the last key's answer complete, its piece fetched", search.complete),
            ("a name pasted whole, complete", search.pasted),
        ):
            print(f"{name}: median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms ({len(times)})")
        print(f"keys after the first that had no answer to show before the next: {search.unanswered}")


if __name__ == "__main__":
    main()
