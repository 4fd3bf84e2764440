"""A new package, and a table more in the file of one that is there, without touching what a person wrote in it.

Belongs here: `schemas/<package>/package.yaml` as text. Does not: what a package is (`schema/packages.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.lined_yaml import YamlRefused, parse
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.schema import load_codelist
from pipelines.schema.package_files import FILE
from pipelines.starter.documents import as_yaml
from pipelines.starter.errors import AlreadyThere, NameUnusable, PackageNotExtended
from pipelines.starter.names import TAKEN
from pipelines.storage import write_text

PACKAGE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
BLOCK = Said("tables: en liste, une table par ligne", "tables: as a list, one table per line")


def package_path(project: Project, name: str) -> Path:
    return project.schemas / name / FILE


def check_name(name: str) -> None:
    """Raises `NameUnusable` for what cannot be the name of a package."""
    if PACKAGE_NAME.fullmatch(name) is None or name in TAKEN:
        expected = Said("minuscules, chiffres et tirets", "lower case, digits and hyphens")
        raise NameUnusable(name=name, what=Said("jeu de données", "package"), expected=expected)


def written_in(project: Project, name: str) -> Mapping[str, Any]:
    """What a package's file says, also one that cannot be used yet; nothing where there is none."""
    path = package_path(project, name)
    try:
        found = parse(path.read_text(encoding="utf-8")).value if path.is_file() else {}
    except YamlRefused:
        return {}  # reported where the table is added to it
    return found if isinstance(found, dict) else {}


def check_licence(project: Project, licence: str) -> None:
    """Raises `NameUnusable` for a licence that is not in the project's list."""
    licences = load_codelist(project.schemas, "licences").values
    if licence not in licences:
        raise NameUnusable(name=licence, what=Said("licence", "licence"), expected=", ".join(licences))


def new_package(
    project: Project,
    name: str,
    *,
    title: str,
    description: str,
    licence: str,
    publisher: str,
    contact: str,
    cadence: str,
    title_en: str = "",
    description_en: str = "",
) -> Path:
    """Write `schemas/<name>/package.yaml`, still without a table. Raises `NameUnusable`, `AlreadyThere`."""
    path = package_path(project, name)
    check_name(name)
    if path.exists():
        raise AlreadyThere(file=path.relative_to(project.root), option=Said("un autre NOM", "another NAME"))
    check_licence(project, licence)
    described: Mapping[str, Any] = {
        "title": title,
        **({"title_en": title_en} if title_en else {}),
        "description": description,
        **({"description_en": description_en} if description_en else {}),
        "licence": licence,
        "publisher": {"title": publisher},
        "contributors": [{"title": publisher, "role": "publisher"}],
        "contact": {"title": publisher} | ({"email": contact} if contact else {}),
        "cadence": cadence,
        "owner": "equipe-donnees",
        "tables": [],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, as_yaml(described))
    return path


def extended(project: Project, name: str, table: str) -> str:
    """The text of a package's file with one table more, all else as it is.

    Raises `AlreadyThere` for a table that it has, `PackageNotExtended` for a file in which its place is not found.
    """
    path = package_path(project, name)
    text, file = path.read_text(encoding="utf-8"), path.relative_to(project.root)
    try:
        before = parse(text).value
    except YamlRefused as error:
        raise PackageNotExtended(file=file, table=table, found=error.found, expected=error.expected) from None
    node = _tables(yaml.compose(text, yaml.SafeLoader))  # within the bounds of `parse`
    if node is None or not isinstance(before, dict):
        raise PackageNotExtended(file=file, table=table, found="—", expected=BLOCK)
    known = [item if isinstance(item, str) else (item or {}).get("name") for item in before["tables"]]
    if table in known:
        raise AlreadyThere(file=f"{file} : tables.{table}", option="--name")
    made = _with(text, node, table)
    try:
        after = parse(made).value
    except YamlRefused:
        after = None
    item = {"name": table, "rows": {"min": 1}}
    if after != {**before, "tables": [*before["tables"], item]}:
        raise PackageNotExtended(file=file, table=table, found="tables", expected=BLOCK)
    return made


def _tables(document: Any) -> yaml.SequenceNode | None:
    for key, value in getattr(document, "value", ()):
        if key.value == "tables" and isinstance(value, yaml.SequenceNode):
            return value
    return None


def _with(text: str, node: yaml.SequenceNode, table: str) -> str:
    entry = f"{{name: {table}, rows: {{min: 1}}}}"
    if node.flow_style and not node.value:
        return f"{text[: node.start_mark.index].rstrip(' ')}\n  - {entry}{text[node.end_mark.index :]}"
    if node.flow_style:
        last = node.value[-1].end_mark.index
        return f"{text[:last]}, {entry}{text[last:]}"
    lines = text.splitlines(keepends=True)
    last_line = node.end_mark.line if node.end_mark.column else node.end_mark.line - 1
    last_line = min(last_line, len(lines) - 1)
    while not lines[last_line].strip() or lines[last_line].lstrip().startswith("#"):
        last_line -= 1
    if not lines[last_line].endswith("\n"):
        lines[last_line] += "\n"
    indent = " " * node.start_mark.column
    return "".join([*lines[: last_line + 1], f"{indent}- {entry}\n", *lines[last_line + 1 :]])
