"""The connector `ckan`: resources of a CKAN portal by identifier, as files or through its DataStore in pages.

The address is the portal's. A part's `path` is the identifier or the name of a resource.

parameters: `dataset` (a package) or `resource`, `datastore` (true: rows in pages instead of the file), and those of
`declared.py`: a resource's field `schema` (ckanext-validation) contains a Table Schema or its address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.core.text import Said
from pipelines.sources.checksums import check
from pipelines.sources.declared import declared_schema, with_schema
from pipelines.sources.descriptions import Part, Source
from pipelines.sources.downloads import download
from pipelines.sources.errors import CollectError
from pipelines.sources.http import Answer, Client, client_of
from pipelines.sources.http.errors import NotTheAnswer
from pipelines.sources.pagination import Pagination, follow
from pipelines.sources.registry import FetchContext, Fetched, Unchanged, connector
from pipelines.sources.snapshots import Capture

# 32,000 is the most that CKAN gives; smaller pages keep a retry cheap.
PAGE = 1000


@connector("ckan")
def fetch(source: Source, previous: Capture | None, context: FetchContext) -> Iterator[Fetched | Unchanged]:
    """Each part's resource. Raises `CollectError` when there is none, `NotTheAnswer`, `CrawlRefused`."""
    client = client_of(context)
    headers = {"Authorization": context.secret(source.secrets[0])} if source.secrets else {}
    base = f"{source.address.rstrip('/')}/api/3/action"
    if "dataset" in source.parameters:
        result, _answer = _result(client, f"{base}/package_show", {"id": source.parameters["dataset"]}, headers)
        resources = list(result.get("resources", ()))
    elif "resource" in source.parameters:
        resources = [_result(client, f"{base}/resource_show", {"id": source.parameters["resource"]}, headers)[0]]
    else:
        raise CollectError(source=source.name, found="parameters", expected="dataset | resource")
    for part in source.parts:
        resource = _chosen(source, part, resources)
        if source.parameters.get("datastore"):
            version = resource.get("last_modified") or resource.get("metadata_modified")
            request = {"resource": resource["id"], "headers": headers, "version": version}
            yield _rows(context, client, part.name, f"{base}/datastore_search", request)
            continue
        facts = {"resource": resource["id"], "modified": resource.get("last_modified")}
        declared = declared_schema(context, client, part.name, resource.get("schema"))
        facts |= {"schema": declared.recorded} if declared else {}
        got = download(context, client, part.name, previous, resource["url"], headers=headers, facts=facts)
        if isinstance(got, Fetched):
            check(got.path, None, resource.get("hash"), source=source.name, address=got.address)
            got = with_schema(got, declared)
        yield got


def _result(
    client: Client, url: str, params: Mapping[str, Any], headers: Mapping[str, str]
) -> tuple[dict[str, Any], Answer]:
    answer = client.ask(url, params=params, headers=headers)
    try:
        document = answer.json()
    except ValueError:
        document = {}
    result = document.get("result") if isinstance(document, dict) and document.get("success") is True else None
    if not isinstance(result, dict):
        found, expected = Said("échec ou autre forme", "failure or other shape"), '{"success": true, "result": {…}}'
        raise NotTheAnswer(source=client.source, address=answer.address, found=found, expected=expected)
    return result, answer


def _chosen(source: Source, part: Part, resources: list[dict[str, Any]]) -> dict[str, Any]:
    found = [item for item in resources if part.path is None or part.path in (item["id"], item.get("name"))]
    if len(found) != 1:
        there = ", ".join(f"{item['id']} ({item.get('name')})" for item in resources)
        fr, en = (part.path, part.path) if part.path else ("une seule ressource", "a single resource")
        wanted = Said(f"{part.name} : {fr}", f"{part.name}: {en}")
        raise CollectError(source=source.name, found=there or "—", expected=wanted)
    return found[0]


def _rows(context: FetchContext, client: Client, part: str, url: str, request: Mapping[str, Any]) -> Fetched:
    """The rows of the DataStore in the order of their `_id`, as JSON Lines. `request`: the resource, the headers, the
    version. An estimated total is not believed: rows are asked for until there are no more."""
    query = {"resource_id": request["resource"], "limit": PAGE, "sort": "_id"}

    def page(paged: Pagination) -> tuple[Answer, list[Any], int | None]:
        result, answer = _result(client, url, query | {"offset": paged.records}, request["headers"])
        rows, total = result.get("records"), result.get("total")
        if not isinstance(rows, list) or not isinstance(total, int):
            found, expected = Said("autre forme", "other shape"), "records, total"
            raise NotTheAnswer(source=client.source, address=answer.address, found=found, expected=expected)
        return answer, rows, None if result.get("total_was_estimated") else total

    key = {"url": url, "query": query, "version": request["version"]}
    with Pagination(context, part, key, once=("_id",), or_whole=True) as paged:
        return paged.fetched(url, total=follow(paged, page), resource=request["resource"])
