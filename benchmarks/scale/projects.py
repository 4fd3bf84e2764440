"""Generated projects: one large table with a foreign key, many sources, many packages, many versions.

Belongs here: writing projects. Does not: measuring (`measure.py`). Everybody in them is invented, on reserved domains.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.project import Project
from tests.pipeline.builders import PACKAGE, a_part, a_small_project, a_source
from tests.schema.builders import a_table

COLUMNS = ("id", "ville", "jour", "montant", "nombre", "taux", "ouvert", "genre", "titre", "quartier", "note")
KINDS = ("date", "number", "integer", "number", "boolean")
TOWNS = 1000
NOTE = '"Une note, avec une virgule,\net une fin de ligne {}"'


def large_table(folder: Path, rows: int, *, personal: bool) -> Project:
    """One table of 11 columns, shuffled, a fifth of its rows with quotes and line ends, one foreign key.

    `personal`: whether each record also has a name and an address of mail, which no table takes over.
    """
    project = _begun(folder)
    towns = "".join(f"{code:05d},Ville {code},{code % 5 + 1},\n" for code in range(TOWNS))
    a_source(project, "villes", "code,nom,niveau,courriel\n" + towns, parts=_towns())
    a_source(project, "actions", "id,ville,titre\na1,00001,Ateliers\n", parts=_actions())
    people = [{"name": "nom", "privacy": "personnel"}, {"name": "courriel", "privacy": "personnel"}] if personal else []
    a_table(folder, "entrants/grand", [*({"name": name} for name in COLUMNS), *people])
    fields: list[dict[str, Any]] = [{"name": name} for name in COLUMNS]
    for field, kind in zip(fields[2:7], KINDS, strict=True):
        field["type"] = kind
    fields[0]["constraints"] = {"required": True, "pattern": "[0-9]{9}"}
    fields[7]["constraints"] = {"enum": ["a", "b", "c"]}
    key = {"fields": ["ville"], "reference": {"resource": "villes", "fields": ["code"]}}
    a_table(folder, "villes/grand", fields, primaryKey=["id"], foreignKeys=[key])
    path = project.schemas / "villes" / "package.yaml"
    package = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**package, "tables": [*package["tables"], "grand"]}), encoding="utf-8")
    mapped = {name: name for name in COLUMNS}
    a_source(project, "grand", "", parts=a_part("grand", "villes/grand", mapped))
    _write_rows(project.sources / "data" / "grand.csv", rows, personal=personal)
    return project


def _write_rows(path: Path, rows: int, *, personal: bool) -> None:
    """The rows in an order of chance, a million at a time: in words of Python a hundred million take a quarter of an
    hour."""
    import numpy as np
    import polars as pl

    order = np.random.default_rng(7).permutation(rows)
    row, text = pl.col("row"), pl.String

    def padded(number: pl.Expr, width: int) -> pl.Expr:
        return number.cast(text).str.zfill(width)

    note = pl.when(row % 5 == 0).then(pl.format(NOTE, row % 97)).otherwise(pl.format("Note {}", row % 1009))
    cells = [
        padded(row, 9),
        padded(row % TOWNS, 5),
        pl.format("20{}-0{}-1{}", padded(row % 24, 2), row % 9 + 1, row % 9),
        pl.format("{}.{}", row % 90_000, padded(row % 100, 2)),
        (row % 500).cast(text),
        pl.format("0.{}", padded(row % 1000, 3)),
        pl.when(row % 2 == 1).then(pl.lit("true")).otherwise(pl.lit("false")),
        pl.when(row % 3 == 0).then(pl.lit("a")).when(row % 3 == 1).then(pl.lit("b")).otherwise(pl.lit("c")),
        pl.format("Titre numero {}", row % 5003),
        pl.format("Quartier {}", row % 300),
        note,
    ]
    cells += [pl.format("Quelconque{}", row), pl.format("personne{}@example.org", row)] if personal else []
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(COLUMNS) + (",nom,courriel\n" if personal else "\n"))
        for start in range(0, rows, 1_000_000):
            some = pl.DataFrame({"row": order[start : start + 1_000_000]})
            lines = some.select(pl.concat_str(cells, separator=",")).to_series()
            file.write("\n".join(lines.to_list()) + "\n")


def change_rows(table: Path) -> None:
    """Change the amount in one row of a hundred of a large table's file."""
    with table.open(encoding="utf-8", newline="") as old:
        lines = old.read().split("\n")
    for place in range(100, len(lines), 100):
        cells = lines[place].split(",")
        if len(cells) >= len(COLUMNS) and cells[0].isdigit():
            cells[3] = f"{int(float(cells[3])) + 1}.50"
            lines[place] = ",".join(cells)
    table.write_text("\n".join(lines), encoding="utf-8", newline="")


def many_sources(folder: Path, sources: int, rows: int) -> Project:
    """`rows` rows of one table, from so many sources."""
    project = _begun(folder)
    (project.sources / "villes.yaml").unlink()
    each = rows // sources
    for number in range(sources):
        lines = (f"{number:04d}{row:05d},Ville {number} {row},{row % 5 + 1},c{row}@example.org" for row in range(each))
        text = "code,nom,niveau,courriel\n" + "\n".join(lines) + "\n"
        a_source(project, f"villes-{number:04d}", text, parts=_towns())
    a_source(project, "actions", "id,ville,titre\na1,000000000,Ateliers\n", parts=_actions())
    return project


def many_packages(folder: Path, packages: int) -> Project:
    """So many packages of one table and one source each, beside those of the tests' small project."""
    project = _begun(folder)
    a_table(folder, "entrants/lieux", [{"name": "code"}, {"name": "nom"}])
    for number in range(packages):
        name = f"lot-{number:04d}"
        a_table(folder, f"{name}/lieux", [{"name": "code"}, {"name": "nom"}], primaryKey=["code"])
        described = yaml.safe_dump({**PACKAGE, "tables": ["lieux"]}, allow_unicode=True)
        (project.schemas / name / "package.yaml").write_text(described, encoding="utf-8")
        fields = {"code": "code", "nom": "nom"}
        a_source(project, name, f"code,nom\nc{number},Lieu {number}\n", parts=a_part("lieux", f"{name}/lieux", fields))
    return project


def _towns() -> dict[str, Any]:
    return a_part("villes", "villes/villes", {"code": "code", "nom": "nom", "niveau": "niveau"})


def _actions() -> dict[str, Any]:
    return a_part("actions", "villes/actions", {"id": "id", "ville": "ville", "titre": "titre"})


def _begun(folder: Path) -> Project:
    """The tests' small project without its derived package, whose function no process but the tests' knows."""
    folder.mkdir(parents=True)
    project = a_small_project(folder)
    shutil.rmtree(project.schemas / "bilan")
    return project
