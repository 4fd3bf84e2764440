"""Hostile tables: schemas, cells and files made from a seed.

Cells are the odd ones of every type, files the ones that CSV readers disagree on. Nothing here comes from real people.
"""

from __future__ import annotations

import datetime
import json
import random
import re
from dataclasses import dataclass, field
from typing import Any

from tests.validation.cells import OTHERS, WORDS, odd_cell, sound_cell

VERSION_2 = "https://datapackage.org/profiles/2.0/tableschema.json"
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
    "(a{0,2}){0,2}",
    r"([a-z]{1,3}[ -]?){1,3}",
    r"(?:(?:^|,)(^[A-Z0-9]{2,5}$|a))+$",
    r"[^\w]",
    r"\S+",
    r"[\d\s]+",
    r"\D{1,3}",
    "a|^b|c$",
    "a$|b",
    r"\Aab?\Z",
    "(?i:ab)",
    r"a\b.*",
    "(?!x).*",
    r"(.)\1?",
    "a$\n?",
    "(a|ab)(c|bcd)?",
    "(?:a?b?)*",
]
DATE_FORMATS = [
    "%d/%m/%Y",
    "%d/%m/%y",
    "%Y%m%d",
    "%d-%m-%Y",
    "%Y-%m",
    "%m/%Y",
    "%d/%m",
    "%j/%Y",
    "%d %b %Y",
    "%d/%d/%Y",
]
MOMENT_FORMATS = ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"]
TIME_FORMATS = ["%H:%M:%S", "%Hh%M", "%H:%M", "%d %H"]
NUMBERS = [
    {"decimalChar": ","},
    {"groupChar": " "},
    {"bareNumber": False},
    {"floatNumber": True},
    {"groupChar": " ", "decimalChar": ","},
    {"groupChar": "\u202f", "decimalChar": ","},
    {"groupChar": "\u00a0", "decimalChar": ","},
    {"decimalChar": ",", "bareNumber": False},
    {"groupChar": " ", "decimalChar": ",", "bareNumber": False},
    {"groupChar": ",", "decimalChar": ","},
    {"groupChar": ",", "floatNumber": True},
    {"groupChar": " ;"},
    {"groupChar": "1"},
    {"decimalChar": "1"},
    {"groupChar": "-", "decimalChar": "e"},
    {"decimalChar": ";", "groupChar": "'"},
]


BOUNDED = ("integer", "number", "date", "datetime", "year", "yearmonth", "time")
PLAIN_OTHERS = ["time", "yearmonth", "duration", "geopoint"]


