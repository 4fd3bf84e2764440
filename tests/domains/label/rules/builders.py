"""Builders for the tests of the label's rules: typed tables from a few words, and the findings of one rule."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.findings import run_rules
from pipelines.schema import load_table
from pipelines.schema.arrow import arrow_schema

PROJECT = Project.at(Path(__file__).resolve().parents[4])
PAGE, OTHER_PAGE = "https://example.org/page", "https://example.org/autre-page"


def table(key: str, rows: list[dict]) -> pa.Table:
    """A typed table of `key`; fields that a row does not name are null."""
    schema = arrow_schema(load_table(PROJECT.schemas, *key.split("/")))
    return pa.table({item.name: pa.array([row.get(item.name) for row in rows], item.type) for item in schema})


def award(edition: int, name: str, level: int | None = None, *, page: str = PAGE, **more) -> dict:
    """A fact; the name is also the territory's code unless `territoire_code` says otherwise."""
    place = {"territoire_code": name, "territoire_nature": "commune", "territoire_nom": name}
    return {"edition": edition, "nom_publie": name, "arobases": level, "source_reference": page, **place, **more}


def figure(edition: int, measure: str, number: int | None, *, page: str = PAGE, **more) -> dict:
    printed = {"valeur_publiee": str(number), "precision": "exact" if number is not None else None}
    return {"edition": edition, "mesure": measure, "nombre": number, "source_reference": page, **printed, **more}


def ceremony(edition: int, day: str, page: str = PAGE) -> dict:
    return figure(edition, "ceremonie_date", None, page=page, valeur_publiee=day)


def tables(**given: list[dict]) -> dict[str, pa.Table]:
    """The tables that the rules read; rows get identifiers in their order."""
    identifiers = {
        "palmares": "fait_id",
        "totaux_publies": "total_id",
        "mentions": "mention_id",
        "actions": "action_id",
    }
    numbers, built = count(1), {}
    for name in ("palmares", "totaux_publies", "mentions", "actions"):
        rows = [{identifiers[name]: f"id-{next(numbers)}", **row} for row in given.get(name, [])]
        built[f"label/{name}"] = table(f"label/{name}", rows)
    return built


def findings(code: str, **given: list[dict]) -> list[dict]:
    """What one rule finds on these rows."""
    return [row for row in run_rules("label", tables(**given), PROJECT).to_pylist() if row["regle"] == code]


def finding(code: str, **given: list[dict]) -> dict:
    """The only thing that one rule finds on these rows."""
    found = findings(code, **given)
    assert len(found) == 1, found
    return found[0]


def outcome(code: str, **given: list[dict]) -> tuple[str, str]:
    found = finding(code, **given)
    return found["resultat"], found["calcul"]
