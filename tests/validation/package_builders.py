"""Hostile Data Packages: folders made from a seed, with every way in which a descriptor and its files can disagree.

Belongs here: packages. Does not: schemas and cells (`builders.py`). Nothing here comes from real people.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.validation.builders import VERSION_2, odd_field
from tests.validation.cells import odd_cell, sound_cell

PACKAGE_VERSION_2 = "https://datapackage.org/profiles/2.0/datapackage.json"
NAMES = ["a", "b", "c", "parents", "enfants-2024"]
DELIMITERS = [",", ";", "\t", "|"]
ENCODINGS = ["utf-8", "utf-8", "cp1252", "iso-8859-1", "utf-16", "latin-1"]
WORDS = ["x", "Alès", "forêt", "1", "02", "", "été à Évry", "n°"]


@dataclass
class Made:
    """A package on disk, and what was written of each resource, for the resources that refer to it."""

    folder: Path
    descriptor: dict[str, Any]
    tables: dict[str, tuple[list[str], list[list[str]]]] = field(default_factory=dict)  # by name: labels and rows


def a_package(folder: Path, rng: random.Random) -> Made:
    """A package of one to three resources in `folder`, its descriptor in `datapackage.json`."""
    made = Made(folder, {"resources": []})
    if rng.random() < 0.5:
        made.descriptor["$schema"] = PACKAGE_VERSION_2
    names = rng.sample(NAMES, rng.choice([1, 1, 2, 2, 3]))
    for name in names:
        made.descriptor["resources"].append(_resource(made, name, rng))
    if rng.random() < 0.2:
        rng.shuffle(made.descriptor["resources"])
    if rng.random() < 0.12:
        _odd_descriptor(made.descriptor, rng)
    if rng.random() < 0.06 and isinstance(made.descriptor["resources"], list):
        made.descriptor["resources"].append(_inner(made, rng))
    (folder / "datapackage.json").write_text(json.dumps(made.descriptor))
    return made


def zipped(made: Made, path: Path) -> None:
    """The whole package as one zip file."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(made.folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(made.folder))


def _resource(made: Made, name: str, rng: random.Random) -> dict[str, Any]:
    roll = rng.random()
    if roll < 0.10:
        return _inline(made, name, rng)
    if roll < 0.16:
        return _no_table(made, name, rng)
    return _table(made, name, rng)


def _inner(made: Made, rng: random.Random) -> dict[str, Any]:
    """A resource that is a package of its own, or the description of a resource."""
    folder = made.folder / "dedans"
    folder.mkdir()
    inner = a_package(folder, rng)
    resources = inner.descriptor["resources"]
    if rng.random() < 0.3 and isinstance(resources, list) and resources:
        (folder / "une.resource.json").write_text(json.dumps(resources[0]))
        return {"name": "dedans", "path": "dedans/une.resource.json"}
    return {"name": "dedans", "path": "dedans/datapackage.json"}


def _table(made: Made, name: str, rng: random.Random) -> dict[str, Any]:
    fields, rows = _content(rng)
    labels = [item["name"] for item in fields]
    resource: dict[str, Any] = {"name": name, "path": f"{rng.choice(['', '', 'data/'])}{name}.csv"}
    written = _written(resource, made.folder, labels, rows, rng)
    made.tables[name] = (labels, rows)
    if rng.random() < 0.9:
        schema: dict[str, Any] = {"fields": fields}
        if "$schema" not in made.descriptor and rng.random() < 0.97:
            _as_version_1(fields)
        _keys(made, name, schema, rng)
        _referred(resource, "schema", schema, made.folder, rng)
    _claims(resource, written, labels, rows, rng)
    _oddities(resource, rng)
    return resource


def _as_version_1(fields: list[dict[str, Any]]) -> None:
    for item in fields:
        for name in ("exclusiveMinimum", "exclusiveMaximum"):
            item.get("constraints", {}).pop(name, None)


def _content(rng: random.Random) -> tuple[list[dict[str, Any]], list[list[str]]]:
    fields = [odd_field(f"c{number}", rng) for number in range(rng.randint(1, 3))]
    if rng.random() < 0.5:
        fields = [{"name": item["name"], "type": rng.choice(["string", "integer", "any"])} for item in fields]
    is_sound = rng.random() < 0.6
    rows = []
    for _ in range(rng.choice([0, 1, 2, 3, 5])):
        kinds = [item["type"] for item in fields]
        row = [sound_cell(kind, rng) if is_sound else odd_cell(kind, rng) for kind in kinds]
        if is_sound:
            row = [rng.choice(WORDS) if kind == "string" else cell for kind, cell in zip(kinds, row, strict=True)]
        rows.append(row)
    if rows and rng.random() < 0.3:
        rows.append(list(rows[0]))
    return fields, rows


