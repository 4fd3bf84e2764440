"""Hostile tables and the oracle: schemas, cells and files made from a seed, and Frictionless itself to compare with.

Cells are the odd ones of every type, files the ones that CSV readers disagree on. Nothing here comes from real people.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.validation import judge
from pipelines.validation.inputs import file_format

VERSION_2 = "https://datapackage.org/profiles/2.0/tableschema.json"
DIALECT = {"csv": {"delimiter": ",", "skipInitialSpace": False}}
SPACES = ["", "", "", " ", "\u00a0", "\t", "\u2009", "\u001f", "\u0085"]
INTEGERS = [
    "0",
    "1",
    "2",
    "01",
    "+1",
    "-1",
    "-0",
    "1_000",
    "1__0",
    "_1",
    "٣",
    "１２",
    "1.0",
    "1e3",
    "0x1F",
    "−1",
    "9" * 18,
    "9" * 19,
    "1" * 25,
    "12 €",
    "EUR 12",
    "-12%",
    "--12",
    "²",
    "1\0",
    "\u200b1",
    "1 2",
]
NUMBERS = [
    "1",
    "1.5",
    "1.50",
    "+1.5",
    ".5",
    "5.",
    "-.5",
    "1e5",
    "1E-5",
    "1_000.5",
    "NaN",
    "-nan",
    "NaN123",
    "Infinity",
    "-Inf",
    "infinit",
    "1,5",
    "1 000",
    "1 000,5",
    "1\u00a0000,5",
    "٣.٥",
    "1e9999999999999999999",
    "-0",
    "-0.0",
    "0.1",
    "0.10",
    "0.09999999999999999999999",
    "1e-400",
    "12.5 €",
    ".",
    "123456789012345",
    "1234567890123456",
]
DATES = [
    "2024-01-05",
    "2024-1-5",
    "2024-01- 5",
    "24-01-05",
    "2024-01-05 ",
    "2024-01-05\n",
    "2024-02-30",
    "2024-02-29",
    "2023-02-29",
    "0000-01-01",
    "0001-01-01",
    "٢٠٢٤-٠١-٠٥",
    "05/01/2024",
    "2016-01-01",
    "2015-12-31",
    "2024-04-31",
    "2024-12-31",
    "9999-12-31",
    "2024-13-01",
    "2024-00-10",
    "2024-06-30",
]
TIMES = [
    "2024-01-05T10:20:30Z",
    "2024-01-05T10:20:30",
    "2024-01-05 10:20:30",
    "2024-01-05T10:20",
    "2024-01-05T10:20:30.5",
    "2024-01-05T10:20:30.123456789",
    "2024-01-05T24:00:00Z",
    "2024-01-05T23:59:60Z",
    "2024-01-05T11:20:30+01:00",
    "2024-01-05T10:20:30z",
    "2024-W01-5T10:20:30",
    "2024-02-30T10:20:30Z",
    "2024-01-05T10:20:30Z\n",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59Z",
    "2019-12-31T23:59:59Z",
]
YEARS = ["2024", "0000", "9999", "-001", "+202", "1_00", " 202", "20241", "٢٠٢٤", "202", "24.0", "-000", "1999"]
WORDS = [
    "a",
    "b",
    "ab",
    "axxx",
    "xb",
    "é",
    "é",
    "É",
    "a\n",
    "a\r\n",
    "a b",
    "a\u00a0b",
    "a_b",
    "ı",
    "01001",
    "01001\n",
    "x01001",
    "0100",
    "٠١٠٠١",
    "2A004",
    "None",
    "NA",
    "-",
    "nan",
    "null",
    "👩‍👩‍👧",
    "  ",
    " a",
    "a ",
    "\ufeffa",
    "a\0b",
    "a\u2028b",
    "x" * 60,
    "a,b",
    'a"b',
    "a\nb",
    "a\rb",
    "true",
    "oui",
]
BOOLEANS = [
    "true",
    "True",
    "TRUE",
    "tRUE",
    "1",
    "0",
    "yes",
    " true",
    "vrai",
    "oui",
    "Oui",
    "x",
    "false",
    "False",
    "1.0",
]
UUIDS = [
    "2bc1c94f-0deb-43e9-92a1-4775189ec9f8",
    "2BC1C94F-0DEB-43E9-92A1-4775189EC9F8",
    "2bc1c94f0deb43e992a14775189ec9f8",
    "{2bc1c94f-0deb-43e9-92a1-4775189ec9f8}",
    "urn:uuid:2bc1c94f-0deb-43e9-92a1-4775189ec9f8",
    "2bc1c94f",
    "x" * 36,
    "00000000-0000-0000-0000-000000000000",
    "2bc1c94f 0deb-43e9-92a1-4775189ec9f8",
]
OTHERS = {
    "time": ["10:20:30", "10:20", "24:00:00", "10:20:30Z", "10:20:60"],
    "yearmonth": ["2024-01", "2024-13", "2024-1", "0000-01"],
    "duration": ["P1Y", "PT1H", "P", "1", "P1Y2M3DT4H"],
    "geopoint": ["1,2", "1, 2", "181,0", "0,91", "[1,2]", "a,b"],
    "geojson": ['{"type":"Point","coordinates":[1,2]}', "{}", "[]"],
    "array": ["[]", "[1,2]", "{}", "[", '["a"]'],
    "object": ["{}", '{"a":1}', "[]", "{"],
    "list": ["a,b", "a", "1,2,x"],
}
CELLS = {
    "integer": INTEGERS,
    "number": NUMBERS,
    "date": DATES,
    "datetime": TIMES,
    "year": YEARS,
    "string": WORDS,
    "any": WORDS,
    "boolean": BOOLEANS,
    **OTHERS,
}
PATTERNS = [
    "[0-9]{5}",
    "a|b",
    r"\d{5}",
    r"\w+",
    ".*",
    r"a\sb",
    "^a$",
    r"a\Z",
    "([013-9]\\d|2[AB1-9])\\d{3}",
    "[^a]+",
    "(a|b)+",
    "a*?b?",
    "(?:é|a).{0,3}",
    r"^\d{4}$",
    "[a-z]{1,3}",
    "x{2,}",
]


def odd_cell(kind: str, rng: random.Random) -> str:
    """A cell meant for a type, often odd, sometimes of another type or built at random."""
    roll = rng.random()
    if roll < 0.08:
        return ""
    if roll < 0.14:
        return rng.choice(CELLS[rng.choice(list(CELLS))])
    if roll < 0.20:
        return rng.choice(SPACES) + rng.choice(CELLS[kind]) + rng.choice(SPACES)
    if roll < 0.30:
        text = list(rng.choice(CELLS[kind]))
        if text:
            text[rng.randrange(len(text))] = rng.choice("0123456789-+._eE:TZaé \n\"',;")
        return "".join(text)
    if roll < 0.55:
        return sound_cell(kind, rng)
    return rng.choice(CELLS[kind])


def sound_cell(kind: str, rng: random.Random) -> str:
    """A cell in the canonical form of a type, or close to it."""
    day = f"{rng.randint(1990, 2030)}-{rng.randint(1, 13):02}-{rng.randint(1, 31):02}"
    made = {
        "integer": lambda: str(rng.randint(-20, 20) if rng.random() < 0.7 else rng.randint(-(10**26), 10**26)),
        "number": lambda: f"{rng.randint(-50, 50)}.{rng.randint(0, 999)}",
        "date": lambda: day,
        "datetime": lambda: f"{day}T{rng.randint(0, 24):02}:{rng.randint(0, 60):02}:{rng.randint(0, 60):02}Z",
        "year": lambda: str(rng.randint(900, 10020)),
        "boolean": lambda: rng.choice(["true", "false"]),
    }
    return made[kind]() if kind in made else rng.choice(CELLS[kind])


def odd_field(name: str, rng: random.Random, *, hard: bool = True) -> dict[str, Any]:
    """A field of any type, with any of its constraints."""
    kinds = ["integer", "number", "date", "datetime", "year", "string", "string", "string", "any", "boolean"]
    kind = rng.choice(list(OTHERS)) if hard and rng.random() < 0.08 else rng.choice(kinds)
    made: dict[str, Any] = {"name": name, "type": kind}
    limits: dict[str, Any] = {}
    if rng.random() < 0.3:
        limits["required"] = rng.random() < 0.8
    if rng.random() < 0.12 and kind not in ("array", "object", "list", "geojson"):
        limits["unique"] = True
    if kind == "string":
        _odd_string(made, limits, rng)
    elif kind in ("integer", "number", "date", "datetime", "year") and rng.random() < 0.45:
        low, high = {
            "integer": (1, 12),
            "number": (rng.choice([0, 0.1, "0.1"]), 12.5),
            "date": ("2016-01-01", "2024-06-30"),
            "datetime": ("2020-01-01T00:00:00Z", "2024-01-05T10:20:30Z"),
            "year": ("1999", 2024),
        }[kind]
        if rng.random() < 0.7:
            limits[rng.choice(["minimum", "exclusiveMinimum"])] = low
        if rng.random() < 0.5:
            limits[rng.choice(["maximum", "exclusiveMaximum"])] = high
    _odd_reading(made, limits, rng)
    if limits:
        made["constraints"] = limits
    if rng.random() < 0.1:
        made["missingValues"] = rng.choice([["", "NA"], ["-"], ["None", ""], ["1"], []])
    return made


def _odd_string(made: dict[str, Any], limits: dict[str, Any], rng: random.Random) -> None:
    if rng.random() < 0.2:
        made["format"] = rng.choice(["uuid", "email", "uri", "default"])
    if rng.random() < 0.3:
        limits["pattern"] = rng.choice(PATTERNS)
    if rng.random() < 0.2:
        limits["minLength"] = rng.randint(0, 4)
    if rng.random() < 0.2:
        limits["maxLength"] = rng.randint(0, 6)
    if rng.random() < 0.15:
        limits["enum"] = rng.sample(WORDS, 6)


def _odd_reading(made: dict[str, Any], limits: dict[str, Any], rng: random.Random) -> None:
    kind = made["type"]
    if kind == "number" and rng.random() < 0.25:
        made |= rng.choice(
            [
                {"decimalChar": ","},
                {"groupChar": " "},
                {"bareNumber": False},
                {"floatNumber": True},
                {"groupChar": " ", "decimalChar": ","},
            ]
        )
    if kind == "integer" and rng.random() < 0.15:
        made["bareNumber"] = False
    if kind == "boolean" and rng.random() < 0.3:
        made |= {"trueValues": ["oui", "x"], "falseValues": ["non", "x"]}
    if kind == "date" and rng.random() < 0.15:
        made["format"] = "%d/%m/%Y"
    if kind in ("integer", "number", "year") and rng.random() < 0.12:
        limits["enum"] = ["1", "02", "2024"] if kind != "number" else [1.5, "2"]
    if kind == "boolean" and rng.random() < 0.1:
        limits["enum"] = [True]


@dataclass
class Hostile:
    """One generated case: a schema, the bytes of a file, and the parent table that it may refer to."""

    schema: dict[str, Any]
    data: bytes
    parent: bytes | None = None
    parent_schema: dict[str, Any] = field(default_factory=dict)

    def describe(self) -> str:
        return json.dumps({"schema": self.schema, "data": repr(self.data), "parent": repr(self.parent)}, indent=1)


def hostile(rng: random.Random) -> Hostile:
    """A hostile schema and file."""
    names = [f"c{number}" for number in range(rng.randint(1, 5))]
    fields = [odd_field(name, rng) for name in names]
    schema: dict[str, Any] = {"fields": fields}
    if rng.random() < 0.9:
        schema["$schema"] = VERSION_2
    if rng.random() < 0.2:
        schema["missingValues"] = rng.choice([["", "NA"], ["NA"], ["-", ""], [], ["None"]])
    if rng.random() < 0.15:
        schema["fieldsMatch"] = rng.choice(["exact", "equal", "subset", "superset", "partial"])
    plain = [item["name"] for item in fields if item["type"] not in ("array", "object", "list", "geojson")]
    if plain and rng.random() < 0.3:
        schema["primaryKey"] = rng.sample(plain, rng.randint(1, min(3, len(plain))))
    rows = [[odd_cell(item["type"], rng) for item in fields] for _ in range(_how_many(rng))]
    if rng.random() < 0.5:
        rows = [[sound_cell(item["type"], rng) for item in fields] for _ in rows]
    if rows and rng.random() < 0.5:
        rows += [list(rng.choice(rows)) for _ in range(rng.randint(1, 4))]
        rng.shuffle(rows)
    made = Hostile(schema, hostile_bytes(names, rows, rng))
    if plain and rng.random() < 0.3:
        _refer(made, plain, rows, names, rng)
    return made


def _how_many(rng: random.Random) -> int:
    return rng.choice([0, 1, 1, 2, 3, 4, 5, 6, 8, 12, 25]) if rng.random() < 0.97 else 150


def _refer(made: Hostile, plain: list[str], rows: list[list[str]], names: list[str], rng: random.Random) -> None:
    chosen = rng.sample(plain, rng.randint(1, min(2, len(plain))))
    for item in made.schema["fields"]:  # a copy of a parent forgets that it is of version 2, and refuses these
        for name in ("exclusiveMinimum", "exclusiveMaximum"):
            item.get("constraints", {}).pop(name, None)
    if rng.random() < 0.2:
        made.schema["foreignKeys"] = [{"fields": chosen, "reference": {"resource": "", "fields": chosen[::-1]}}]
        return
    theirs = [f"p{number}" for number in range(len(chosen))]
    by_name = {item["name"]: item for item in made.schema["fields"]}
    fields = [odd_field(name, rng, hard=False) for name in theirs]
    for item, own in zip(fields, chosen, strict=True):
        if rng.random() < 0.8:
            item.clear()
            item.update({**by_name[own], "name": theirs[chosen.index(own)]})
        item.pop("constraints", None)
    made.parent_schema = {"$schema": VERSION_2, "fields": fields}
    picked = rng.sample(rows, len(rows) * 2 // 3)
    values = [[row[names.index(name)] for name in chosen] for row in picked]
    made.parent = hostile_bytes(theirs, values + [[odd_cell(item["type"], rng) for item in fields]], rng)
    made.schema["foreignKeys"] = [{"fields": chosen, "reference": {"resource": "parent", "fields": theirs}}]


def hostile_bytes(names: list[str], rows: list[list[str]], rng: random.Random) -> bytes:
    """A CSV file as bytes: quoted as it should be, or not; short, long and blank rows; odd ends, marks and bytes."""
    calm = rng.random() < 0.45
    end = rng.choice(["\n", "\n", "\r\n", "\r"])
    lines = [_line(_header(names, rng) if not calm else names, calm, rng)]
    for row in rows:
        cells = list(row)
        if not calm and rng.random() < 0.05:
            cells = cells[: rng.randint(0, len(cells))]
        if not calm and rng.random() < 0.05:
            cells += [rng.choice(["", "x", " "])] * rng.randint(1, 2)
        lines.append(_line(cells, calm, rng))
        if rng.random() < (0.01 if calm else 0.05):
            lines.append("")
    text = end.join(lines) if rng.random() < 0.2 else "".join(line + end for line in lines)
    data = text.encode("utf-8", "surrogatepass")
    if calm:
        return (b"\xef\xbb\xbf" if rng.random() < 0.1 else b"") + data
    if rng.random() < 0.15:
        data = data.replace(b"\r\n", b"\n") if rng.random() < 0.5 else data.replace(b"\n", b"\r\n", 1)
    for _ in range(rng.choice([0, 0, 0, 1, 1, 3])):
        place = rng.randrange(len(data) + 1)
        odd = rng.choice(
            [b'"', b'""', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xe9", b"\xef\xbb\xbf", b" ", b"\xed\xa0\x80"]
        )
        data = data[:place] + odd + data[place + rng.randint(0, 1) :]
    return (b"\xef\xbb\xbf" if rng.random() < 0.15 else b"") + data


def _header(names: list[str], rng: random.Random) -> list[str]:
    labels = list(names)
    roll = rng.random()
    if roll < 0.05:
        rng.shuffle(labels)
    elif roll < 0.10:
        labels.append("plus")
    elif roll < 0.14:
        labels.pop()
    elif roll < 0.18:
        labels[0] = rng.choice([" c0 ", "C0", "", "c0\n", labels[-1]])
    return labels


def _line(cells: list[str], calm: bool, rng: random.Random) -> str:
    return ",".join(_quoted(cell, calm, rng) for cell in cells)


def _quoted(cell: str, calm: bool, rng: random.Random) -> str:
    needs = any(mark in cell for mark in ',"\r\n')
    if (needs and (calm or rng.random() < 0.93)) or rng.random() < 0.1:
        return '"' + cell.replace('"', '""') + '"'
    return cell


class Collected:
    """A rejects sink that keeps every error."""

    def __init__(self) -> None:
        self.tables: list[pa.Table] = []

    def write(self, errors: pa.Table, rows: pa.Table) -> None:
        self.tables.append(errors)

    def rows(self) -> list[dict[str, Any]]:
        return [row for table in self.tables for row in table.to_pylist()]


@dataclass
class Raised:
    """Frictionless raised instead of judging."""

    error: Exception


def frictionless_report(
    path: Path, schema: dict[str, Any], parent: Path | None = None, parent_schema: dict[str, Any] | None = None
) -> Any:
    """Frictionless' own report on a file with every error, or `Raised`."""
    from frictionless import Dialect, Package, Schema, system
    from frictionless.resources import TableResource

    def resource(file: Path, name: str, described: dict[str, Any]) -> Any:
        dialect = Dialect.from_descriptor(json.loads(json.dumps(DIALECT)))
        found = Schema.from_descriptor(json.loads(json.dumps(described)))
        return TableResource(
            name=name, path=str(file), schema=found, encoding="utf-8", dialect=dialect, **file_format(file)
        )

    with system.use_context(trusted=True):
        try:
            resources = [resource(path, "child", schema)]
            if parent is not None:
                resources.append(resource(parent, "parent", parent_schema or {}))
            return Package(resources=resources).get_resource("child").validate(limit_errors=0)
        except Exception as error:
            return Raised(error)


