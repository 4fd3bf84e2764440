"""The bar for the preview: a table of a million rows shows its first ones at once and fetches little."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from playwright.sync_api import Page, expect

from pipelines.catalogue.serving import server
from pipelines.schema.arrow import typed
from tests.browser.builders import open_table
from tests.catalogue.builders import a_catalogue, published
from tests.releases.builders import a_request, a_schema, prizes_schema, provenance_of

ROWS = 1_000_000


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    outputs = tmp_path_factory.mktemp("million")
    numbers = pa.array(range(ROWS), pa.int64())
    # Half of each name repeats nowhere, as names of real files do not: 24 random bits, always the same.
    noise = pa.array(np.random.default_rng(7).integers(0, 1 << 24, ROWS)).cast(pa.string())
    padded = pc.utf8_lpad(numbers.cast(pa.string()), 7, "0")
    text = pa.table(
        {
            "prix_id": pc.binary_join_element_wise("p", padded, ""),
            "annee": pa.repeat("2024", ROWS),
            "nom": pc.binary_join_element_wise("Lieu", padded, noise, " "),
            "arobases": pc.add(pc.bit_wise_and(numbers, 3), 1).cast(pa.string()),
            "part": pa.repeat("0.50", ROWS),
            "niveau": pa.repeat("or", ROWS),
        }
    )
    request = a_request()
    table = typed(text, a_schema("prix", prizes_schema()))
    tables = {"editions": request.tables["editions"], "prix": table}
    origin = {**request.provenance, "prix": provenance_of(table, ["prix_id"])}
    published(a_request(tables=tables, provenance=origin), outputs / "releases")
    a_catalogue(outputs)
    with server(outputs, logs_requests=False) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}/catalogue/"
        made.shutdown()


def first_rows(page: Page) -> float:
    """Milliseconds from the beginning of the navigation to the first rows on the page."""
    return float(page.evaluate("performance.getEntriesByName('first-rows')[0].startTime"))


def test_first_rows_of_a_million_come_with_less_than_two_megabytes(page: Page, million: str) -> None:
    """How soon they come is measured, not validated: it is printed here, and kept in benchmarks/catalogue.md."""
    fetched: list[int] = []
    page.on("response", lambda answer: fetched.append(int(answer.headers.get("content-length", "0"))))
    open_table(page, million, "prix/table-prix.html")
    assert page.locator(".preview").get_attribute("data-state") == "file"
    expect(page.locator(".rows tbody td").first).to_have_text("p0000000")
    weight, taken = sum(fetched), [first_rows(page)]
    for _ in range(5):
        page.reload()
        expect(page.locator(".preview")).to_have_attribute("data-state", "file")
        expect(page.locator(".rows tbody td").first).to_have_text("p0000000")
        taken.append(first_rows(page))
    print(f"first rows after {taken[0]:.0f} ms in a browser that just started, then {sorted(taken[1:])[2]:.0f} ms")
    print(f"{weight} bytes fetched in all")
    assert weight < 2_000_000


def test_a_filter_on_one_column_reads_that_column_alone(page: Page, million: str) -> None:
    open_table(page, million)
    page.get_by_label("Filtrer la colonne").select_option("nom")
    page.get_by_label("contient").fill("lieu 0999999")
    expect(page.locator(".status")).to_contain_text("Lignes 1 à 1 sur 1", timeout=30_000)
    expect(page.locator(".rows tbody td").first).to_have_text("p0999999")


def test_the_release_was_really_large(million: str, tmp_path: Path) -> None:
    import requests

    path = million.replace("catalogue/", "releases/prix/1.0.0/data/prix.parquet")
    assert int(requests.head(path, timeout=10).headers["Content-Length"]) > 4_000_000
