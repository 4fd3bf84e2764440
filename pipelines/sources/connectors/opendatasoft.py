"""The connector `opendatasoft`: datasets of portals that speak Explore API v2.1.

The address is the portal's (`https://data.example.org`). By default a dataset is exported whole, in the part's format;
`mode: records` asks for pages of 100 instead, which the interface allows for fewer than 10,000 records.

parameters: `dataset`, `mode` (`exports`, `records`), `where`, `select`, `order_by`, `timezone`, `lang`, `repeated`
(`count`: keep and count records of several pages that are alike, where the data set has such; else they are refused).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from pipelines.core.text import Said
from pipelines.sources.descriptions import Source
from pipelines.sources.downloads import download
from pipelines.sources.errors import CollectError
from pipelines.sources.http import Answer, client_of
from pipelines.sources.http.errors import NotTheAnswer
from pipelines.sources.pagination import Pagination, follow
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture

PAGE = 100
# offset + limit stays under 10,000. Source: OpenAPI description of Explore v2.1.
FURTHEST = 10_000
EXPORTS = ("csv", "json", "jsonl", "parquet", "xlsx")
Asking = Callable[..., Answer]
QUERY = ("where", "select", "order_by", "timezone", "lang")


@connector("opendatasoft")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """The dataset of each part. Raises `CollectError` for wrong parameters, `NotTheAnswer`, `CrawlRefused`."""
    parameters, client = source.parameters, client_of(context)
    headers = {"Authorization": f"Apikey {context.secret(source.secrets[0])}"} if source.secrets else {}
    query = {"timezone": "Europe/Paris"} | {key: parameters[key] for key in QUERY if key in parameters}
    for part in source.parts:
        dataset = parameters.get("dataset", part.path)
        if not dataset or part.format not in EXPORTS:
            found, expected = f"dataset: {dataset!r}, format: {part.format}", f"un dataset ; {' | '.join(EXPORTS)}"
            raise CollectError(source=source.name, found=found, expected=expected)
        base = f"{source.address.rstrip('/')}/api/explore/v2.1/catalog/datasets/{dataset}"
        if parameters.get("mode", "exports") == "records":
            yield _records(context, part.name, f"{base}/records", query, partial(client.ask, headers=headers))
        else:
            url = f"{base}/exports/{part.format}"
            yield download(context, client, part.name, previous, url, params=query | {"limit": -1}, headers=headers)


def _records(context: FetchContext, part: str, url: str, query: dict[str, Any], ask: Asking) -> Fetched:
    """All pages as JSON Lines."""

    def page(paged: Pagination) -> tuple[Answer, list[Any], int | None]:
        answer = ask(url, params=query | {"limit": PAGE, "offset": paged.records})
        try:
            document = answer.json()
            total, results = int(document["total_count"]), list(document["results"])
        except (ValueError, KeyError, TypeError):
            raise NotTheAnswer(
                source=context.source.name,
                address=answer.address,
                found=Said("autre forme", "other shape"),
                expected="total_count, results",
            ) from None
        if total >= FURTHEST:
            found = Said(f"{total} enregistrements", f"{total} records")
            expected = Said(f"moins de {FURTHEST} (sinon mode: exports)", f"fewer than {FURTHEST} (else mode: exports)")
            raise CollectError(source=context.source.name, found=found, expected=expected)
        return answer, results, total

    counted = context.source.parameters.get("repeated") == "count"
    with Pagination(context, part, {"url": url, "query": query}, once=(), counts_repeated=counted) as paged:
        return paged.fetched(url, total=follow(paged, page))
