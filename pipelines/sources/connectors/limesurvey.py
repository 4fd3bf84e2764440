"""The connector `limesurvey`: the answers of a survey as CSV, with the columns that the source names only.

The address is a CSV export (http or https), or the RemoteControl 2 interface (`…/admin/remotecontrol`) when
`parameters.survey` is given: `secrets` are then the user's name and the password.

parameters: `survey`, `language`, `headings` (`code` by default), `completed` (`complete` by default), `keep`
(columns to keep beside those that its schema and mapping name; none that says who answered).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from pipelines.core.text import Said
from pipelines.sources.descriptions import Source
from pipelines.sources.downloads import download
from pipelines.sources.exports import columns_of, only_named
from pipelines.sources.http import Client, client_of
from pipelines.sources.http.errors import NotAuthorised, NotTheAnswer
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture


@connector("limesurvey")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """The answers, for each part. Raises `NotAuthorised`, `NotTheAnswer`, and what the client raises."""
    client = client_of(context)
    columns = columns_of("limesurvey", source)
    for part in source.parts:
        if "survey" in source.parameters:
            path = context.folder / f"{part.name}.download"
            path.write_bytes(_export(source, client, context))
            facts = {"survey": source.parameters["survey"]}
            got: Fetched | Unchanged = Fetched(part.name, path, source.address, "text/csv", fetch=facts)
        else:
            got = download(context, client, part.name, previous, source.address)
        yield only_named(got, part, columns, source=source, project=context.project)


def _export(source: Source, client: Client, context: FetchContext) -> bytes:
    """`export_responses` under a session of its own, which is closed whatever happens."""
    parameters = source.parameters
    user, password = (context.secret(name) for name in source.secrets[:2])
    session = _call(client, source, "get_session_key", [user, password])
    if not isinstance(session, str):
        raise NotAuthorised(
            source=source.name, address=source.address, status="RemoteControl", secrets=", ".join(source.secrets)
        )
    try:
        arguments = [
            session,
            parameters["survey"],
            "csv",
            parameters.get("language"),
            parameters.get("completed", "complete"),
            parameters.get("headings", "code"),
            "short",
        ]
        answer = _call(client, source, "export_responses", arguments)
    finally:
        _call(client, source, "release_session_key", [session])
    try:
        # A survey without answers gives an object that says so in place of the text.
        return base64.b64decode(answer, validate=True)
    except (TypeError, binascii.Error, ValueError):
        found = Said("aucune réponse au questionnaire", "no answers")
        expected = Said("un export en base 64", "an export in base 64")
        raise NotTheAnswer(source=source.name, address=source.address, found=found, expected=expected) from None


def _call(client: Client, source: Source, method: str, params: list[Any]) -> Any:
    body = {"method": method, "params": params, "id": 1}
    answer = client.ask(source.address, method="POST", json=body)
    try:
        document = answer.json()
        error, result = document.get("error"), document["result"]
    except (ValueError, KeyError, AttributeError):
        error, result = "?", None
    if error is not None:
        expected = "result (JSON-RPC)"
        raise NotTheAnswer(source=source.name, address=answer.address, found=f"{method} : error", expected=expected)
    return result