def _written(
    resource: dict[str, Any], folder: Path, labels: list[str], rows: list[list[str]], rng: random.Random
) -> list[bytes]:
    """Write the files of a table as its dialect and encoding say, or do not say; returns their contents."""
    dialect = _dialect(resource, folder, rng)
    lines = [labels, *rows]
    if rng.random() < 0.15:
        lines.insert(rng.randrange(len(lines) + 1), [])
    if dialect.get("commentChar") and rng.random() < 0.7:
        lines.insert(rng.randrange(len(lines) + 1), [dialect["commentChar"] + "note", "x"])
    text = "".join(_line(cells, dialect["delimiter"], dialect.get("quoteChar", '"')) for cells in lines)
    encoding = rng.choice(ENCODINGS)
    if rng.random() < 0.7:
        resource["encoding"] = encoding
    if rng.random() < 0.02:
        resource["encoding"] = "foo"
    data = text.encode(encoding, "replace")
    if rng.random() < 0.05:
        data = b"\xef\xbb\xbf" + data
    roll = rng.random()
    if roll < 0.06:
        return _multipart(resource, folder, data, rng)
    if roll < 0.14:
        data = _compressed(resource, data, rng)
    if rng.random() > 0.04:  # else the file is missing
        path = folder / resource["path"]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return [data]


def _dialect(resource: dict[str, Any], folder: Path, rng: random.Random) -> dict[str, Any]:
    """The dialect that a file is written in; the resource may name it inline, by path, by its format or not at all."""
    used = {"delimiter": rng.choice(DELIMITERS)}
    if rng.random() < 0.15:
        used["commentChar"] = "#"
    if rng.random() < 0.06:
        used["quoteChar"] = "'"
    if used["delimiter"] == "\t" and rng.random() < 0.7:
        if rng.random() < 0.6:
            resource["path"] = resource["path"].replace(".csv", ".tsv")
        else:
            resource["format"] = "tsv"
        return used
    if rng.random() < 0.35:  # unsaid
        return used
    told: dict[str, Any] = dict(used)
    if rng.random() < 0.5:
        told = {key: value for key, value in used.items() if key == "commentChar"}
        told["csv"] = {key: value for key, value in used.items() if key != "commentChar"}
    for key, value in [("header", True), ("headerRows", [1]), ("skipBlankRows", True), ("headerCase", False)]:
        if rng.random() < 0.1:
            told[key] = value
    if rng.random() < 0.04:
        told["header"] = False
    _referred(resource, "dialect", told, folder, rng)
    return used


def _referred(resource: dict[str, Any], name: str, value: Any, folder: Path, rng: random.Random) -> None:
    """A dialect or a schema of a resource, inline or by its path."""
    roll = rng.random()
    if roll < 0.75:
        resource[name] = value
        return
    path = f"{name}-{resource['name']}.json"
    resource[name] = path
    if roll < 0.97:
        (folder / path).write_text(json.dumps(value))


def _line(cells: list[str], delimiter: str, quote: str) -> str:
    def quoted(cell: str) -> str:
        needs = any(mark in cell for mark in (delimiter, quote, "\r", "\n"))
        return quote + cell.replace(quote, quote * 2) + quote if needs else cell

    return delimiter.join(map(quoted, cells)) + "\n"


def _multipart(resource: dict[str, Any], folder: Path, data: bytes, rng: random.Random) -> list[bytes]:
    cut = data.find(b"\n", rng.randrange(len(data) + 1)) + 1
    parts = [data[:cut], data[cut:]] if rng.random() < 0.5 else [data, data]
    names = [f"{resource['name']}-{number}.csv" for number in range(len(parts))]
    for name, part in zip(names, parts, strict=True):
        (folder / name).write_bytes(part)
    resource["path"] = names
    return parts


def _compressed(resource: dict[str, Any], data: bytes, rng: random.Random) -> bytes:
    path = resource["path"]
    if rng.random() < 0.5:
        resource["path"] = path + ".gz"
        if rng.random() < 0.1:
            return b"\x1f\x8b" + data
        return gzip.compress(data, mtime=0)
    resource["path"] = path + ".zip"
    import io

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("premier.csv"), data)
        archive.writestr(zipfile.ZipInfo("second.csv"), b"z\n1\n")
    if rng.random() < 0.3:
        resource["innerpath"] = rng.choice(["second.csv", "premier.csv"])
    return file.getvalue()


def _keys(made: Made, name: str, schema: dict[str, Any], rng: random.Random) -> None:
    names = [item["name"] for item in schema["fields"]]
    if rng.random() < 0.4:
        schema["$schema"] = VERSION_2
    if rng.random() < 0.2:
        schema["primaryKey"] = rng.sample(names, 1)
    if rng.random() < 0.1:
        schema["fieldsMatch"] = rng.choice(["exact", "equal", "subset", "superset", "partial"])
    if rng.random() > 0.4:
        return
    roll = rng.random()
    own = rng.choice(names)
    if roll < 0.2:
        reference = {"fields": [rng.choice(names)]}
        if rng.random() < 0.6:
            reference["resource"] = rng.choice(["", name])
    elif roll < 0.25:
        reference = {"resource": "absente", "fields": ["c0"]}
    else:
        parent = rng.choice(list(made.tables) or NAMES)
        labels, rows = made.tables.get(parent, (["c0"], []))
        theirs = rng.choice(labels)
        reference = {"resource": parent, "fields": [theirs]}
        known = [row[labels.index(theirs)] for row in rows]
        mine = made.tables[name][1]
        for row in mine if known and rng.random() < 0.7 else []:
            row[names.index(own)] = rng.choice(known)
    schema["foreignKeys"] = [{"fields": [own], "reference": reference}]


