"""The connector `datagouv`: resources of data.gouv.fr (udata) by identifier, and its tabular interface in pages.

The address is the portal's (`https://www.data.gouv.fr`). A part's `path` is the identifier or the title of a resource;
without one, the dataset's only main resource in the part's format. The file comes from the resource's permanent
address; the checksum that the portal declares is compared; a declared schema is kept beside, and validates the records.

parameters: `dataset` or `resource`, `tabular` (the tabular interface's address: rows in pages instead of the file),
and those of `declared.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.core.text import Said
from pipelines.sources.checksums import check
from pipelines.sources.declared import declared_schema, with_schema
from pipelines.sources.descriptions import Part, Source
from pipelines.sources.downloads import download, kept
from pipelines.sources.errors import CollectError
from pipelines.sources.http import Answer, Client, client_of
from pipelines.sources.http.errors import NotTheAnswer
from pipelines.sources.pagination import Pagination, follow
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture

# Source: README of datagouv/api-tabular: 20 by default, 50 at most.
PAGE = 50
# What makes a resource the same without asking for it again.
SAME = ("resource", "checksum", "schema")
SHAPE, NO_OBJECT = Said("autre forme", "other shape"), Said("pas un objet JSON", "no JSON object")


@connector("datagouv")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """Each part's resource. Raises `CollectError` when there is none, `NotTheAnswer` for another checksum or shape."""
    client, base = client_of(context), source.address.rstrip("/")
    if not ({"dataset", "resource"} & set(source.parameters)):
        raise CollectError(source=source.name, found="parameters", expected="dataset | resource")
    resources = _resources(source, client, base)
    for part in source.parts:
        resource = _chosen(source, part, resources)
        if "tabular" in source.parameters:
            yield _rows(
                context, client, part.name, f"{source.parameters['tabular'].rstrip('/')}/api/resources", resource
            )
            continue
        yield _file(context, client, part, previous, resource)


def _resources(source: Source, client: Client, base: str) -> list[dict[str, Any]]:
    if "dataset" in source.parameters:
        answer = client.ask(f"{base}/api/1/datasets/{source.parameters['dataset']}/")
        found = _document(source, answer).get("resources")
    else:
        answer = client.ask(f"{base}/api/2/datasets/resources/{source.parameters['resource']}/")
        found = [_document(source, answer).get("resource")]
    if not isinstance(found, list) or not all(isinstance(item, dict) and item.get("id") for item in found):
        raise NotTheAnswer(source=source.name, address=answer.address, found=SHAPE, expected="resources[].id")
    return found


def _document(source: Source, answer: Any) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise NotTheAnswer(source=source.name, address=answer.address, found=NO_OBJECT, expected="JSON")
    return document


def _chosen(source: Source, part: Part, resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The resource that a part means. Raises `CollectError` with those that are there."""
    if part.path:
        found = [item for item in resources if part.path in (item["id"], item.get("title"))]
    else:
        found = (
            [item for item in resources if item.get("format", "").lower() == part.format]
            if len(resources) > 1
            else resources
        )
    if len(found) != 1:
        there = ", ".join(f"{item['id']} ({item.get('format')}, {item.get('title')})" for item in resources)
        single = f"une seule ressource {part.format}", f"a single {part.format} resource"
        fr, en = (part.path, part.path) if part.path else single
        wanted = Said(f"{part.name} : {fr}", f"{part.name}: {en}")
        raise CollectError(source=source.name, found=there or "—", expected=wanted)
    return found[0]


def _file(
    context: FetchContext, client: Client, part: Part, previous: Capture | None, resource: Mapping[str, Any]
) -> Fetched | Unchanged:
    """The resource's file; not asked for again when the portal declares the checksum of the last one."""
    checksum = resource.get("checksum") or {}
    facts = {"resource": resource["id"], "checksum": checksum.get("value"), "modified": resource.get("last_modified")}
    declared = declared_schema(context, client, part.name, resource.get("schema"))
    facts |= {"schema": declared.recorded} if declared else {}
    before = kept(previous, part.name)
    if before is not None and facts["checksum"] and all(before.fetch.get(key) == facts.get(key) for key in SAME):
        return Unchanged(before)
    # `latest` is permanent; `url` changes with each upload.
    url = str(resource.get("latest") or resource["url"])
    got = download(context, client, part.name, previous, url, facts=facts)
    if isinstance(got, Unchanged):
        return got
    check(got.path, checksum.get("type"), checksum.get("value"), source=context.source.name, address=got.address)
    return with_schema(got, declared)


def _rows(context: FetchContext, client: Client, part: str, base: str, resource: Mapping[str, Any]) -> Fetched:
    """The rows of the tabular interface, page by page, as JSON Lines."""
    url = f"{base}/{resource['id']}/data/"

    def page(paged: Pagination) -> tuple[Answer, list[Any], int | None]:
        answer = client.ask(url, params={"page": paged.pages + 1, "page_size": PAGE})
        document = _document(context.source, answer)
        rows, total = document.get("data"), (document.get("meta") or {}).get("total")
        if not isinstance(rows, list) or not isinstance(total, int):
            where = {"source": context.source.name, "address": answer.address}
            raise NotTheAnswer(**where, found=SHAPE, expected="data, meta.total")
        return answer, rows, total

    checksum = (resource.get("checksum") or {}).get("value")
    key = {"url": url, "version": resource.get("last_modified"), "checksum": checksum}
    with Pagination(context, part, key, once=("__id",), or_whole=True) as paged:
        return paged.fetched(url, total=follow(paged, page), resource=resource["id"])
