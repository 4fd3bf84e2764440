"""The benchmark's tables: invented observations of invented inquiries, made from a seed, and their Table Schema.

Eleven columns, about 320 bytes a row, a fifth of the rows with quotes and newlines inside cells. `share` of the rows
get one wrong cell each, of five kinds in turn.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

CHANNELS = ["registre", "courriel", "courrier", "dématérialisé"]
REQUIRED = {"required": True}
SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "observation_id", "type": "string", "format": "uuid", "constraints": REQUIRED | {"unique": True}},
        {"name": "enquete_id", "type": "string", "constraints": {"required": True, "pattern": "EP-[0-9]{6}"}},
        {"name": "commune_code", "type": "string", "constraints": {"pattern": "([013-9]\\d|2[AB1-9])\\d{3}"}},
        {"name": "depose_le", "type": "datetime", "constraints": {"required": True}},
        {"name": "publie_le", "type": "date", "constraints": {"minimum": "2016-01-01"}},
        {"name": "canal", "type": "string", "constraints": {"enum": CHANNELS}},
        {"name": "pieces_nombre", "type": "integer", "constraints": {"minimum": 0, "maximum": 500}},
        {"name": "note", "type": "number", "constraints": {"minimum": 0}},
        {"name": "anonyme", "type": "boolean"},
        {"name": "titre", "type": "string", "constraints": {"maxLength": 200}},
        {"name": "texte", "type": "string", "constraints": {"required": True, "maxLength": 4000}},
    ],
    "primaryKey": ["observation_id"],
}
# Nobody can prove this key: its last row is a NaN, which is equal to nothing. It is heard row by row, after the proof.
KEY_OF_NUMBERS: dict[str, Any] = {
    "fields": [{**field, "constraints": {}} if field["name"] == "note" else field for field in SCHEMA["fields"]],
    "primaryKey": ["observation_id", "note"],
}
WORDS = [
    "la",
    "le",
    "une",
    "enquête",
    "publique",
    "projet",
    "avis",
    "commune",
    "route",
    "forêt",
    "parc",
    "bruit",
    "eau",
]
INQUIRIES = [f"EP-{number:06}" for number in range(5000)]
WRONG = [(4, "30/02/2024"), (6, "-3"), (5, "pigeon"), (2, "99A99"), (7, "beaucoup")]


def line(number: int, rng: random.Random, share: float) -> str:
    """One row of the file, without its newline."""
    bits = f"{rng.getrandbits(128):032x}"
    cells = [
        f"{bits[:8]}-{bits[8:12]}-{bits[12:16]}-{bits[16:20]}-{bits[20:]}",
        f"EP-{rng.randrange(5000):06}",
        f"{rng.randrange(1, 96):02}{rng.randrange(1000):03}".replace("20", "21", 1),
        f"{rng.randint(2016, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        f"T{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}Z",
        f"{rng.randint(2016, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        rng.choice(CHANNELS),
        str(rng.randrange(500)),
        f"{rng.randrange(10000)}.{rng.randrange(100):02}",
        rng.choice(["true", "false"]),
        " ".join(rng.choices(WORDS, k=4)),
        " ".join(rng.choices(WORDS, k=29)),
    ]
    if share and rng.random() < share:
        place, cell = WRONG[number % len(WRONG)]
        cells[place] = cell
    if number % 5 == 0:
        cells[10] = '"' + cells[10][:60] + ', dit ""non"",\n' + cells[10][60:] + '"'
    return ",".join(cells)


def write(path: Path, rows: int, share: float = 0.0, seed: int = 20261123) -> Path:
    """Write a file of `rows` rows, of which about `share` have one wrong cell; a file that is there is kept."""
    if path.exists():
        return path
    rng = random.Random(seed)
    aside = path.with_suffix(".part")
    with aside.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(field["name"] for field in SCHEMA["fields"]) + "\n")
        for number in range(rows):
            file.write(line(number, rng, share) + "\n")
    aside.rename(path)
    return path


def write_with_nan(path: Path, rows: int) -> Path:
    """A file of `rows` valid rows, whose last has a NaN where `KEY_OF_NUMBERS` has its key; it is kept when there."""
    if path.exists():
        return path
    valid = write(path.with_stem(path.stem + "-valid"), rows - 1)
    cells = line(1, random.Random(rows), 0.0).split(",", 8)
    aside = path.with_suffix(".part")
    aside.write_bytes(valid.read_bytes() + ",".join([*cells[:7], "NaN", cells[8]]).encode() + b"\n")
    aside.rename(path)
    return path
