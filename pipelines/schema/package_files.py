"""Reading `schemas/<package>/package.yaml`, whose shape is `package.schema.json`: one, or all that can be used.

Belongs here: what a package's file says, and what is wrong in it, with its line. Does not: what a package is
(`packages.py`), what its tables are (`tables.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.core.checked_yaml import Fault, read_checked, text_of
from pipelines.core.errors import ArobaseError
from pipelines.core.lined_yaml import LinedDocument, YamlRefused, parse
from pipelines.core.text import Said, counted
from pipelines.schema.codelist_tables import codelists_of, table_name
from pipelines.schema.codelists import load_codelist
from pipelines.schema.coverage import check_coverage
from pipelines.schema.errors import PackageFileError, SchemaFileError, SchemaNotFound
from pipelines.schema.packages import CODELIST, Package, PackageTable, Protection, Quarantine
from pipelines.schema.tables import ForeignKey, Privacy, TableSchema, load_table
from pipelines.storage.faults import as_error

SCHEMA = Path(__file__).with_name("package.schema.json")
FILE = "package.yaml"
THRESHOLD = 5
# The keys that are attributes of a package; whatever else its file says stays in `more`.
OWN = (
    "title", "title_en", "description", "description_en", "licence", "publisher", "contributors", "contact", "keywords",
    "keywords_en", "cadence", "owner", "quarantine", "tables",
)  # fmt: skip


class Packages(dict[str, Package]):
    """The packages of a project by name, sorted; `errors`, by name too, are of those that cannot be used."""

    errors: Mapping[str, ArobaseError] = MappingProxyType({})

    def find(self, name: str) -> Package:
        """The package of that name. Raises its own error when that is why it is not here, or `SchemaNotFound`."""
        if name in self:
            return self[name]
        raise self.errors.get(name) or SchemaNotFound(file=f"schemas/{name}/{FILE}", asked_by=name)


def package_names(schemas: Path) -> list[str]:
    """The packages under `schemas/`: the folders that contain a `package.yaml`, in alphabetical order."""
    return sorted(path.name for path in schemas.iterdir() if _is_package(path)) if schemas.is_dir() else []


def _is_package(folder: Path) -> bool:
    """Whether a folder contains a `package.yaml`, or nobody may look: reading it then says so."""
    try:
        return (folder / FILE).is_file()
    except PermissionError:
        return True


def described_tables(schemas: Path) -> dict[str, frozenset[str] | None]:
    """The tables that each package's file lists, also those that are off, by package; None where the file cannot be
    read, which is reported by whoever loads the package."""
    return {name: _listed(schemas / name / FILE) for name in package_names(schemas)}


def _listed(path: Path) -> frozenset[str] | None:
    try:
        tables = parse(text_of(path.read_bytes())).value["tables"]
        return frozenset(str(item["name"] if isinstance(item, Mapping) else item) for item in tables)
    except (YamlRefused, UnicodeDecodeError, OSError, KeyError, TypeError):
        return None


def load_packages(schemas: Path, sources: Collection[str] | None = None) -> Packages:
    """Every package whose file and table schemas can be used. Never raises for those that cannot: see `errors`.

    `sources`: as `load_package` takes them.
    """
    documents: dict[str, LinedDocument] = {}
    found: dict[str, Package] = {}
    errors: dict[str, ArobaseError] = {}
    names = package_names(schemas)
    for name in names:
        try:
            documents[name] = _document(schemas, name)
            found[name] = _package(schemas, name, documents[name], sources)
            _check_references(found[name])
        except ArobaseError as error:
            errors[name] = error
        except Exception as error:  # noqa: BLE001  whatever it is costs this one only
            errors[name] = as_error(error, name=name, stage="schemas", file=_file(name))
    for name in sorted(found):
        try:
            _check_names(found[name], documents[name], found, names)
        except ArobaseError as error:
            errors[name] = error
    packages = Packages({name: package for name, package in found.items() if name not in errors})
    packages.errors = errors
    return packages


def _check_references(package: Package) -> None:
    """Read the schema of every table. Raises `SchemaFileError` for a key whose fields nobody would see, and for a
    reference to a table or to fields that there are not."""
    names = [table.name for table in package.tables]
    for name in names:
        schema = package.schema(name)
        _check_primary_key(schema)
        for key in schema.foreign_keys:
            if key.table and key.table not in names:
                place, expected = f"foreignKeys, {', '.join(key.fields)}", ", ".join(names)
                raise SchemaFileError(file=schema.path, place=place, found=key.table, expected=expected)
            _check_foreign_key(schema, key, package.schema(key.table or name))


def _check_primary_key(schema: TableSchema) -> None:
    """Raises `SchemaFileError`: a published row is known, ordered, compared and traced by its key."""
    hidden = [name for name in schema.primary_key if schema[name].privacy is not Privacy.PUBLIC]
    if hidden:
        found = ", ".join(f"{name} (privacy: {schema[name].privacy.value})" for name in hidden)
        expected = Said("des champs publics, ou aucune clé", "public fields, or no key")
        raise SchemaFileError(file=schema.path, place="primaryKey", found=found, expected=expected)


def _check_foreign_key(schema: TableSchema, key: ForeignKey, parent: TableSchema) -> None:
    """Raises `SchemaFileError` where a reference names other fields than the parent has, or published ones name fields
    that are not."""
    place = f"foreignKeys, {', '.join(key.fields)}"
    found = f"{parent.name}: {', '.join(key.reference_fields) or '—'}"
    if len(key.fields) != len(key.reference_fields) or not set(key.reference_fields) <= set(parent.names):
        count, names = len(key.fields), ", ".join(parent.names)
        wanted = counted(count, Said("champ", "field"), Said("champs", "fields"))
        expected = Said(f"{wanted.fr} de {parent.name} : {names}", f"{wanted.en} of {parent.name}: {names}")
        raise SchemaFileError(file=schema.path, place=place, found=found, expected=expected)
    is_published = set(key.fields) <= set(schema.public.names)
    if is_published and not set(key.reference_fields) <= set(parent.public.names):
        expected = Said("des champs publics de cette table", "public fields of that table")
        raise SchemaFileError(file=schema.path, place=place, found=found, expected=expected)


def load_package(schemas: Path, name: str, sources: Collection[str] | None = None) -> Package:
    """Read `schemas/<name>/package.yaml`. Raises `SchemaNotFound`, `PackageFileError`.

    `sources`: the names of those that are on; tables that need another are left out. None: every table.
    """
    return _package(schemas, name, _document(schemas, name), sources)


def wrong_derived(schemas: Path, package: str, table: str, expected: Said) -> PackageFileError:
    """The error to raise where no function has the name that a table is `derived` by, with its line."""
    document = _document(schemas, package)
    listed = document.value["tables"]
    place = next(index for index, item in enumerate(listed) if isinstance(item, dict) and item["name"] == table)
    line = document.line(("tables", place, "derived"))
    found = str(listed[place]["derived"])
    key = f"tables.{table}.derived"
    return PackageFileError(file=_file(package), line=line, key=key, found=found, expected=expected)


def _file(name: str) -> str:
    return f"schemas/{name}/{FILE}"


def _document(schemas: Path, name: str) -> LinedDocument:
    path = schemas / name / FILE
    if not path.is_file():
        raise SchemaNotFound(file=_file(name), asked_by=name)
    try:
        return read_checked(path, SCHEMA)
    except Fault as fault:
        raise PackageFileError(file=_file(name), **fault.facts) from None


def _package(schemas: Path, name: str, document: LinedDocument, sources: Collection[str] | None) -> Package:
    raw = document.value
    check_coverage(raw, _file(name))
    tables = list(_tables(document, _file(name)))
    _check_losses(document, _file(name))
    off = {f"{name}/{table.name}" for table in tables if sources is not None and not set(table.needs) <= set(sources)}
    found = Package(
        name=name,
        title=raw["title"],
        title_en=raw.get("title_en", raw["title"]),
        description=raw["description"],
        description_en=raw.get("description_en", raw["description"]),
        licence=raw["licence"],
        publisher=raw["publisher"],
        contributors=tuple(raw.get("contributors", ())),
        contact=raw["contact"],
        keywords=tuple(raw.get("keywords", ())),
        keywords_en=tuple(raw.get("keywords_en", ())),
        cadence=raw.get("cadence", "P1Y"),
        owner=raw.get("owner", "arobase"),
        tables=tuple(_reading(table, off) for table in tables if f"{name}/{table.name}" not in off),
        schemas=schemas,
        more={key: value for key, value in raw.items() if key not in OWN},
        quarantine=_quarantine(raw.get("quarantine", {})),
    )
    return _with_codelists(found)


def _reading(table: PackageTable, off: Collection[str]) -> PackageTable:
    """The table with what it reads only while it is there (`from_if_on`), but for what is off now."""
    return replace(table, inputs=(*table.inputs, *(key for key in table.inputs_if_on if key not in off)))


def _with_codelists(package: Package) -> Package:
    """The package with a table for each code list that its public fields use, after its own tables."""
    schemas = []
    for table in package.tables:
        try:
            schemas.append(load_table(package.schemas, package.name, table.name))
        except SchemaFileError:
            continue  # reported where that table is made, or where all packages are read
    lists = [
        PackageTable(table_name(codelist), f"{CODELIST}{codelist}", (), 1, None, 1.0)
        for codelist in codelists_of(schemas)
    ]
    return replace(package, tables=(*package.tables, *lists))


def _tables(document: LinedDocument, file: str) -> Iterator[PackageTable]:
    """The tables of a package's file. Raises `PackageFileError` for a name met twice, or a wrong protection."""
    names: set[str] = set()
    for index, item in enumerate(document.value["tables"]):
        raw: dict[str, Any] = {"name": item} if isinstance(item, str) else item
        name = raw["name"]
        if name in names:
            line, expected = document.line(("tables", index)), Said("chaque table une seule fois", "each table once")
            raise PackageFileError(file=file, line=line, key="tables", found=name, expected=expected)
        names.add(name)
        rows = raw.get("rows", {})
        protect = raw.get("protect")
        if protect is not None:
            _check_totals(protect, name, document.line(("tables", index, "protect", "total")), file)
        yield PackageTable(
            name=name,
            derived=raw.get("derived"),
            inputs=tuple(raw.get("from", ())),
            inputs_if_on=tuple(raw.get("from_if_on", ())),
            minimum_rows=rows.get("min", 1),
            maximum_rows=rows.get("max"),
            maximum_loss=float(rows.get("loss", 0.2)),
            protect=None if protect is None else _protection(protect),
            needs=tuple(raw.get("needs", ())),
        )


