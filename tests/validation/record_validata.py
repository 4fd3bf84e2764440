"""Writes `validata.json`: what validata-table decides about made-up rows, which our custom checks are compared with.

Run it with the Python of an environment of its own, where `pip install validata-table==0.12.5` was done:
`PYTHON tests/validation/record_validata.py`. Nothing of the project is imported here. Numbers, names and places are
invented; telephone numbers are of the ranges that ARCEP keeps for fiction.
"""

from __future__ import annotations

import itertools
import json
import random
from importlib.metadata import version
from pathlib import Path
from typing import Any

SEED, ROWS = 20_261_128, 60
NUMBERS = ["0", "1", "2", "3", "-1", "0.9", "1.8", "0.1", "0.2", "0.3", "10", "9.99", "1e1", "2.50", "2.5", "", "x"]
TEXTS = ["a", "b", "10", "9", "2.5", "2.50", "été", "", "B", "a b"]
DAYS = ["2024-01-05", "2023-12-31", "2024-01-06", "", "x"]
PHONES = [
    "01 99 00 27 37", "0199002737", "+33 1 99 00 27 37", "+33199002737", "0033199002737", "06 39 98 00 01", "115",
    "3949", "112", "1", "01 99 00 27", "+1 212 555 0123", "+44 20 7946 0958", "abc", "01.99.00.27.37", "(01) 99002737",
    "01 99 00 27 37 poste 12", "0 800 000 000", "36 39", "+33 (0)1 99 00 27 37", "",
]  # fmt: skip
ACTS = [
    "Urbanisme/PLU", "urbanisme/x", "URBANISME/x", "Urbanisme /x", "Urbanisme/ x", "Jardinage/x",
    "Finances locales/x", "Libertés publiques et pouvoirs de police/x",
    "libertes publiques et pouvoirs de police/x", "Commande publique/", "",
]  # fmt: skip
SIRETS = ["73282932000074", "73282932000075", "732 829 320 00074", "7328293200007", "35600000000048", "x", ""]
SIRENS = ["732829320", "732829321", "732 829 320", "73282932", "x", "", "000000000"]
YEARS = ["2017/2018", "2018/2017", "2017/2017", "2017", "17", "2017-2018", "2017/18", ""]
HOURS = ["Mo-Fr 10:00-12:00", "24/7", "Mo 25:00", "lundi 10h", "Mo-Fr 08:00-12:00,13:00-17:00; PH off", "x", ""]
POINTS = [
    "2.35,48.85",
    "48.85,2.35",
    "0,0",
    "-61.5,16.2",
    "16.2,-61.5",
    "55.5,-21.1",
    "-52.3,4.9",
    "45.1,-12.8",
    "",
    "x",
]
REGIONS = ["84", "93", "99", "01", "1", "20", ""]
DEPARTMENTS = ["01", "1", "2A", "2a", "20", "95", "96", "971", "978", "979", "987", ""]


def one(name: str, cells: list[str], kind: str = "string", **params: Any) -> dict[str, Any]:
    """A case of a check of one column."""
    fields = [{"name": "v", "type": kind}, {"name": "w", "type": "string"}]
    check = {"name": name, "params": {"column": "v", **params}}
    return {"schema": {"fields": fields, "custom_checks": [check]}, "rows": [[cell, "x"] for cell in cells]}


def several(name: str, kinds: list[str], cells: list[str], rng: random.Random, **params: Any) -> dict[str, Any]:
    """A case of a check of several columns a, b, c."""
    names = "abc"[: len(kinds)]
    fields = [{"name": field, "type": kind} for field, kind in zip(names, kinds, strict=True)]
    rows = [[*(rng.choice(cells) for _ in kinds), "x"] for _ in range(ROWS)]
    schema = {"fields": [*fields, {"name": "w", "type": "string"}], "custom_checks": [{"name": name, "params": params}]}
    return {"schema": schema, "rows": rows}


def cases() -> list[dict[str, Any]]:
    """All cases, from the seed."""
    rng = random.Random(SEED)
    found = [
        one("phone-number-value", PHONES),
        one("nomenclature-actes-value", ACTS),
        one("nomenclature-acte", ACTS),
        one("french-siret-value", SIRETS),
        one("siret", SIRETS),
        one("french-siren-value", SIRENS),
        one("siren", SIRENS),
        one("year-interval-value", YEARS),
        one("year-interval-value", YEARS, **{"allow-year-only": "yes"}),
        one("opening-hours-value", HOURS),
        one("french-gps-coordinates", POINTS, "geopoint"),
        one("code-region", REGIONS, cog="2024"),
        one("numero-departement", DEPARTMENTS, cog="latest"),
    ]
    for kind in ("integer", "number"):
        found.append(several("sum-columns-value", [kind] * 3, NUMBERS, rng, column="a", columns=["b", "c"]))
        found.append(several("one-of-required", [kind] * 2, NUMBERS, rng, column1="a", column2="b"))
        found.append(several("cohesive-columns-value", [kind] * 3, NUMBERS, rng, column="a", othercolumns=["b", "c"]))
    found.append(several("one-of-required", ["boolean"] * 2, ["true", "false", "", "x"], rng, column1="a", column2="b"))
    kinds = [("number", NUMBERS), ("integer", NUMBERS), ("string", TEXTS), ("date", DAYS)]
    for op, (kind, cells) in itertools.product((">", ">=", "==", "<=", "<"), kinds):
        found.append(several("compare-columns-value", [kind] * 2, cells, rng, column="a", column2="b", op=op))
    mixed = several("compare-columns-value", ["number", "string"], TEXTS, rng, column="a", column2="b", op="<")
    return [*found, mixed]


def decided(case: dict[str, Any]) -> list[int]:
    """The places of the rows that validata refuses because of the check, not because of their types."""
    from validata_core import validate

    labels = [field["name"] for field in case["schema"]["fields"]]
    report = validate([labels, *case["rows"]], json.loads(json.dumps(case["schema"])))
    errors = report.errors
    if any("unexpected error" in str(error) for error in errors):
        raise RuntimeError(f"no decision: {case}")
    own = {"type-error", "constraint-error", "blank-row"}
    return sorted(error.location.row_number - 2 for error in errors if str(error.type.value) not in own)


def main() -> None:
    assert version("validata-table") == "0.12.5"
    told = [{**case, "refused": decided(case)} for case in cases()]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False, sort_keys=True) for case in told)
    (Path(__file__).parent / "validata.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
