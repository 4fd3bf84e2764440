"""Packages: what is versioned and published together, `schemas/<package>/package.yaml` (read by `package_files.py`).

A package names its tables in their published order. A table is either filled by sources (every `rows` entry of
`sources/*.yaml` that names it) or derived from other tables by a function registered under `derived`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.schema.codelist_tables import codelist_of, codelist_schema, with_keys
from pipelines.schema.codelist_titles import titles_of
from pipelines.schema.codelists import load_codelist
from pipelines.schema.errors import SchemaFileError
from pipelines.schema.tables import TableSchema, load_table

EXAMPLE = "example"
CODELIST = "liste de codes "  # how the derivation of a code list's table is named, before the name of the list


@dataclass(frozen=True)
class Protection:
    """How small counts of people are suppressed in a table before it leaves (key `protect`).

    `counts` of rows alike in `groups` add up over `category`; `total` gives the values of the rows that are totals. A
    number from 1 to `threshold` − 1 is suppressed, and `flag` contains `hidden` wherever one is.
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
    needs: tuple[str, ...] = ()
    """The sources without which the table does not exist (key `needs`): it is there while all of them are on."""
    inputs_if_on: tuple[str, ...] = ()
    """Tables that are read too while they are there (key `from_if_on`); those that are are in `inputs`."""


UNSTATED_LICENCE = "non-precisee"
"""The code of `schemas/codelists/licences.csv` for data of which nobody said how they may be reused."""
UNSTATED_PUBLISHER = Said("Producteur à préciser", "Publisher to be filled in")
"""The title of a publisher that nobody named yet, as new projects write it in either language."""


@dataclass(frozen=True)
class Package:
    """One data package, as described by its `package.yaml`; `more` keeps the keys that other modules read."""

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
    _known: dict[str, TableSchema] = field(default_factory=dict, init=False, compare=False, repr=False)
    """The schemas that were read: describing a package again gives it as it is then."""

    def table(self, name: str) -> PackageTable:
        """Raises `KeyError` when the package has no such table."""
        for item in self.tables:
            if item.name == name:
                return item
        raise KeyError(f"{self.name}/{name}")

    def schema(self, table: str) -> TableSchema:
        """The Table Schema of one of its tables, read once; those of its code lists are made from the lists.

        Raises `SchemaNotFound`, `SchemaFileError`, `PrivacyMissing`.
        """
        if table not in self._known:
            self._known[table] = self._schema(table)
        return self._known[table]

    def _schema(self, table: str) -> TableSchema:
        codelist = codelist_of(table)
        if codelist is not None and any(item.name == table for item in self.tables):
            found = load_codelist(self.schemas, codelist)
            more = [name for name, _ in found.codes[0].more] if found.codes else []
            return codelist_schema(found, more, titles_of(self.schemas, codelist))
        return with_keys(load_table(self.schemas, self.name, table))

    @property
    def is_example(self) -> bool:
        """Whether everything in it is made up."""
        return bool(self.more.get(EXAMPLE))

    def as_example(self) -> Package:
        """The same package as its title, its description and its identifier say that everything in it is made up."""
        note = Said("Données fictives, pour l'exemple.", "Made-up data, as an example.")
        return replace(
            self,
            title=f"{self.title} (exemple : données fictives)",
            title_en=f"{self.title_en} (example: made-up data)",
            description=f"{note.fr} {self.description}",
            description_en=f"{note.en} {self.description_en}",
            more={**self.more, EXAMPLE: True},
        )

    @cached_property
    def licence_described(self) -> dict[str, str]:
        """Its licence as Data Package describes one: `name`, and `title` and `path` when the code list has them.

        Once read it stays, also when the schemas were in a temporary folder that is gone.

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
        document = {"name": self.licence, "title": entry.label_fr, "path": dict(entry.more).get("url", "")}
        return {key: value for key, value in document.items() if value}