def _check_losses(document: LinedDocument, file: str) -> None:
    """Raises `PackageFileError` where a notice lets rows go of a table that the package does not have."""
    names = [item if isinstance(item, str) else item["name"] for item in document.value["tables"]]
    for place, notice in enumerate(document.value.get("notices", ())):
        for table in notice.get("losses", {}):
            if table not in names:
                line, expected = document.line(("notices", place, "losses", table)), ", ".join(names)
                raise PackageFileError(file=file, line=line, key="notices.losses", found=table, expected=expected)


def _quarantine(raw: Mapping[str, Any]) -> Quarantine:
    return Quarantine(int(raw.get("rows", 0)), float(raw.get("share", 1.0)))


def _check_totals(raw: Mapping[str, Any], table: str, line: int, file: str) -> None:
    """Raises `PackageFileError` where totals are marked by a field that makes no group: nobody would be protected."""
    for field in raw.get("total", {}):
        if field not in raw["groups"]:
            place, expected = f"tables.{table}.protect.total", ", ".join(raw["groups"])
            raise PackageFileError(file=file, line=line, key=place, found=field, expected=expected)


def _protection(raw: Mapping[str, Any]) -> Protection:
    return Protection(
        counts=tuple(raw["counts"]),
        groups=tuple(raw["groups"]),
        category=raw["category"],
        total=dict(raw.get("total", {})),
        threshold=raw.get("threshold", THRESHOLD),
        flag=raw["flag"],
        hidden=raw["hidden"],
    )


