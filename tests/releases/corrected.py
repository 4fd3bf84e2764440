"""A package whose names are corrected from one version to the next: a correction made, rewritten, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.releases import Published, ReleaseRequest, publish
from pipelines.releases.causes import Ingredients
from pipelines.schema import PackageTable
from tests.releases.builders import Row, a_package, a_request, a_schema, a_table, field, provenance_of

FIRST, SECOND = "cor-0123456789ab", "cor-ba9876543210"


def corrections_schema() -> dict[str, Any]:
    fields = [field("correction_id", constraints={"required": True}), field("code"), field("motif")]
    return {"title": "Corrections", "fields": fields, "primaryKey": ["correction_id"]}


def names_schema() -> dict[str, Any]:
    fields = [
        field("nom_id", constraints={"required": True}),
        field("nom"),
        field("code"),
        field("correction_id"),
    ]
    foreign = [{"fields": ["correction_id"], "reference": {"resource": "corrections", "fields": ["correction_id"]}}]
    return {"title": "Noms", "fields": fields, "primaryKey": ["nom_id"], "foreignKeys": foreign}


def a_corrected_request(names: Sequence[Row], corrections: Sequence[Row], given: Ingredients) -> ReleaseRequest:
    schemas = {
        "corrections": a_schema("corrections", corrections_schema()),
        "noms": a_schema("noms", names_schema()),
    }
    tables = {
        "corrections": a_table(corrections, schemas["corrections"]),
        "noms": a_table(names, schemas["noms"]),
    }
    request = a_request(
        package=a_package(
            [PackageTable("corrections", None, (), 0, None, 1.0), "noms"],
            name="noms",
            title="Noms inventés",
            title_en="Invented names",
        ),
        schemas=schemas,
        tables=tables,
        provenance={name: provenance_of(table, schemas[name].primary_key) for name, table in tables.items()},
        snapshot=given.snapshots[0][2],
        findings=[],
        rejects=[],
        steps={},
    )
    return replace(request, corrections=given.correction)


def names_and_corrections(given: Ingredients) -> tuple[list[Row], list[Row]]:
    """Names as the source and the corrections of `given` make them: c0 none, c1 one, c2 the same rewritten, c3 another
    name corrected and the first no more."""
    new_source = given.snapshots[0][2] == "bb" * 32
    names: list[Row] = [
        {"nom_id": "n1", "nom": "Ville-Exemple", "code": None},
        {"nom_id": "n2", "nom": "Bourg | Exemple", "code": None},
        {"nom_id": "n3", "nom": "Hameau-Exemple (nouveau)" if new_source else "Hameau-Exemple", "code": "01003"},
    ]
    settled = {
        "c0": [],
        "c1": [("n1", "01001", FIRST)],
        "c2": [("n1", "01002", FIRST)],
        "c3": [("n2", "01004", SECOND)],
    }
    corrections: list[Row] = []
    for key, code, name in settled[given.correction]:
        place = int(key[1]) - 1
        names[place] = {**names[place], "code": code, "correction_id": name}
        corrections.append({"correction_id": name, "code": code, "motif": "Motif inventé"})
    return names, corrections


def corrected_releases(releases: Path) -> list[Path]:
    """The package `noms` in four versions: without corrections, one made, rewritten, and replaced by another."""
    steps = [("c0", "aa"), ("c1", "bb"), ("c2", "bb"), ("c3", "bb")]
    made = []
    for correction, snapshot in steps:
        given = Ingredients("code-1", "", correction, "", (("inventee", "fichier", snapshot * 32),))

        def across(mixed: Ingredients) -> Mapping[str, pa.Table]:
            return a_corrected_request(*names_and_corrections(mixed), mixed).tables

        outcome = publish(a_corrected_request(*names_and_corrections(given), given), releases, key=None, across=across)
        assert isinstance(outcome, Published), outcome
        made.append(outcome.path)
    return made
