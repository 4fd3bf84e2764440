"""The connector `html_table`: published pages, kept as they are; the format `html` finds the list in them.

The address is a page, or the site when each part's `path` is a page of it. A page that changes its clock or its session
at each visit declares them in `parameters.noise`.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from pipelines.sources.descriptions import Source
from pipelines.sources.downloads import download
from pipelines.sources.http import client_of
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture


@connector("html_table")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """The page of each part. Raises what the client raises."""
    client = client_of(context)
    for part in source.parts:
        url = urljoin(source.address, part.path) if part.path else source.address
        yield download(context, client, part.name, previous, url, page_is_wrong=False)