def _check_names(package: Package, document: LinedDocument, packages: Mapping[str, Package], names: list[str]) -> None:
    """What the JSON Schema cannot say: the licence is a code of ours, and tables that are read are there.

    A table of a package that cannot be used is reported when it is asked for. Raises `PackageFileError`, and what a
    wrong list of licences raises.
    """
    file = _file(package.name)
    licences = (
        load_codelist(package.schemas, "licences").values if _has_licences(package.schemas) else [package.licence]
    )
    if package.licence not in licences:
        line, expected = document.line(("licence",)), ", ".join(licences)
        raise PackageFileError(file=file, line=line, key="licence", found=package.licence, expected=expected)
    places = {raw if isinstance(raw, str) else raw["name"]: place for place, raw in enumerate(document.value["tables"])}
    for table in package.tables:
        for position, key in enumerate(table.inputs):
            owner, _, name = key.partition("/")
            other = packages.get(owner)
            is_there = owner in names if other is None else name in [item.name for item in other.tables]
            if not is_there:
                always = len(document.value["tables"][places[table.name]].get("from", ()))
                part, rank = ("from", position) if position < always else ("from_if_on", position - always)
                line = document.line(("tables", places[table.name], part, rank))
                known = ", ".join(names if other is None else (f"{owner}/{item.name}" for item in other.tables))
                place = f"tables.{table.name}.{part}"
                raise PackageFileError(file=file, line=line, key=place, found=key, expected=known)


def _has_licences(schemas: Path) -> bool:
    return (schemas / "codelists" / "licences.csv").is_file()
