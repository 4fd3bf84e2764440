"""Packages: what is versioned and published together, `schemas/<package>/package.yaml`.

A package names its tables in their published order. A table is either filled by sources (every `rows` entry of
`sources/*.yaml` that names it) or derived from other tables by a function registered under `derived`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from pipelines.core.text import Said
from pipelines.schema.codelist_tables import codelist_of, codelist_schema, codelists_of, table_name, with_keys
from pipelines.schema.codelists import load_codelist
from pipelines.schema.errors import SchemaFileError, SchemaNotFound
from pipelines.schema.tables import TableSchema, load_table

EXAMPLE = "example"
PROTECTED_BY = ("counts", "groups", "category", "flag", "hidden")
THRESHOLD = 5
CODELIST = "liste de codes "  # how the derivation of a code list's table is named, before the name of the list


@dataclass(frozen=True)
class Protection:
    """How small counts of people are suppressed in a table before it leaves (key `protect`).

    `counts` of rows alike in `groups` add up over `category`; `total` gives the values of the rows that are totals. A
    number from 1 to `threshold` − 1 is suppressed, and `flag` holds `hidden` wherever one is.
    """

    counts: tuple[str, ...]
    groups: tuple[str, ...]
    category: str
    total: Mapping[str, str]
    threshold: int
    flag: str
    hidden: str


@dataclass(frozen=True)
class Quarantine:
    """How many rows the privacy gate may withhold while the rest is released (key `quarantine`): at most `rows` of a
    release, and of each table at most `share` (0 to 1). Beyond, nothing is released. None by default."""

    rows: int = 0
    share: float = 1.0


@dataclass(frozen=True)
class PackageTable:
    """A table in a package. `derived` names the function that makes it from the tables `inputs` (`package/table`).

    `minimum_rows` is fatal for a release, `maximum_rows` and `maximum_loss` (share of rows that may go between two
    releases, 0 to 1) are warnings or refusals as `docs/publication.md` says.
    """

    name: str
    derived: str | None
    inputs: tuple[str, ...]
    minimum_rows: int
    maximum_rows: int | None
    maximum_loss: float
    protect: Protection | None = None


@dataclass(frozen=True)
class Package:
    """One data package, as described by its `package.yaml`; `more` keeps the keys that other rooms read."""

    name: str
    title: str
    title_en: str
    description: str
    description_en: str
    licence: str
    publisher: Mapping[str, str]
    contributors: tuple[Mapping[str, str], ...]
    contact: Mapping[str, str]
    keywords: tuple[str, ...]
    keywords_en: tuple[str, ...]
    cadence: str
    owner: str
    tables: tuple[PackageTable, ...]
    schemas: Path
    more: Mapping[str, Any]
    quarantine: Quarantine = Quarantine()

    def table(self, name: str) -> PackageTable:
        """Raises `KeyError` when the package has no such table."""
        for item in self.tables:
            if item.name == name:
                return item
        raise KeyError(f"{self.name}/{name}")

    def schema(self, table: str) -> TableSchema:
        """The Table Schema of one of its tables; those of its code lists are made from the lists.

        Raises `SchemaNotFound`, `SchemaFileError`, `PrivacyMissing`.
        """
        codelist = codelist_of(table)
        if codelist is not None and any(item.name == table for item in self.tables):
            found = load_codelist(self.schemas, codelist)
            return codelist_schema(found, [name for name, _ in found.codes[0].more] if found.codes else [])
        return with_keys(load_table(self.schemas, self.name, table))

    @property
    def is_example(self) -> bool:
        """Whether everything in it is made up."""
        return bool(self.more.get(EXAMPLE))

    def as_example(self) -> Package:
        """The same package as its title, its description and its identifier say that everything in it is made up."""
        told = Said("Données fictives, pour l'exemple.", "Made-up data, as an example.")
        return replace(
            self,
            title=f"{self.title} (exemple : données fictives)",
            title_en=f"{self.title_en} (example: made-up data)",
            description=f"{told.fr} {self.description}",
            description_en=f"{told.en} {self.description_en}",
            more={**self.more, EXAMPLE: True},
        )

    @cached_property
    def licence_described(self) -> dict[str, str]:
        """Its licence as Data Package describes one: `name`, and `title` and `path` when the code list has them.

        Once read it stays, also when the schemas stood in a temporary folder that is gone.

        Raises `SchemaNotFound` without a list of licences, `SchemaFileError` for a code that it does not hold.
        """
        known = load_codelist(self.schemas, "licences")
        if self.licence not in known:
            raise SchemaFileError(
                file=f"schemas/{self.name}/package.yaml",
                place="licence",
                found=self.licence,
                expected=", ".join(known.values),
            )
        entry = known[self.licence]
        told = {"name": self.licence, "title": entry.label_fr, "path": dict(entry.more).get("url", "")}
        return {key: value for key, value in told.items() if value}


def package_names(schemas: Path) -> list[str]:
    """The packages under `schemas/`: the folders that hold a `package.yaml`, in alphabetical order."""
    return sorted(path.parent.name for path in schemas.glob("*/package.yaml"))


def load_package(schemas: Path, name: str) -> Package:
    """Read `schemas/<name>/package.yaml`. Raises `SchemaNotFound`, `SchemaFileError`."""
    shown = f"schemas/{name}/package.yaml"
    path = schemas / name / "package.yaml"
    if not path.is_file():
        raise SchemaNotFound(file=shown, asked_by=name)
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SchemaFileError(
            file=shown, place="YAML", found=str(error), expected=Said("un document YAML", "a YAML document")
        ) from None
    wanted = ("title", "description", "licence", "publisher", "contact", "tables")
    missing = [key for key in wanted if not isinstance(raw, dict) or key not in raw]
    if missing:
        raise SchemaFileError(file=shown, place=missing[0], found="absent", expected=", ".join(wanted))
    known = {
        *wanted,
        "title_en",
        "description_en",
        "contributors",
        "keywords",
        "keywords_en",
        "cadence",
        "owner",
        "quarantine",
    }
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
        tables=tuple(_table(item, shown) for item in raw["tables"]),
        schemas=schemas,
        more={key: value for key, value in raw.items() if key not in known},
        quarantine=_quarantine(raw.get("quarantine", {}), shown),
    )
    return _with_codelists(found)


def _with_codelists(package: Package) -> Package:
    """The package with a table for each code list that its public fields use, after its own tables."""
    schemas = []
    for table in package.tables:
        try:
            schemas.append(load_table(package.schemas, package.name, table.name))
        except SchemaFileError:
            continue  # told where that table is made: the others are published all the same
    lists = [
        PackageTable(table_name(codelist), f"{CODELIST}{codelist}", (), 1, None, 1.0)
        for codelist in codelists_of(schemas)
    ]
    return replace(package, tables=(*package.tables, *lists))


def _table(raw: Any, shown: str) -> PackageTable:
    if isinstance(raw, str):
        raw = {"name": raw}
    if not isinstance(raw, dict) or "name" not in raw:
        raise SchemaFileError(
            file=shown, place="tables", found=repr(raw), expected=Said("un nom de table", "the name of a table")
        )
    rows = raw.get("rows", {})
    return PackageTable(
        name=raw["name"],
        derived=raw.get("derived"),
        inputs=tuple(raw.get("from", ())),
        minimum_rows=rows.get("min", 1),
        maximum_rows=rows.get("max"),
        maximum_loss=float(rows.get("loss", 0.2)),
        protect=_protection(raw["protect"], f"tables.{raw['name']}.protect", shown) if "protect" in raw else None,
    )


def _quarantine(raw: Any, shown: str) -> Quarantine:
    """The limit of what may be withheld. Raises `SchemaFileError`."""
    expected = Said("{rows: entier, share: de 0 à 1}", "{rows: a whole number, share: 0 to 1}")
    if isinstance(raw, dict) and not set(raw) - {"rows", "share"}:
        rows, share = raw.get("rows", 0), raw.get("share", 1.0)
        is_share = type(share) in (int, float) and 0 <= share <= 1
        if type(rows) is int and rows >= 0 and is_share:
            return Quarantine(rows, float(share))
    raise SchemaFileError(file=shown, place="quarantine", found=repr(raw), expected=expected)


def _protection(raw: Any, place: str, shown: str) -> Protection:
    """How a table's counts are protected. Raises `SchemaFileError`: a rule that is misread would protect nobody."""
    if not isinstance(raw, dict) or any(not raw.get(key) for key in PROTECTED_BY):
        raise SchemaFileError(file=shown, place=place, found=repr(raw), expected=", ".join(PROTECTED_BY))
    total, threshold = raw.get("total", {}), raw.get("threshold", THRESHOLD)
    names, text = Said("une liste de champs", "a list of fields"), Said("un texte", "a text")
    unknown = next((key for key in raw if key not in (*PROTECTED_BY, "total", "threshold")), None)
    checks = [
        *((key, _are_texts(raw[key]), names) for key in ("counts", "groups")),
        *((key, isinstance(raw[key], str), text) for key in ("category", "flag", "hidden")),
        ("total", _is_total(total, raw["groups"]), Said("{champ de groups: texte}", "{field of groups: text}")),
        (
            "threshold",
            type(threshold) is int and threshold > 1,
            Said("un entier, 2 ou plus", "a whole number, 2 or more"),
        ),
        (unknown, unknown is None, ", ".join((*PROTECTED_BY, "total", "threshold"))),
    ]
    for key, is_right, expected in checks:
        if not is_right:
            raise SchemaFileError(file=shown, place=f"{place}.{key}", found=repr(raw[key]), expected=expected)
    return Protection(
        counts=tuple(raw["counts"]),
        groups=tuple(raw["groups"]),
        category=raw["category"],
        total=dict(total),
        threshold=threshold,
        flag=raw["flag"],
        hidden=raw["hidden"],
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_total(total: Any, groups: Any) -> bool:
    """Whether this gives texts to fields of `groups`."""
    return isinstance(total, dict) and all(key in groups and isinstance(value, str) for key, value in total.items())
