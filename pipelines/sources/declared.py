"""Schemas that a publisher declares for a resource: found, fetched as any other answer, kept by digest.

Belongs here: where such a schema is and what became of it. Does not: validating records by it (`pipeline/declared.py`).

parameters of a source: `declared_schema` (`reject`: records that it refuses are rejected, the default; `tell`: they are
only counted; `ignore`: it is not asked for), `schemas` (the address of a catalogue of schemas by name).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.core.shown import shown_name
from pipelines.core.text import Said
from pipelines.sources.descriptions import Source
from pipelines.sources.errors import CollectError
from pipelines.sources.http import Client
from pipelines.sources.http.errors import AddressRefused, NotAuthorised, NotFound, NotTheAnswer
from pipelines.sources.registry import FetchContext, Fetched
from pipelines.storage import sha256_bytes, sha256_file

REJECT, TELL, IGNORE = WAYS = ("reject", "tell", "ignore")
MAXIMUM = 5_000_000
# The catalogue that data.gouv.fr resolves names by. Source: udata, SCHEMA_CATALOG_URL and its tests/schemas.json.
CATALOGUE = "https://schema.data.gouv.fr/schemas.json"
HOST = "data.gouv.fr"


@dataclass(frozen=True)
class Declared:
    """What a publisher declares. `recorded` goes in the log; `path` is the Table Schema's file, if any."""

    recorded: Mapping[str, Any]
    path: Path | None = None


def way(source: Source) -> str:
    """What the source's file wants of a declared schema. Raises `CollectError` for a word that is none."""
    found = source.parameters.get("declared_schema", REJECT)
    if found not in WAYS:
        expected = " | ".join(WAYS)
        named = f"parameters.declared_schema: {shown_name(repr(found))}"
        raise CollectError(source=source.name, found=named, expected=expected)
    return str(found)


def declared_schema(context: FetchContext, client: Client, part: str, declared: Any) -> Declared | None:
    """The schema that a resource declares: `{"name", "version", "url"}`, an address, or the schema itself.

    None where nothing is declared or the source's file ignores it. A schema that is gone, unknown, not to be had or of
    another kind is reported under `state`, and the data comes without it. Raises what the client raises for a server
    that fails.
    """
    if not declared or way(context.source) == IGNORE:
        return None
    if isinstance(declared, str):
        declared = _parsed(declared)
    inline = isinstance(declared, Mapping) and "fields" in declared
    named = {} if inline else {key: declared[key] for key in ("name", "version", "url") if declared.get(key)}
    path = context.folder / f"{part}.schema"
    if inline:
        path.write_text(json.dumps(declared, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    else:
        url = named.get("url") or _by_name(context, client, named)
        if url is None:
            return Declared(named | {"state": "unknown"})
        try:
            answer = client.ask(str(url), to=path)
        except NotFound:
            return Declared(named | {"state": "absent"})
        except (AddressRefused, NotAuthorised, NotTheAnswer) as error:
            # It will be no other the next time; a server that fails may be.
            return Declared(named | {"state": error.code})
        named["url"] = answer.address
    if path.stat().st_size > MAXIMUM or not _is_table_schema(path):
        return Declared(named | {"state": "not-a-table-schema"})
    return Declared(named | {"state": "kept", "sha256": sha256_file(path)}, path)


def with_schema(got: Fetched, declared: Declared | None) -> Fetched:
    """The same answer with its schema beside it: another schema is another content."""
    if declared is None or declared.path is None:
        return got
    content = got.content or sha256_file(got.path)
    content = sha256_bytes(f"{content} {declared.recorded['sha256']}".encode())
    return replace(got, content=content, evidence={"schema": declared.path})


def _parsed(text: str) -> Any:
    """CKAN's field is a text: an address, or the schema as JSON."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return {"name": "JSON"}
    return {"url": text}


def _by_name(context: FetchContext, client: Client, named: Mapping[str, Any]) -> str | None:
    """The address of a named schema, by the catalogue; None where there is no catalogue or it has no such name."""
    host = urlsplit(context.source.address).hostname or ""
    known = CATALOGUE if host == HOST or host.endswith(f".{HOST}") else None
    catalogue = context.source.parameters.get("schemas", known)
    if catalogue is None or "name" not in named:
        return None
    answer = client.ask(str(catalogue))
    try:
        listed = answer.json()["schemas"]
        item = next((item for item in listed if item["name"] == named["name"]), None)
        return None if item is None else next(_addresses(item, named.get("version")), None)
    except (ValueError, KeyError, TypeError):
        expected = "schemas[].name, schema_url, versions[].version_name, schema_url"
        found = Said("autre forme", "other shape")
        raise NotTheAnswer(source=client.source, address=answer.address, found=found, expected=expected) from None


def _addresses(item: Mapping[str, Any], version: str | None) -> Iterator[str]:
    """The address of that version; of the latest where none is asked for."""
    if version is None:
        yield item["schema_url"]
    else:
        yield from (one["schema_url"] for one in item["versions"] if one["version_name"] == version)


def _is_table_schema(path: Path) -> bool:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return False
    fields = document.get("fields") if isinstance(document, dict) else None
    return isinstance(fields, list) and all(isinstance(field, dict) and field.get("name") for field in fields)