ERROR_FACTS = (
    "type",
    "title",
    "description",
    "tags",
    "message",
    "note",
    "row_number",
    "row_numbers",
    "cells",
    "cell",
    "field_name",
    "field_number",
    "label",
    "labels",
    "field_names",
    "field_cells",
    "reference_name",
    "reference_field_names",
)


def plain_report(report: Any) -> dict[str, Any]:
    """A report as plain data, its times apart. (Frictionless' own `to_descriptor` says the same, ten times slower.)"""

    def task(item: Any) -> dict[str, Any]:
        stats = {key: value for key, value in item.stats.items() if key != "seconds"}
        errors = [{name: getattr(error, name, None) for name in ERROR_FACTS} for error in item.errors]
        about = {"name": item.name, "type": item.type, "place": item.place, "labels": item.labels, "valid": item.valid}
        return {**about, "stats": stats, "warnings": item.warnings, "errors": errors}

    stats = {key: value for key, value in report.stats.items() if key != "seconds"}
    return {
        "valid": report.valid,
        "stats": stats,
        "warnings": report.warnings,
        "errors": [str(e) for e in report.errors],
        "tasks": [task(item) for item in report.tasks],
    }


def difference(case: Hostile, folder: Path) -> tuple[str | None, str]:
    """What differs between our verdict and Frictionless' on a case, None when nothing does; and how it was decided."""
    from pipelines.validation.errors import SchemaUnusable

    path, parent = folder / "table.csv", None
    path.write_bytes(case.data)
    if case.parent is not None:
        parent = folder / "parent.csv"
        parent.write_bytes(case.parent)
    wanted = frictionless_report(path, case.schema, parent, case.parent_schema)
    parents: Any = {"parent": (parent, case.parent_schema)} if parent else {}
    collected = Collected()
    try:
        verdict = judge(path, case.schema, parents=parents, sample=None, rejects=collected, name="child")
    except SchemaUnusable as error:
        return (None, "unusable") if isinstance(wanted, Raised) else (f"unusable: {error}", "unusable")
    if isinstance(wanted, Raised):
        return (None if not verdict.is_valid else f"valid, Frictionless raises {wanted.error!r}"), "raised"
    mine, theirs = plain_report(verdict.report()), plain_report(wanted)
    if mine != theirs:
        return f"report:\nours   {_short(mine)}\ntheirs {_short(theirs)}", verdict.path
    return _complete(verdict, wanted, collected), verdict.path


