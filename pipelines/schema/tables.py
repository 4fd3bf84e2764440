"""Table Schemas: what a table's fields are, `schemas/<package>/<table>.json` and `schemas/entrants/<name>.json`.

A file is a Table Schema (Data Package v2) with a few properties of our own on the table and on each field:
`title_en`, `description_en` (the French are in `title` and `description`); `privacy` (required: `public`,
`personnel`, `interne`; only `public` leaves); `codelist` (the name of a code list: becomes an `enum`); `reference` (the
law, specification or page that the field rests on); `scale` (decimals kept of a `number`: it is then an exact decimal).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipelines.core.checked_yaml import absent
from pipelines.core.parser_words import json_words
from pipelines.core.text import Said
from pipelines.schema.codelists import load_codelist
from pipelines.schema.errors import PrivacyMissing, SchemaFileError, SchemaNotFound

OWN_PROPERTIES = ("title_en", "description_en", "privacy", "codelist", "reference", "scale", "about", "basis")
ORGANISATION = "organisation"
# Kinds of territory whose outlines are known: a table that names a field for one is a map.
TERRITORIES = ("departement", "region")
QUALITY = Path(__file__).parent / "quality"
LIKE = "like"  # the only key of a file that says: this table has the schema of that other one, "package/table"
# What else in a schema changes the result: the profile that it is read by, and the checks of French schemas.
CHECKED_BY = ("$schema", "custom_checks")


class Privacy(StrEnum):
    """Who may see a field. Source: CRPA L312-1-2."""

    PUBLIC = "public"
    PERSONAL = "personnel"
    INTERNAL = "interne"


@dataclass(frozen=True)
class Field:
    """One field of a table; `descriptor` is its plain Table Schema field, code list expanded into `enum`."""

    name: str
    type: str
    privacy: Privacy
    title: str
    title_en: str
    description: str
    description_en: str
    example: Any
    codelist: str | None
    reference: str
    scale: int | None
    descriptor: Mapping[str, Any]
    about: str = ""
    """`organisation` for what reaches an establishment rather than a person: its address, coordinates, number, mail."""
    basis: str = ""
    """The legal basis on which such a field is public."""

    @property
    def required(self) -> bool:
        return bool(self.descriptor.get("constraints", {}).get("required"))


@dataclass(frozen=True)
class ForeignKey:
    """`fields` of this table name `reference_fields` of the table `table` (empty: this same table)."""

    fields: tuple[str, ...]
    table: str
    reference_fields: tuple[str, ...]


@dataclass(frozen=True)
class TableSchema:
    """One table's schema. `path` is relative to the project, for messages."""

    name: str
    title: str
    title_en: str
    description: str
    description_en: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    missing_values: tuple[str, ...]
    path: str
    more: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Field:
        """Raises `KeyError` when the table has no such field."""
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(f"{self.name}: {name}")

    @property
    def names(self) -> list[str]:
        return [item.name for item in self.fields]

    @property
    def maps(self) -> Mapping[str, str]:
        """By kind of territory (`departement`, `region`), the field that contains its code, for a table that is a
        map."""
        given: Mapping[str, str] = self.more.get("maps", {})
        return {kind: field for kind, field in given.items() if field in self.names}

    @property
    def is_proposed(self) -> bool:
        """Whether `arobase init` proposed its types, key and privacy classes and nobody has confirmed them yet."""
        mark = self.more.get("proposed")
        return isinstance(mark, dict) and not mark.get("confirmed")

    @property
    def public(self) -> TableSchema:
        """The same table with its public fields only. Keys that lose a field are dropped."""
        kept = tuple(item for item in self.fields if item.privacy is Privacy.PUBLIC)
        names = {item.name for item in kept}
        primary = self.primary_key if names.issuperset(self.primary_key) else ()
        foreign = tuple(key for key in self.foreign_keys if names.issuperset(key.fields))
        return TableSchema(
            self.name,
            self.title,
            self.title_en,
            self.description,
            self.description_en,
            kept,
            primary,
            foreign,
            self.missing_values,
            self.path,
            self.more,
        )

    def descriptor(self, *, documented: bool = False) -> dict[str, Any]:
        """The plain Table Schema that Frictionless validates by; with our own properties too when `documented`."""
        fields = []
        for item in self.fields:
            plain = dict(item.descriptor)
            if documented:
                own: dict[str, Any] = {
                    "title_en": item.title_en,
                    "description_en": item.description_en,
                    "privacy": item.privacy.value,
                    **({"about": item.about, "basis": item.basis} if item.about else {}),
                    "codelist": item.codelist,
                }
                own |= {"reference": item.reference, "scale": item.scale}
                plain |= {key: value for key, value in own.items() if value not in (None, "")}
            fields.append(plain)
        descriptor: dict[str, Any] = {"fields": fields, "missingValues": list(self.missing_values)}
        if self.primary_key:
            descriptor["primaryKey"] = list(self.primary_key)
        if self.foreign_keys:
            descriptor["foreignKeys"] = [
                {"fields": list(key.fields), "reference": {"resource": key.table, "fields": list(key.reference_fields)}}
                for key in self.foreign_keys
            ]
        return descriptor | {name: self.more[name] for name in CHECKED_BY if name in self.more}


