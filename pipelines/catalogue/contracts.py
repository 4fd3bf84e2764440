"""The frozen JSON Schemas of every JSON document that releases and the catalogue publish.

Belongs here: reading them. Does not: the documents. A schema here is a promise: it may grow optional members, and
changes in no other way without a new name. They are JSON Schema 2020-12, files of `static/contracts/`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipelines.catalogue.addresses import Addresses

SUFFIX = ".schema.json"


@lru_cache(maxsize=1)
def contracts() -> dict[str, dict[str, Any]]:
    """The schemas by name: `versions`, `feed`, `package-versions`…"""
    found = files("pipelines.catalogue").joinpath("static/contracts").iterdir()
    read = {item.name.removesuffix(SUFFIX): json.loads(item.read_text(encoding="utf-8")) for item in found}
    return dict(sorted(read.items()))


def published(addresses: Addresses) -> dict[str, dict[str, Any]]:
    """The schemas as the catalogue shows them, each with its address."""
    return {name: {"$id": addresses.page(f"schemas/{name}{SUFFIX}"), **schema} for name, schema in contracts().items()}
