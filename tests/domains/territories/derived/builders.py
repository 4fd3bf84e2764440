"""Builders for the tests of derived tables: typed tables of the label from a few words, the rest absent."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.schema import load_table
from pipelines.schema.arrow import arrow_schema, typed
from pipelines.tables import derivation

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
    """Action sheets, from forms."""
    return typed_rows("candidatures/actions", [{"exemple": False, **row} for row in rows])


def actions(*rows: dict) -> pa.Table:
    """Actions that public pages describe."""
    return typed_rows("label/actions", list(rows))


def laureates(palmares: pa.Table, totals: pa.Table | None = None) -> pa.Table:
    """The table laureats of these awards; without totals, every edition is wholly known."""
    known: dict[int, set] = {}
    for row in palmares.to_pylist():
        known.setdefault(row["edition"], set()).add(row["territoire_code"] or row["nom_publie"])
    whole = [{"edition": year, "mesure": "labellises", "nombre": len(found)} for year, found in known.items()]
    inputs = {"label/palmares": palmares, "label/totaux_publies": figures(*whole) if totals is None else totals}
    return typed(derivation("laureats")(inputs, PROJECT), load_table(PROJECT.schemas, "label", "laureats"))
