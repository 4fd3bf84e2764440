"""Odd cells of every type, and cells that are nearly sound: what Frictionless reads in surprising ways.

Belongs here: cells. Does not: fields and files (`builders.py`). Nothing here comes from real people.
"""

from __future__ import annotations

import random

# fmt: off
SPACES = ["", "", "", " ", "\u00a0", "\t", "\u2009", "\u001f", "\u0085"]
INTEGERS = [
    "0", "1", "2", "01", "+1", "-1", "-0", "1_000", "1__0", "_1", "٣", "１２", "1.0", "1e3", "0x1F", "−1",
    "999999999999999999", "9999999999999999999", "1111111111111111111111111", "12 €", "EUR 12", "-12%", "--12",
    "²", "1\u0000", "\u200b1", "1 2"
]
NUMBERS = [
    "1", "1.5", "1.50", "+1.5", ".5", "5.", "-.5", "1e5", "1E-5", "1_000.5", "NaN", "-nan", "NaN123",
    "Infinity", "-Inf", "infinit", "1,5", "1 000", "1 000,5", "1\u00a0000,5", "٣.٥", "1e9999999999999999999",
    "-0", "-0.0", "0.1", "0.10", "0.09999999999999999999999", "1e-400", "12.5 €", ".", "123456789012345",
    "1234567890123456"
]
DATES = [
    "2024-01-05", "2024-1-5", "2024-01- 5", "24-01-05", "2024-01-05 ", "2024-01-05\n", "2024-02-30",
    "2024-02-29", "2023-02-29", "0000-01-01", "0001-01-01", "٢٠٢٤-٠١-٠٥", "05/01/2024", "2016-01-01",
    "2015-12-31", "2024-04-31", "2024-12-31", "9999-12-31", "2024-13-01", "2024-00-10", "2024-06-30"
]
TIMES = [
    "2024-01-05T10:20:30Z", "2024-01-05T10:20:30", "2024-01-05 10:20:30", "2024-01-05T10:20",
    "2024-01-05T10:20:30.5", "2024-01-05T10:20:30.123456789", "2024-01-05T24:00:00Z", "2024-01-05T23:59:60Z",
    "2024-01-05T11:20:30+01:00", "2024-01-05T10:20:30z", "2024-W01-5T10:20:30", "2024-02-30T10:20:30Z",
    "2024-01-05T10:20:30Z\n", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", "2019-12-31T23:59:59Z"
]
YEARS = [
    "2024", "0000", "9999", "-001", "+202", "1_00", " 202", "20241", "٢٠٢٤", "202", "24.0", "-000", "1999"
]
WORDS = [
    "a", "b", "ab", "axxx", "xb", "é", "é", "É", "a\n", "a\r\n", "a b", "a\u00a0b", "a_b", "ı", "01001",
    "01001\n", "x01001", "0100", "٠١٠٠١", "2A004", "None", "NA", "-", "nan", "null",
    '\U0001f469\u200d\U0001f469\u200d\U0001f467', "  ", " a", "a ", "\ufeffa", "a\u0000b", "a\u2028b",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "a,b", "a\"b", "a\nb", "a\rb", "true", "oui"
]
BOOLEANS = [
    "true", "True", "TRUE", "tRUE", "1", "0", "yes", " true", "vrai", "oui", "Oui", "x", "false", "False", "1.0"
]
OTHERS = {
    "time": ["10:20:30", "10:20", "24:00:00", "10:20:30Z", "10:20:60"],
    "yearmonth": ["2024-01", "2024-13", "2024-1", "0000-01"],
    "duration": ["P1Y", "PT1H", "P", "1", "P1Y2M3DT4H"],
    "geopoint": ["1,2", "1, 2", "181,0", "0,91", "[1,2]", "a,b"],
    "geojson": ["{\"type\":\"Point\",\"coordinates\":[1,2]}", "{}", "[]"],
    "array": ["[]", "[1,2]", "{}", "[", "[\"a\"]"],
    "object": ["{}", "{\"a\":1}", "[]", "{"],
    "list": ["a,b", "a", "1,2,x"],
}
CELLS = {
    "integer": INTEGERS, "number": NUMBERS, "date": DATES, "datetime": TIMES, "year": YEARS, "string": WORDS,
    "any": WORDS, "boolean": BOOLEANS, **OTHERS,
}
# fmt: on


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
