"""The connector `eurostat`: one data set of Eurostat's statistics API as JSON-stat 2.0 (read by the format `jsonstat`).

The address is the API's (`https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0/data`). A part's `path` is the
data set's code. parameters: `filters` (dimension: code or list of codes), `noise` (by default the date of the answer).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipelines.core.text import Said
from pipelines.sources.descriptions import Source
from pipelines.sources.downloads import download, without_noise
from pipelines.sources.errors import CollectError
from pipelines.sources.http import client_of
from pipelines.sources.http.errors import NotTheAnswer
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture

UPDATED = [r'"updated"\s*:\s*"[^"]*"']


@connector("eurostat")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """The data set of each part. Raises `CollectError` without a code, `NotTheAnswer` for what is no data set."""
    import json

    client = client_of(context)
    filters: dict[str, Any] = dict(source.parameters.get("filters", {}))
    for part in source.parts:
        if not part.path:
            expected = Said("path : le code du jeu de données", "path: the data set's code")
            raise CollectError(source=source.name, found=f"{part.name}.path: —", expected=expected)
        url = f"{source.address.rstrip('/')}/{part.path}"
        got = download(context, client, part.name, previous, url, params={"format": "JSON", "lang": "EN"} | filters)
        if isinstance(got, Unchanged):
            yield got
            continue
        try:
            document = json.loads(got.path.read_bytes())
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict) or document.get("class") != "dataset" or "dimension" not in document:
            where = {"source": source.name, "address": got.address}
            found = Said("autre forme", "other shape")
            raise NotTheAnswer(**where, found=found, expected='JSON-stat 2.0, "class": "dataset"')
        yield got if got.content else replace(got, content=without_noise(got.path, UPDATED))
