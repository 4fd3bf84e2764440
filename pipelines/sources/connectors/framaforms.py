"""The connector `framaforms`: CSV exports of Drupal Webform (versions 7 and 8), only the columns that the source names.

The number of header rows is the part's `options.header_rows` (three in Drupal 7, one since). The columns are known by
any of their header rows. parameters: `keep` (columns to keep beside
those that its schema and mapping name; none that says who answered).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.sources.descriptions import Source
from pipelines.sources.downloads import download
from pipelines.sources.exports import columns_of, only_named
from pipelines.sources.http import client_of
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture


@connector("framaforms")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """The answers, for each part. Raises what the client raises."""
    client = client_of(context)
    columns = columns_of("framaforms", source)
    for part in source.parts:
        got = download(context, client, part.name, previous, source.address)
        yield only_named(got, part, columns, source=source, project=context.project)