def load_table(schemas: Path, package: str, table: str) -> TableSchema:
    """Read `schemas/<package>/<table>.json`. Raises `SchemaNotFound`, `SchemaFileError`, `PrivacyMissing`."""
    return _load(schemas, f"{package}/{table}.json")


def load_quality(name: str) -> TableSchema:
    """The schema of a table that every release has, of the engine's own: constats, rejets, provenance, changements."""
    path = QUALITY / f"{name}.json"
    return parse_table(
        json.loads(path.read_text(encoding="utf-8")), name, f"pipelines/schema/quality/{name}.json", QUALITY
    )


def quality_names() -> list[str]:
    """The names of the tables that `load_quality` knows, in alphabetical order."""
    return sorted(path.stem for path in QUALITY.glob("*.json"))


def load_incoming(schemas: Path, name: str) -> TableSchema:
    """Read `schemas/entrants/<name>.json`, the schema of records as a source gives them. Raises as `load_table`."""
    return _load(schemas, f"entrants/{name}.json")


def _load(schemas: Path, relative: str, seen: tuple[str, ...] = ()) -> TableSchema:
    path, file = schemas / relative, f"schemas/{relative}"
    if not path.is_file():
        raise SchemaNotFound(file=file, asked_by=Said("un package ou une source", "a package or a source"))
    raw = _document(path, file)
    if isinstance(raw, dict) and isinstance(raw.get(LIKE), str):
        if relative in seen:
            expected = Said("une table qui a des champs à elle", "a table that has fields of its own")
            raise SchemaFileError(file=file, place=LIKE, found=raw[LIKE], expected=expected)
        return replace(_load(schemas, f"{raw[LIKE]}.json", (*seen, relative)), name=path.stem)
    return parse_table(raw, path.stem, file, schemas)


def _document(path: Path, file: str) -> Any:
    expected = Said("un document JSON", "a JSON document")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        at, column = error.lineno, error.colno
        place = Said(f"ligne {at}, colonne {column}", f"line {at}, column {column}")
        raise SchemaFileError(file=file, place=place, found=json_words(error), expected=expected) from None
    except UnicodeDecodeError as error:
        place = Said(f"octet {error.start + 1}", f"byte {error.start + 1}")
        found = Said(f"octet 0x{error.object[error.start]:02x}", f"byte 0x{error.object[error.start]:02x}")
        raise SchemaFileError(file=file, place=place, found=found, expected="UTF-8") from None
    except RecursionError:
        found = Said("des listes emboîtées sans fin", "lists within lists, without end")
        raise SchemaFileError(file=file, place="—", found=found, expected=expected) from None


