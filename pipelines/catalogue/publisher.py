"""Settings of the publisher: `catalogue.yaml` at the root of the project, whose shape is `publisher.schema.json`.

Belongs here: where the catalogue is shown, who answers for it, its look. Does not: the packages, each of which names
its own publisher and contact in `package.yaml`. Without the file, addresses are those of `example.org`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pipelines.catalogue.addresses import DEFAULT_BASE, NOBODY_ELSE, Addresses, Party
from pipelines.core.checked_yaml import Fault, read_checked
from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.core.text import Language, Said
from pipelines.schema import load_codelist
from pipelines.schema.codelists import Code

FILE = "catalogue.yaml"
SCHEMA = Path(__file__).with_name("publisher.schema.json")
LICENCES, PORTAL = "licences", "datagouv"  # the list, and its column of that portal's codes
THEME_LIMIT = 100_000  # bytes: script and style together stay under 150 kB


class CatalogueFileError(ArobaseError):
    """The file `catalogue.yaml` cannot be used as it is."""

    code: ClassVar[str] = "catalogue-file"
    fr: ClassVar[str] = "{file}, ligne {line} : « {key} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}: "{key}": {found}; expected: {expected}.'


@dataclass(frozen=True)
class PublisherSettings:
    """What `catalogue.yaml` says. `theme`: the style sheet that is loaded after the catalogue's own, if any.

    `examples`: whether packages of made-up data are described to machines too.
    """

    base_url: str = DEFAULT_BASE
    publisher: Party = NOBODY_ELSE
    contact: Party | None = None
    theme: bytes | None = None
    examples: bool = False
    licences: Mapping[str, str] = field(default_factory=dict)
    """By the address of a licence, its code on data.gouv.fr, from the project's list of licences."""
    licence_names: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    """By code, what each licence of that list is called."""

    def addresses(self, base_url: str | None = None) -> Addresses:
        """Addresses under `base_url`, else under the publisher's own, with who answers there."""
        return Addresses.under(base_url or self.base_url, publisher=self.publisher, contact=self.contact)


def read_publisher_settings(project: Project) -> PublisherSettings:
    """The publisher's settings of a project; the defaults where no file says. Raises `CatalogueFileError`."""
    path = project.root / FILE
    if not path.is_file():
        return PublisherSettings(licences=_licences(project), licence_names=_licence_names(project))
    try:
        document = read_checked(path, SCHEMA)
        raw: Mapping[str, Any] = document.value
        theme = _theme(project.root, str(raw["theme"]), document.line(("theme",))) if "theme" in raw else None
    except Fault as fault:
        raise CatalogueFileError(file=FILE, **fault.facts) from None
    return PublisherSettings(
        base_url=str(raw["base_url"]),
        publisher=Party(**raw["publisher"]) if "publisher" in raw else NOBODY_ELSE,
        contact=Party(**raw["contact"]) if "contact" in raw else None,
        theme=theme,
        examples=bool(raw.get("examples", False)),
        licences=_licences(project),
        licence_names=_licence_names(project),
    )


def _licences(project: Project) -> dict[str, str]:
    """The codes that data.gouv.fr knows licences by; none in a project with no list of licences.

    Raises `SchemaFileError` for a list that cannot be read.
    """
    known = (dict(item.more) for item in _listed(project))
    return {item["url"]: item[PORTAL] for item in known if item.get("url") and item.get(PORTAL)}


def _licence_names(project: Project) -> dict[str, Mapping[Language, str]]:
    return {item.code: {"fr": item.label_fr, "en": item.label_en} for item in _listed(project)}


def _listed(project: Project) -> tuple[Code, ...]:
    has_list = (project.schemas / "codelists" / f"{LICENCES}.csv").is_file()
    return load_codelist(project.schemas, LICENCES).codes if has_list else ()


def _theme(root: Path, name: str, line: int) -> bytes:
    """A style sheet of the project. Raises `Fault` when it is not there, not in the project, or too large."""
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        expected = Said("une feuille de style du projet", "a style sheet of the project")
        raise Fault(line=line, key="theme", found=name, expected=expected)
    content = path.read_bytes()
    if len(content) > THEME_LIMIT:
        raise Fault(line=line, key="theme", found=_bytes("", len(content)), expected=_bytes("≤ ", THEME_LIMIT))
    return content


def _bytes(before: str, count: int) -> Said:
    return Said(f"{before}{count} o", f"{before}{count} B")
