"""Addresses: where each page and file of the catalogue is on the web, and how each is reached from another.

Belongs here: the layout of the published site, once. Does not: making any page.

A host shows two folders side by side, as `outputs/` contains them: `catalogue/`, which this module writes, and
`releases/`, which it only points at. Everything that is identified is identified by an address that opens the page
about it, with a fragment; none of these addresses contains a date or an order, so that harvesting twice finds the same
things.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from pipelines.core.text import Language

CATALOGUE, RELEASES = "catalogue", "releases"
DEFAULT_BASE = "https://example.org/arobase/"
LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True)
class Party:
    """A body that answers for something; never a person."""

    title: str
    url: str = ""
    email: str = ""


NOBODY_ELSE = Party("Arobase")


@dataclass(frozen=True)
class Addresses:
    """Absolute addresses under `base`, which ends with a slash, and who answers there."""

    base: str = DEFAULT_BASE
    publisher: Party = NOBODY_ELSE
    contact: Party | None = None

    @classmethod
    def under(cls, base: str, *, publisher: Party = NOBODY_ELSE, contact: Party | None = None) -> Addresses:
        """Addresses under `base`, whether or not it ends with a slash."""
        return cls(base if base.endswith("/") else f"{base}/", publisher, contact)

    def page(self, path: str) -> str:
        """The address of a file of the catalogue, given relative to it; `index.html` is its folder's address."""
        path = path.removesuffix("index.html") if path.endswith("index.html") else path
        return f"{self.base}{CATALOGUE}/{path}"

    def rooted(self, path: str) -> str:
        """The same without the host: for the page that a host shows in the place of any missing one."""
        return urlsplit(self.page(path)).path

    def release(self, path: str) -> str:
        """The address of a file of the releases, given relative to them."""
        return f"{self.base}{RELEASES}/{path}"

    @property
    def catalogue(self) -> str:
        """What the catalogue is called in RDF."""
        return self.page("") + "#catalogue"

    def dataset(self, package: str) -> str:
        """What a package is called for ever, whatever its current version."""
        return self.page(f"{package}/") + "#jeu"

    def version(self, package: str, version: str) -> str:
        """What one immutable version is called."""
        return self.page(f"{package}/version-{version}.html") + "#version"

    def table_schema(self, package: str, schema_version: str, table: str) -> str:
        """Where a table's schema is, as the versions with this schema version have it."""
        return self.page(schema_path(package, schema_version, table))


def schema_path(package: str, schema_version: str, table: str) -> str:
    """The file of a published Table Schema, relative to the catalogue."""
    return f"{package}/schemas/{schema_version}/{table}.json"


def localised(path: str, language: Language) -> str:
    """A page's file in a language: French at the root, English under `en/`."""
    return path if language == "fr" else f"en/{path}"


def relative(target: str, page: str) -> str:
    """How `page` points at `target`, both relative to the catalogue; `../releases/…` leaves it."""
    return _from_folder(target, page.rpartition("/")[0])


@lru_cache(maxsize=4096)
def _from_folder(target: str, folder: str) -> str:
    """The same for every page of a folder: thousands of pages of territories point at the same files."""
    here, there = folder.split("/") if folder else [], target.split("/")
    shared = 0
    while shared < min(len(here), len(there) - 1) and here[shared] == there[shared]:
        shared += 1
    return "../" * (len(here) - shared) + "/".join(there[shared:])
