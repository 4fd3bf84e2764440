"""Builders for the tests of derived tables: typed tables of the label from a few words, the rest absent."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.schema import load_table
from pipelines.schema.arrow import arrow_schema

PROJECT = Project.at(Path(__file__).resolve().parents[4])
PAGE = "https://example.org/page"


def typed_rows(key: str, rows: list[dict]) -> pa.Table:
    """A typed table of `key` ("package/table"); fields that a row does not name are null."""
    schema = arrow_schema(load_table(PROJECT.schemas, *key.split("/")))
    # Typed row by row from Python values; required fields may be absent here, which no derivation should mind.
    loose = pa.schema([pa.field(item.name, item.type) for item in schema])
    return pa.table(
        {name: pa.array([row.get(name) for row in rows], loose.field(name).type) for name in loose.names}, schema=loose
    )


def awards(*rows: dict) -> pa.Table:
    """Facts of the table palmares; `code` is short for a commune of that code, today and then."""
    return typed_rows("label/palmares", [_award(**row) for row in rows])


def _award(edition: int, code: str | None = None, nature: str | None = "commune", **more) -> dict:
    place = {"territoire_code": code, "territoire_nature": nature if code else None, "code_actuel": code}
    about = {"nom_publie": code, "territoire_nom": code, "source_reference": PAGE, "fait_deduit": False}
    return {"edition": edition, **place, **about, **more}


def figures(*rows: dict) -> pa.Table:
    """Figures of the table totaux_publies, exact unless said otherwise."""
    return typed_rows("label/totaux_publies", [{"precision": "exact", "source_reference": PAGE, **row} for row in rows])


def sheets(*rows: dict) -> pa.Table:
    """Sheets of the table actions, from forms."""
    return typed_rows("label/actions", [{"origine": "formulaire", "exemple": False, **row} for row in rows])


def applications(*rows: dict) -> pa.Table:
    """Rows of the table candidatures."""
    return typed_rows("label/candidatures", [{"actions_nombre": 1, "exemple": False, **row} for row in rows])