def _complete(verdict: Any, wanted: Any, collected: Collected) -> str | None:
    errors = wanted.tasks[0].errors
    totals = Counter((error.type, getattr(error, "field_name", None) or None) for error in errors)
    if dict(totals) != dict(verdict.totals):
        return f"totals: ours {verdict.totals}, theirs {totals}"
    of_rows = [error for error in errors if hasattr(error, "row_number")]
    ours = Counter(
        (row["row"], row["field"], row["rule"], row["cell"], row["note"], row["message"]) for row in collected.rows()
    )
    theirs = Counter(
        (
            error.row_number,
            getattr(error, "field_name", None) or None,
            error.type,
            getattr(error, "cell", None),
            error.note,
            error.message,
        )
        for error in of_rows
    )
    if ours != theirs:
        return f"all errors: only ours {ours - theirs}, only theirs {theirs - ours}"
    rejected = {error.row_number for error in of_rows}
    found = [] if verdict.rejected is None else verdict.rejected.column("_row").to_pylist()
    if sorted(rejected) != found or verdict.rejected_rows != len(rejected):
        return f"rejected rows: ours {found}, theirs {sorted(rejected)}"
    rows = wanted.tasks[0].stats.get("rows") or 0
    if verdict.accepted.num_rows + len(found) != rows:
        return f"accepted rows: {verdict.accepted.num_rows} of {rows}"
    return None


def _short(report: dict[str, Any]) -> str:
    task = report["tasks"][0]
    told = [(e["row_number"], e["field_name"], e["type"], e["note"], e["message"]) for e in task["errors"]]
    return json.dumps([task["stats"], task.get("labels"), told], ensure_ascii=False)[:3000]
