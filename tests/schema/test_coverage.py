"""Period, box and category of a package: what is right is kept, what is wrong is an error that names it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.releases.periods import period
from pipelines.schema import load_package
from pipelines.schema.coverage import check_coverage
from pipelines.schema.errors import SchemaFileError
from tests.releases.builders import Row, a_package, a_schema, a_table, field
from tests.schema.builders import a_project
from tests.schema.test_packages import DESCRIPTION

RIGHT: tuple[dict[str, Any], ...] = (
    {},
    {"temporal": {"start": date(2020, 1, 1), "end": date(2020, 1, 1)}},
    {"temporal": {"start": "2020-01-01", "end": "2021-12-31"}},
    {"temporal": {"from": ["prix.annee", "prix.jour"]}},
    {"temporal": {"start": "2020-01-01"}},
    {"bbox": [-180, -90, 180, 90]},
    {"bbox": [-1.5, 43.0, 2, 45.5]},
    {"hvd": "mobility"},
)
WRONG: tuple[tuple[str, Any], ...] = (
    ("temporal", "2020"),
    ("temporal", {}),
    ("temporal", {"debut": "2020-01-01"}),
    ("temporal", {"start": "2021-01-01", "end": "2020-12-31"}),
    ("temporal", {"start": "hier", "end": "demain"}),
    ("temporal", {"from": []}),
    ("temporal", {"from": ["annee"]}),
    ("temporal", {"from": "prix.annee"}),
    ("bbox", [1, 2, 3]),
    ("bbox", [2.0, 43.0, -1.5, 45.5]),
    ("bbox", [-1.5, 45.5, 2.0, 43.0]),
    ("bbox", [-181, 0, 0, 1]),
    ("bbox", ["-1", 0, 1, 1]),
    ("bbox", [True, 0, 1, 1]),
    ("hvd", "mobilité"),
)


@pytest.mark.parametrize("raw", RIGHT)
def test_what_is_right_is_kept_as_it_was_written(raw: dict[str, Any], tmp_path: Path) -> None:
    described = {**DESCRIPTION, **raw}
    path = a_project(tmp_path).schemas / "p" / "package.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(described), encoding="utf-8")
    kept = load_package(tmp_path / "schemas", "p").more
    written = json.dumps(raw, sort_keys=True, default=str)
    assert json.dumps({key: kept[key] for key in raw}, sort_keys=True) == written


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_what_is_wrong_is_told_by_its_key(key: str, value: Any) -> None:
    with pytest.raises(SchemaFileError) as caught:
        check_coverage({key: value}, "schemas/prix/package.yaml")
    for language in ("fr", "en"):
        assert key in caught.value.message(language)
        assert "schemas/prix/package.yaml" in caught.value.message(language)


def told(fields: list[str], rows: list[Row]) -> dict[str, str] | None:
    kinds = {"cle": "string", "jour": "date", "instant": "datetime", "annee": "year", "nombre": "number"}
    schema = a_schema("prix", {"fields": [field(name, kind) for name, kind in kinds.items()], "primaryKey": ["cle"]})
    table = a_table([{**dict.fromkeys(kinds), **row} for row in rows], schema)
    return period(a_package(["prix"], more={"temporal": {"from": fields}}), {"prix": table})


def test_a_period_is_read_in_the_data() -> None:
    rows: list[Row] = [
        {"cle": "a", "jour": "2020-03-04", "annee": "2019"},
        {"cle": "b", "jour": "2018-12-31", "annee": "2022"},
        {"cle": "c", "instant": "2023-01-01T23:30:00Z"},
    ]
    assert told(["prix.jour"], rows) == {"start": "2018-12-31", "end": "2020-03-04"}
    assert told(["prix.annee"], rows) == {"start": "2019-01-01", "end": "2022-12-31"}
    assert told(["prix.jour", "prix.annee"], rows) == {"start": "2018-12-31", "end": "2022-12-31"}
    assert told(["prix.instant"], rows) == {"start": "2023-01-01", "end": "2023-01-01"}


def test_fields_that_hold_nothing_claim_no_period() -> None:
    assert told(["prix.jour"], [{"cle": "a"}]) is None
    assert period(a_package(["prix"]), {}) is None
    assert period(a_package(["prix"], more={"temporal": {"from": ["prix.jour"]}}), {}) is None


@pytest.mark.parametrize("name", ["prix.rien", "prix.cle", "prix.nombre", "rien.jour"])
def test_a_field_that_holds_no_day_is_an_error(name: str) -> None:
    with pytest.raises(SchemaFileError, match=name):
        told([name], [{"cle": "a"}])
