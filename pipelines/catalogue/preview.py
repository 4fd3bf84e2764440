"""What the preview in the browser is given: where the files of each version are, and the first rows as a fallback.

Belongs here: that document. Does not: the preview itself (`static/site.js`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pipelines.catalogue import rows
from pipelines.catalogue.labels import Labels, field_labels
from pipelines.catalogue.model import Holding, Table, Version, text_in
from pipelines.catalogue.territories import TIMES
from pipelines.catalogue.wording import Wording
from pipelines.releases.steps import read_steps

Link = Callable[[str], str]
LABELS_SHOWN = 400
"""Labels of one field that its page carries; codes of a longer list are shown as they are."""


def preview(
    holding: Holding, table: Table, words: Wording, labels: Labels, *, release: Link, address: Link
) -> dict[str, Any]:
    """Everything that the preview of a table of the current version needs, as JSON. `release` makes a link to a file of
    the releases, and `address` its whole address."""
    version = holding.current
    assert version is not None, "a table that is shown is in a version"
    steps = version.own["steps"]
    named = field_labels(version, table, labels)
    return {
        "table": table.name,
        "language": words.language,
        "key": table.key,
        "order": order_of(table),
        "fields": [
            {
                "name": item["name"],
                "title": words.spaced(text_in(item, "title", words.language)),
                "scale": item.get("scale"),
                "type": item["type"],
                "leads": _leads(table, version, item["name"]),
                "labels": {
                    code: words.spaced(label[words.language]) for code, label in named.get(item["name"], {}).items()
                }
                if len(named.get(item["name"], {})) <= LABELS_SHOWN
                else {},
                "steps": [
                    words.spaced(step.words()[words.language]) for step in read_steps(_steps(steps, table, item))
                ],
            }
            for item in table.fields
        ],
        "sources": {
            item["name"]: {"title": text_in(item, "title", words.language), "path": item.get("path", "")}
            for item in version.descriptor.get("sources", [])
        },
        "versions": [
            {"address": address(f"{item.path}data/{table.name}.parquet"), **_files(item, table.name, release)}
            for item in holding.readable
            if item.table(table.name)
        ],
        "sample": rows.sample(version, table),
    }


def order_of(table: Table) -> str | None:
    """The field that readers expect rows by, newest first, where the order of the key means nothing: a digest."""
    fields = {item["name"]: item for item in table.fields}
    keys = [fields[name] for name in table.key if name in fields]
    if len(keys) != 1 or "[0-9a-f]" not in str(keys[0].get("constraints", {}).get("pattern", "")):
        return None
    return next((item["name"] for item in table.fields if item["type"] in TIMES), None)


def _leads(table: Table, version: Version, name: str) -> str:
    """The page of the table whose rows a field names by their key, such as `corrections`; empty where there is none."""
    for key in table.schema.get("foreignKeys", ()):
        fields, reference = key["fields"], key["reference"]
        other = version.table(reference["resource"]) if reference["resource"] else None
        if other is not None and fields in (name, [name]) and reference["fields"] in (other.key, *other.key):
            return f"table-{other.name}.html"
    return ""


def _steps(steps: dict[str, list[str]], table: Table, item: dict[str, Any]) -> list[str]:
    return steps.get(f"{table.name}/{item['name']}", [])


def _files(version: Version, name: str, release: Link) -> dict[str, Any]:
    files = {item["path"]: item for item in version.descriptor["resources"]}
    found: dict[str, Any] = {"number": version.number}
    for kind, path in (
        ("rows", f"{name}.parquet"),
        ("provenance", "qualite/provenance.parquet"),
        ("findings", "qualite/constats.parquet"),
        ("changes", f"changes/{name}.parquet"),
    ):
        resource = files[path]
        url = release(f"{version.path}data/{path}")
        found[kind] = {"url": url, "bytes": resource["bytes"], "count": resource["row_count"]}
    return found


def embedded(document: Any) -> str:
    """JSON that can be inside a `script` element."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
