"""What ships with the project passes the gate: no alarm on a public column, and what is personal is held."""

from __future__ import annotations

import csv
import json

import pyarrow as pa
import pytest

from pipelines.core.project import Project
from pipelines.privacy import (
    PersonalValues,
    gate,
    load_allow_list,
    protect_published,
    scan_file,
    scan_folder,
)
from pipelines.schema import Privacy, load_incoming, load_package
from pipelines.sources.descriptions import load_sources

PROJECT = Project.here()
ALLOW = load_allow_list(PROJECT.schemas)
CSV_FILES = sorted((PROJECT.sources / "data").rglob("*.csv"))


@pytest.mark.parametrize("path", CSV_FILES, ids=lambda path: path.name)
def test_a_shipped_csv_file_raises_no_alarm(path) -> None:
    assert scan_file(path, ALLOW).holds == ()


def test_the_incoming_json_holds_people_only_where_its_schema_says_so() -> None:
    documents = json.loads((PROJECT.sources / "data" / "inquiries" / "projets-environnement.json").read_text("utf-8"))
    schema = load_incoming(PROJECT.schemas, "projets_environnement")
    public = [field.name for field in schema.fields if field.privacy is Privacy.PUBLIC]
    texts = {name: [_text(record.get(name)) for record in documents] for name in public}
    assert gate({"entrants/projets": pa.table(texts)}, PersonalValues(), ALLOW).holds == ()
    report = scan_file(PROJECT.sources / "data" / "inquiries" / "projets-environnement.json", ALLOW)
    assert {hold.field.rsplit("/", 1)[-1] for hold in report.holds} == {"contact_du_bureau_d_etude"}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("folder", ["schemas", "docs"])
def test_schemas_and_documents_name_nobody(folder: str) -> None:
    assert [hold for hold in scan_folder(PROJECT.root / folder, ALLOW).holds if hold.rule != "fichier_illisible"] == []


def test_every_shipped_source_says_what_personal_data_it_may_hold() -> None:
    assert all(source.privacy for source in load_sources(PROJECT).values())


def test_the_shipped_counts_of_one_small_town_are_suppressed_where_they_single_people_out() -> None:
    """Villiers-en-Désœuvre: 3 + 4 + 8 = 15."""
    with (PROJECT.sources / "data" / "inquiries" / "comptages.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["titre"].startswith("Villiers-en-Désœuvre")]
    rule = load_package(PROJECT.schemas, "enquetes-publiques").table("comptages_observations").protect
    assert rule is not None
    lines = [(row["axe"], row["modalite"], int(row["nombre"])) for row in rows] + [("total", "total", 15)]
    names = ("axe", "modalite", "observations_nombre")
    columns = dict(zip(names, map(list, zip(*lines, strict=True)), strict=True))
    table = pa.table({"enquete_id": ["enq-000000000000"] * 4, **columns, "masquage": ["aucun"] * 4})
    found = {row["modalite"]: row["observations_nombre"] for row in protect_published(table, rule).to_pylist()}
    assert found == {"registre_papier": None, "courrier": None, "oral_permanence": 8, "total": 15}
