"""What a push reads in CKAN's answers. An answer without it comes from other software, and nothing of it is used.

Source: CKAN 2.12, `ckan/lib/dictization/model_dictize.py`, `ckanext/datastore/logic/action.py`. An extension may add to
these; only what is read is asked for.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pipelines.portals.client import Reply

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}


def _objects(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "required": list(required), "properties": properties}}


DATASET: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "metadata_modified", "resources"],
    "properties": {
        "id": TEXT,
        "name": TEXT,
        "metadata_modified": TEXT,
        "version": TEXT_OR_NULL,
        "resources": _objects(
            "id",
            id=TEXT,
            arobase_key=TEXT_OR_NULL,
            arobase_datastore=TEXT_OR_NULL,
            size={"type": ["integer", "null", "string"], "pattern": r"^[0-9]*\Z"},
        ),
        "extras": _objects("key", "value", key=TEXT),
        "tags": _objects("name", name=TEXT),
        "organization": {"type": ["object", "null"]},
    },
}
DATASTORE_TABLE: dict[str, Any] = {
    "type": "object",
    "required": ["fields", "total"],
    "properties": {
        "total": {"type": "integer"},
        "fields": _objects("id", "type", id=TEXT, type=TEXT, info={"type": "object"}),
    },
}
SHAPES = {"package_show": DATASET, "datastore_search": DATASTORE_TABLE}


def flaw(action: str, result: Any) -> str:
    """Where the result of an action is not what a push reads there, as a path; empty when it is."""
    error = next(iter(_validator(action).iter_errors(result)), None) if action in SHAPES else None
    return "" if error is None else "/".join(["result", *map(str, error.absolute_path)])


def is_absent(reply: Reply) -> bool:
    """Whether CKAN itself says that a thing is not there: a 404 of other software on the way says nothing of it."""
    error = reply.document.get("error") if isinstance(reply.document, dict) else None
    return reply.status == 404 and isinstance(error, dict) and error.get("__type") == "Not Found Error"


@cache
def _validator(action: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(SHAPES[action])
