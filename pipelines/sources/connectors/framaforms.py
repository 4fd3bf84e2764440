"""The connector `framaforms`: CSV exports of Drupal Webform (versions 7 and 8), system columns dropped at the door.

The number of header rows is the part's `options.header_rows` (three in Drupal 7, one since). The columns are known by
any of their header rows. parameters: `keep` (system columns to keep, among those that are not personal).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.sources.descriptions import Source
from pipelines.sources.downloads import download
from pipelines.sources.exports import Dropped, without_columns
from pipelines.sources.http import client_of
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture

# Names of both versions, not checked against a live server: a name that is not there costs nothing.
PERSONAL = ("IP Address", "UID", "Username", "uid", "token", "remote_addr", "uri")
SYSTEM = (
    *PERSONAL,
    *("Serial", "SID", "Submitted Time", "Completed Time", "Modified Time", "Draft", "serial", "sid", "uuid"),
    *("created", "completed", "changed", "in_draft", "current_page", "langcode", "webform_id", "entity_type"),
    *("entity_id", "locked", "sticky", "notes"),
)


@connector("framaforms")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """The answers, for each part. Raises what the client raises."""
    client = client_of(context)
    columns = Dropped(SYSTEM, PERSONAL, tuple(source.parameters.get("keep", ())))
    for part in source.parts:
        got = download(context, client, part.name, previous, source.address)
        yield without_columns(got, part, columns, source.name)