def odd_field(name: str, rng: random.Random, *, hard: bool = True) -> dict[str, Any]:
    """A field of any type, with any of its constraints."""
    kinds = ["integer", "number", "date", "datetime", "year", "string", "string", "string", "any", "boolean"]
    kinds += PLAIN_OTHERS if rng.random() < 0.3 else []
    kind = rng.choice(list(OTHERS)) if hard and rng.random() < 0.08 else rng.choice(kinds)
    made: dict[str, Any] = {"name": name, "type": kind}
    limits: dict[str, Any] = {}
    if rng.random() < 0.3:
        limits["required"] = rng.random() < 0.8
    if rng.random() < 0.12 and kind not in ("array", "object", "list", "geojson"):
        limits["unique"] = True
    if kind == "string":
        _odd_string(made, limits, rng)
    elif kind in BOUNDED and rng.random() < 0.45:
        low, high = {
            "integer": (1, 12),
            "number": (rng.choice([0, 0.1, "0.1"]), 12.5),
            "date": ("2016-01-01", "2024-06-30"),
            "datetime": ("2020-01-01T00:00:00Z", "2024-01-05T10:20:30Z"),
            "year": ("1999", 2024),
            "yearmonth": ("2016-01", [2024, 1]),
            "time": ("00:00:01", "10:20:30"),
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
        made["format"] = rng.choice(["uuid", "email", "uri", "binary", "default"])
    if rng.random() < 0.45:
        limits["pattern"] = rng.choice(PATTERNS)
    if rng.random() < 0.2:
        limits["minLength"] = rng.randint(0, 4)
    if rng.random() < 0.2:
        limits["maxLength"] = rng.randint(0, 6)
    if rng.random() < 0.15:
        limits["enum"] = rng.sample(WORDS, 6)


def _odd_reading(made: dict[str, Any], limits: dict[str, Any], rng: random.Random) -> None:
    kind = made["type"]
    if kind == "number" and rng.random() < 0.45:
        made |= rng.choice(NUMBERS)
        if made.get("decimalChar") == "," and rng.random() < 0.5:
            limits.update({name: "0,5" for name in limits if name in ("minimum", "exclusiveMinimum")})
    if kind == "integer" and rng.random() < 0.15:
        made["bareNumber"] = False
    if kind == "boolean" and rng.random() < 0.3:
        made |= {"trueValues": ["oui", "x"], "falseValues": ["non", "x"]}
    for form, formats in (("date", DATE_FORMATS), ("datetime", MOMENT_FORMATS), ("time", TIME_FORMATS)):
        if kind == form and rng.random() < 0.35:
            made["format"] = rng.choice(formats)
            if rng.random() < 0.7:  # bounds in the default format are no values of this one
                for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
                    if name in limits:
                        limits[name] = datetime.datetime(2020, 2, 3, 10, 20, tzinfo=datetime.UTC).strftime(
                            made["format"]
                        )
    if kind == "geopoint":
        made["format"] = rng.choice(["default", "array", "array", "object"])
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
    dialect: dict[str, Any] | None = None
    encoding: str = "utf-8"
    is_packed: bool = False

    def describe(self) -> str:
        return json.dumps(
            {"dialect": self.dialect, "schema": self.schema, "data": repr(self.data), "parent": repr(self.parent)},
            indent=1,
        )


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
    if rng.random() < 0.3:
        _odder(made, rng)
    elif rng.random() < 0.3:
        _french(made, rng)
    return made


def _french(made: Hostile, rng: random.Random) -> None:
    """Another delimiter, other quotes, spaces that the dialect skips, an encoding of one byte, gzip."""
    control: dict[str, Any] = {"delimiter": ",", "skipInitialSpace": rng.random() < 0.5}
    if rng.random() < 0.5:
        control["delimiter"] = ";"
        made.data = made.data.replace(b",", b";")
    if rng.random() < 0.3:
        control["quoteChar"] = "'"
        made.data = made.data.replace(b'"', b"'")
    if control["skipInitialSpace"]:
        mark = control["delimiter"].encode()
        pieces = re.split(b"([" + mark + b"\n])", made.data)
        made.data = b"".join(
            piece + (b" " * rng.choice([0, 1, 1, 2]) if piece in (mark, b"\n") else b"") for piece in pieces
        )
    if rng.random() < 0.4:
        made.encoding = rng.choice(["cp1252", "latin-1", "iso-8859-15", "cp437", "ascii"])
        made.data = made.data.decode("utf-8", "replace").encode(made.encoding, "replace")
        if rng.random() < 0.2:
            place = rng.randrange(len(made.data) + 1)
            made.data = made.data[:place] + rng.choice([b"\x81", b"\x85", b"\xe9", b"\xa0"]) + made.data[place:]
    made.is_packed = rng.random() < 0.3
    made.dialect = {"csv": control}


def _odder(made: Hostile, rng: random.Random) -> None:
    """Dialects that skip rows or do not mind case, keys of any type, bounds that not every cell compares with."""
    made.dialect = {"csv": {"delimiter": ",", "skipInitialSpace": False}}
    if rng.random() < 0.5:
        made.dialect["commentChar"] = rng.choice(["#", "a", "2"])
    if rng.random() < 0.4:
        made.dialect["skipBlankRows"] = True
    if rng.random() < 0.4:
        made.dialect["headerCase"] = False
    if rng.random() < 0.2:
        made.dialect["commentRows"] = rng.sample(range(1, 8), 2)
    for item in made.schema["fields"]:
        if rng.random() < 0.3:
            item.setdefault("constraints", {})["unique"] = True
        if item["type"] == "time" and rng.random() < 0.7:
            item.setdefault("constraints", {})["minimum"] = rng.choice(["09:00:00", "11:00:00Z"])
        if item["type"] == "yearmonth" and rng.random() < 0.7:
            item.setdefault("constraints", {})["maximum"] = "2024-01"
    if rng.random() < 0.3:
        names = [item["name"] for item in made.schema["fields"]]
        made.schema["primaryKey"] = rng.sample(names, rng.randint(1, min(3, len(names))))
    for line in range(rng.choice([0, 0, 1, 3])):
        lines = made.data.splitlines(keepends=True)
        place = rng.randrange(len(lines) + 1)
        made.data = b"".join([*lines[:place], rng.choice([b"\n", b"#,x\n", b",\n"]) * (line + 1), *lines[place:]])


def _how_many(rng: random.Random) -> int:
    return rng.choice([0, 1, 1, 2, 3, 4, 5, 6, 8, 12, 25]) if rng.random() < 0.98 else 60


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
    made.parent = hostile_bytes(theirs, [*values, [odd_cell(item["type"], rng) for item in fields]], rng)
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