def _claims(
    resource: dict[str, Any], written: list[bytes], labels: list[str], rows: list[list[str]], rng: random.Random
) -> None:
    """What the descriptor says of the whole file, true or not."""
    data = b"".join(written)
    true = rng.random() < 0.5
    if rng.random() < 0.2:
        kind = rng.choice(["md5", "sha256", "sha1", ""])
        digest = hashlib.new(kind or "md5", data if true else b"x", usedforsecurity=False).hexdigest()
        resource["hash"] = f"{kind}:{digest}" if kind else digest
    if rng.random() < 0.15:
        resource["bytes"] = len(data) + (not true)
    stats = {"rows": len(rows) + (not true), "fields": len(labels) + (not true)}
    for key, value in stats.items():
        if rng.random() < 0.12:
            resource[key] = value
        elif rng.random() < 0.05:
            resource["stats"] = {key: value, "sha256": hashlib.sha256(data).hexdigest()}


def _inline(made: Made, name: str, rng: random.Random) -> dict[str, Any]:
    fields = [{"name": "c0", "type": rng.choice(["integer", "string", "number", "any"])}, {"name": "c1"}]
    rows: list[list[Any]] = [[rng.choice([1, "x", None, 1.5, True, "2", [1]]), "y"] for _ in range(rng.randint(0, 3))]
    made.tables[name] = (["c0", "c1"], [[str(cell) for cell in row] for row in rows])
    data: Any = [["c0", "c1"], *rows]
    roll = rng.random()
    if roll < 0.3:
        data = [dict(zip(["c0", "c1"], row, strict=True)) for row in rows]
    elif roll < 0.4:
        data = rng.choice([[], [["c0", "c1"], {"c0": 1}], [1, 2], {"c0": 1}, [["c0"]]])
    resource = {"name": name, "data": data}
    if rng.random() < 0.8:
        resource["schema"] = {"fields": fields}
    if rng.random() < 0.2:
        resource["type"] = "table"
    if rng.random() < 0.1:
        resource["rows"] = len(rows) + rng.randint(0, 1)
    return resource


def _no_table(made: Made, name: str, rng: random.Random) -> dict[str, Any]:
    suffix, data = rng.choice([("txt", b"note"), ("pdf", b"%PDF-1.7"), ("json", b'{"a": 1}'), ("geojson", b"{}")])
    path = f"{name}.{suffix}"
    if rng.random() < 0.9:
        (made.folder / path).write_bytes(data)
    resource: dict[str, Any] = {"name": name, "path": path}
    _claims(resource, [data], ["c0"], [], rng)
    return resource


def _oddities(resource: dict[str, Any], rng: random.Random) -> None:
    """What makes a descriptor wrong, or a resource unreachable."""
    if rng.random() < 0.85:
        return
    change = rng.choice(
        [
            {"name": None},
            {"name": "Nom En Capitales"},
            {"name": "a"},
            {"path": "https://example.org/table.csv"},
            {"path": "../dehors.csv"},
            {"path": "/etc/hostname"},
            {"schema": {"fields": [{"name": "c0", "type": "pigeon"}]}},
            {"schema": "https://example.org/schema.json"},
            {"profile": "tabular-data-resource"},
            {"profile": "https://example.org/profil.json"},
            {"type": "table"},
            {"type": "pigeon"},
            {"format": "pigeon"},
            {"scheme": "pigeon"},
            {"mediatype": "text/csv"},
            {"data": [["c0"], [1]]},
            {"path": None},
            {"path": ""},
            {"missingValues": ["-"]},
            {"bytes": "12"},
            {"dialect": {"delimiter": "::"}},
            {"dialect": 7},
            {"compression": "no"},
            {"licenses": [{"title": "x"}]},
            {"sources": [{"title": "x", "email": "personne"}]},
        ]
    )
    for key, value in change.items():
        if value is None:
            resource.pop(key, None)
        else:
            resource[key] = value


def _odd_descriptor(descriptor: dict[str, Any], rng: random.Random) -> None:
    change = rng.choice(
        [
            {"resources": []},
            {"resources": "a"},
            {"resources": [7]},
            {"name": "Nom"},
            {"name": "bon-nom"},
            {"created": "hier"},
            {"licenses": [{"title": "x"}]},
            {"contributors": [{"title": "x", "email": "personne"}]},
            {"profile": "tabular-data-package"},
            {"profile": "profil.json"},
            {"$schema": "https://example.org/profil.json"},
            {"fields": []},
            {"version": 2},
        ]
    )
    descriptor.update(change)