def parse_table(raw: Any, name: str, file: str, schemas: Path) -> TableSchema:
    """A `TableSchema` from a parsed document. `schemas` is where code lists are looked up. Raises as `load_table`."""
    if not isinstance(raw, dict) or not isinstance(raw.get("fields"), list) or not raw["fields"]:
        found = absent("fields", raw) if isinstance(raw, dict) and "fields" not in raw else type(raw).__name__
        expected = Said("une liste de champs", "a list of fields")
        raise SchemaFileError(file=file, place="fields", found=found, expected=expected)
    table: dict[str, Any] = raw
    fields = tuple(_field(item, file, schemas) for item in table["fields"])
    names = [item.name for item in fields]
    if len(set(names)) < len(names):
        twice = sorted({item for item in names if names.count(item) > 1})
        raise SchemaFileError(
            file=file, place="fields", found=", ".join(twice), expected=Said("des noms uniques", "unique names")
        )
    primary = _names(table.get("primaryKey", []))
    foreign = tuple(_foreign_key(item) for item in table.get("foreignKeys", []))
    unknown = [item for item in (*primary, *(part for key in foreign for part in key.fields)) if item not in names]
    if unknown:
        raise SchemaFileError(
            file=file, place="primaryKey/foreignKeys", found=", ".join(unknown), expected=", ".join(names)
        )
    _check_maps(table.get("maps", {}), names, file)
    known = (
        "fields",
        "primaryKey",
        "foreignKeys",
        "missingValues",
        "name",
        "title",
        "title_en",
        "description",
        "description_en",
    )
    return TableSchema(
        name=table.get("name", name),
        title=table.get("title", name),
        title_en=table.get("title_en", table.get("title", name)),
        description=table.get("description", ""),
        description_en=table.get("description_en", table.get("description", "")),
        fields=fields,
        primary_key=primary,
        foreign_keys=foreign,
        missing_values=tuple(table.get("missingValues", [""])),
        path=file,
        more={key: value for key, value in table.items() if key not in known},
    )


def _check_maps(maps: Any, names: Sequence[str], file: str) -> None:
    """Raises `SchemaFileError` when the property `maps` names no territory, or a field that is not there."""
    if isinstance(maps, dict) and all(kind in TERRITORIES and field in names for kind, field in maps.items()):
        return
    expected = Said(
        f"{{territoire: champ}}, où territoire est {' ou '.join(TERRITORIES)}",
        f"{{territory: field}}, where territory is {' or '.join(TERRITORIES)}",
    )
    raise SchemaFileError(file=file, place="maps", found=json.dumps(maps, ensure_ascii=False), expected=expected)


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _foreign_key(raw: Mapping[str, Any]) -> ForeignKey:
    reference = raw["reference"]
    return ForeignKey(_names(raw["fields"]), reference.get("resource", ""), _names(reference["fields"]))


def _check_about(entry: Mapping[str, Any], name: str, file: str) -> None:
    """Raises `SchemaFileError` where a field is declared of an organisation and is not public, or has no basis."""
    about, basis = entry.get("about", ""), entry.get("basis", "")
    if about == basis == "":
        return
    is_right = about == ORGANISATION and entry["privacy"] == Privacy.PUBLIC and isinstance(basis, str) and basis.strip()
    if not is_right:
        found = f"privacy: {entry['privacy']}, about: {about or '—'}, basis: {basis or '—'}"
        expected = Said(
            "privacy: public, about: organisation, basis: la base légale",
            "privacy: public, about: organisation, basis: the legal basis",
        )
        raise SchemaFileError(file=file, place=f"fields.{name}", found=found, expected=expected)


def _field(raw: Any, file: str, schemas: Path) -> Field:
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
        found = absent("name", raw) if isinstance(raw, dict) and "name" not in raw else repr(raw)
        expected = Said("un champ avec un nom", "a field with a name")
        raise SchemaFileError(file=file, place="fields", found=found, expected=expected)
    entry: dict[str, Any] = raw
    name = entry["name"]
    if entry.get("privacy") not in [item.value for item in Privacy]:
        given = entry.get("privacy")
        found = absent("privacy", entry) if given is None else json.dumps(given, ensure_ascii=False)
        raise PrivacyMissing(file=file, field=name, found=found)
    _check_about(entry, name, file)
    plain = {key: value for key, value in entry.items() if key not in OWN_PROPERTIES}
    plain.setdefault("type", "string")
    if entry.get("codelist"):
        plain["constraints"] = {
            **plain.get("constraints", {}),
            "enum": load_codelist(schemas, entry["codelist"]).values,
        }
    return Field(
        name=name,
        type=plain["type"],
        privacy=Privacy(entry["privacy"]),
        title=entry.get("title", name),
        title_en=entry.get("title_en", entry.get("title", name)),
        description=entry.get("description", ""),
        description_en=entry.get("description_en", entry.get("description", "")),
        example=entry.get("example"),
        codelist=entry.get("codelist"),
        reference=entry.get("reference", ""),
        scale=entry.get("scale"),
        descriptor=plain,
        about=entry.get("about", ""),
        basis=entry.get("basis", ""),
    )
