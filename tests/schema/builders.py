"""Small projects and schemas, written to a folder of the test's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.core.project import Project


def a_project(folder: Path) -> Project:
    """An empty project: the folders, a code list of colours, nothing else."""
    for name in ("schemas/codelists", "sources/corrections", "sources/reference"):
        (folder / name).mkdir(parents=True)
    a_codelist(folder, "couleurs", ["rouge,Rouge,Red,,,", "vert,Vert,Green,2020-01-01,2021-12-31,page"])
    return Project.at(folder)


def a_codelist(folder: Path, name: str, lines: list[str]) -> Path:
    path = folder / "schemas" / "codelists" / f"{name}.csv"
    path.write_text("\n".join(["code,libelle_fr,libelle_en,valide_du,valide_au,source", *lines, ""]), encoding="utf-8")
    return path


def a_table(folder: Path, place: str, fields: list[dict[str, Any]], **more: Any) -> Path:
    """`schemas/<place>.json`; fields are public unless they say otherwise."""
    path = folder / "schemas" / f"{place}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"fields": [{"privacy": "public", **field} for field in fields], **more}), encoding="utf-8"
    )
    return path
