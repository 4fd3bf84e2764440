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
    "2024-01-05T10:20:30Z\n", "2024-01-05T10:20:30+24:00", "2024-01-05T10:20:30.123+23:59", "2024-01-05T10:20:30-02:60",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", "2019-12-31T23:59:59Z"
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
EMAILS = [
    "a@example.org", "A.B+c@mairie.example.org", "a@example", "a..b@example.org", ".a@example.org", "a.@example.org",
    "é@example.org", "a@é.example.org", "a@exa_mple.org", "a@_example.org", "a@-example.org", "a@example-.org",
    "a@example.org-",
    "a@example.o", "a@example.12", "a@example..org", "a@@example.org", "a b@example.org", "\"a b\"@example.org",
    "x" * 64 + "@example.org", "x" * 65 + "@example.org", "a@" + "x" * 63 + ".org", "a@" + "x" * 64 + ".org",
    "a@" + "x." * 120 + "org", "a@" + "x." * 130 + "org", "a@example.org\n", "a@example.org.", "ſ@example.org",
    "a@[127.0.0.1]", "\u00a0@example.org", "a@example.xn--p1ai", "K@example.org"
]
ADDRESSES = [
    "https://example.org/a?b#c", "HTTP://example.org", "example.org", "://x", "1http://x", "a+b-c.d:x", "http://a b",
    "http://[::1", "http://999.999.999.999", "x:", ":x", "é:x", "http://é.example.org", "http://x\n", "urn:a:b",
    "http://a@b@c:99999", "http://%zz", "/x:y", "?a:b"
]
IDENTIFIERS = [
    "2bc1c94f-0deb-43e9-92a1-4775189ec9f8", "2BC1C94F-0DEB-43E9-92A1-4775189EC9F8", "2bc1c94f0deb43e992a14775189ec9f8",
    "{2bc1c94f-0deb-43e9-92a1-4775189ec9f8}", "2bc1c94f-0deb-43e9-92a1-4775189ec9fg",
    "2bc1c94f_0deb-43e9-92a1-4775189ec9f8"
]
BINARIES = ["", "QUJD", "QUI=", "QQ==", "Q", "QUJ", "QUJD\n", "QU JD", "QUJD=", "é", "====", "QU=D", "QUJDQUI="]
FRENCH_NUMBERS = [
    "1,5", "-1,5", "1 234,56", "1 234 567", "1\u00a0234,5", "1\u202f234,5", "1.5", "1,5,5", " 1,5", "1 ", "1 1",
    ",5", "5,",
    "1  0", "-", "- 1", "+1,5", "1e5", "12 €", "12,5 %", "€ 12", "1,5 kg", ".5", "-.5", "--1", "1-2",
    "0,30000000000000004",
    "0,3000000000000000", "12345678901234567890", "00000000000000000001", "٣,٥", "1;5", "1'234", ";1", " ;1", "1\u200b2"
]
FRENCH_DATES = [
    "05/01/2024", "5/1/2024", "31/02/2024", "29/02/2024", "29/02/2023", "29/02/1900", "00/01/2024", "01/13/2024",
    "01/01/0000", "01/01/0001", "05/01/24", "05/01/69", "05/01/68", "29/02/00", "31/12/9999", "05-01-2024",
    "05/01/2024 ",
    " 5/01/2024", "05/01/2024\n", "٠٥/01/2024", "05/01/2024 10:20", "05/01/2024 10:20:30", "05/01/2024 24:00:00",
    "05/01/2024 10:20:60", "05/01/2024 10:20:61", "05/01/2024  10:20:30", "20240105", "2024-01", "01/2024", "10h20",
    "24h00"
]
OTHERS = {
    "time": ["10:20:30", "10:20", "24:00:00", "10:20:30Z", "10:20:60", "10h20", "23:59:59", "00:00:00", "10:20:30.5",
             "1٠:20:30", "10:20:30+01:00", "10-20-30", "25:00:00", "10:60:00"],
    "yearmonth": ["2024-01", "2024-13", "2024-1", "0000-01", "2024-00", "-2024-01", "2024-01-05", "٢٠٢٤-01", "20240-01",
                  "2024- 1", "9999-12", "2023-12"],
    "duration": ["P1Y", "PT1H", "P", "1", "P1Y2M3DT4H", "PT", "P1YT", "P1D1Y", "-P1Y", "P1.5D", "P1,5D", "P1W2D",
    "PT1M",
                 "P1M", "P1H", "p1y", "P1Y ", "P99999999999999Y", "PT1.5", "P٣D", "P1Y\n", "P2024-01-05T10:20:30"],
    "geopoint": ["1,2", "1, 2", "181,0", "0,91", "[1,2]", "a,b", "180,90", "180.0,90.00", "180.01,0", "-180,-90.1",
                 "[180.00000000000000001, 2]", "[179.99999999999999999,2]", "[1, 2, 3]", "[01,2]", "[1.,2]", "[-0, 0]",
                 "[1e2,2]", "[181, 2]", "[184,2]", "{\"lon\": 1, \"lat\": 2}", "{\"lat\": 2.5, \"lon\": 1}",
                 "{\"lon\": 1}",
                 "{\"lon\":181,\"lat\":2}",
                 "{\"lon\": 1, \"lat\": 2, \"z\": 3}", "[\"1\", \"2\"]", " 1 , 2 ", "1.5,2.5", "+1,2", "1,2\n",
                 "NaN,1"],
    "geojson": ["{\"type\":\"Point\",\"coordinates\":[1,2]}", "{}", "[]"],
    "array": ["[]", "[1,2]", "{}", "[", "[\"a\"]"],
    "object": ["{}", "{\"a\":1}", "[]", "{"],
    "list": ["a,b", "a", "1,2,x"],
}
CELLS = {
    "integer": INTEGERS + FRENCH_NUMBERS, "number": NUMBERS + FRENCH_NUMBERS, "date": DATES + FRENCH_DATES,
    "datetime": TIMES + FRENCH_DATES, "year": YEARS, "string": WORDS + EMAILS + ADDRESSES + IDENTIFIERS + BINARIES,
    "any": WORDS, "boolean": BOOLEANS, **OTHERS,
}
# fmt: on


FRENCH = 0.3


def _french(kind: str, rng: random.Random) -> str:
    """A cell as it is often written in France."""
    day = f"{rng.randint(1, 31):02}/{rng.randint(1, 13):02}/{rng.randint(1895, 2030)}"
    if kind == "date":
        return day if rng.random() < 0.8 else day[:6] + day[8:]
    if kind == "datetime":
        return f"{day} {rng.randint(0, 24):02}:{rng.randint(0, 60):02}:{rng.randint(0, 60):02}"
    if kind == "number":
        space = rng.choice([" ", "\u00a0", "\u202f", ""])
        return (
            f"{rng.randint(-9_999_999, 9_999_999):,}".replace(",", space)
            + rng.choice([",", "."])
            + str(rng.randint(0, 99))
        )
    return rng.choice([rng.choice(EMAILS[:3]), f"p{rng.randrange(10**6)}@example.org", rng.choice(ADDRESSES)])


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
        "geopoint": lambda: f"[{rng.uniform(-185, 185):.5f}, {rng.uniform(-92, 92):.5f}]",
        "time": lambda: f"{rng.randint(0, 24):02}:{rng.randint(0, 60):02}:{rng.randint(0, 60):02}",
        "yearmonth": lambda: day[:7],
    }
    if kind in ("number", "date", "datetime", "string") and rng.random() < FRENCH:
        return _french(kind, rng)
    return made[kind]() if kind in made else rng.choice(CELLS[kind])
