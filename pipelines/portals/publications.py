"""What is offered to a portal: one version of a package, as its release and its description give it.

Belongs here: what any portal is given. Does not: how one software calls it (`ckan.py`, `datagouv.py`).
The publication is a pure function of the release, of `package.yaml` and of the portal's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.catalogue.addresses import Addresses
from pipelines.core.project import Project
from pipelines.portals.descriptions import Portal
from pipelines.portals.errors import LeftOut
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.errors import ReleaseDamaged
from pipelines.releases.formats import output_formats
from pipelines.releases.store import ReleaseStore
from pipelines.schema import load_codelist, load_package
from pipelines.storage import sha256_file

DOCUMENT = "datapackage"


@dataclass(frozen=True)
class PublishedFile:
    """A file of the version. `key` names it for ever on the portal; `schema` is the published Table Schema."""

    key: str
    table: str
    kind: str
    title: str
    description: str
    path: Path
    address: str
    bytes: int
    sha256: str
    media_type: str
    rows: int = 0
    schema: Mapping[str, Any] | None = None
    schema_name: str = ""
    schema_address: str = ""
    schema_version: str = ""
    label: str = ""  # what the format is called


@dataclass(frozen=True)
class Publication:
    """A version of a package. `order` are the versions of the ledger, oldest first; `gone` those retracted.

    `licence_codes`: the codes of the licence elsewhere, by the column of our code list that contains them.
    """

    package: str
    version: str
    created: str
    title: str
    description: str
    keywords: tuple[str, ...]
    licence: str
    licence_codes: Mapping[str, str]
    page: str
    tagmanifest: str
    contact: Mapping[str, str]
    cadence: str
    temporal: Mapping[str, str]
    files: tuple[PublishedFile, ...]
    order: tuple[str, ...]
    gone: frozenset[str]

    def is_older_than(self, there: str) -> bool:
        """Whether the version on the portal is newer than this one; a retracted version is newer than nothing."""
        if not there or there == self.version or there in self.gone:
            return False
        if there in self.order:
            return self.order.index(there) > self.order.index(self.version)
        return _numbers(there) > _numbers(self.version)


def make_publication(project: Project, portal: Portal, package: str) -> Publication:
    """The current version of a package, for a portal; every file is checked against the hash in the release.

    Raises `LeftOut` for a package that does not go to this portal, `NoSuchRelease`, `ReleaseDamaged`, `LedgerBroken`,
    and what a wrong `package.yaml` or code list of licences raises.
    """
    if not portal.takes(package):
        raise LeftOut(portal=portal.name, package=package, known=", ".join(portal.packages or ()) or "—")
    store = ReleaseStore.read(project.releases, package)
    folder = store.path()
    document, described = read_descriptor(folder / "data"), load_package(project.schemas, package)
    licences = load_codelist(project.schemas, "licences")
    line = next(item for item in store.published if item["version"] == folder.name)
    addresses = Addresses.under(portal.base)
    page = addresses.page(f"{package}/")
    temporal = described.more.get("temporal", {})
    if "from" in temporal:  # read in the data, when the version was made
        temporal = document.get("temporal", {})
    return Publication(
        package=package,
        version=folder.name,
        created=line["created"],
        title=document["title"],
        description=_description(document, page),
        keywords=tuple(document.get("keywords", ())),
        licence=described.licence,
        licence_codes=dict(licences[described.licence].more) if described.licence in licences else {},
        page=page,
        tagmanifest=line["tagmanifest"],
        contact=described.contact,
        cadence=described.cadence,
        temporal={key: str(temporal[key]) for key in ("start", "end") if key in temporal},
        files=tuple(_files(document, folder, addresses)),
        order=tuple(item["version"] for item in store.published),
        gone=frozenset(store.retracted),
    )


def _description(document: Mapping[str, Any], page: str) -> str:
    texts = [document.get("description", ""), document.get("description_en", "")]
    texts += [f"Version {document['version']} : {page}"]
    return "\n\n".join(text for text in texts if text)


def _files(document: Mapping[str, Any], folder: Path, addresses: Addresses) -> list[PublishedFile]:
    """The tables in the formats that portals are offered, in the release's order, then the descriptor."""
    data, prefix = folder / "data", f"{folder.parent.name}/{folder.name}/data/"
    by_path = {item["path"]: item for item in document["resources"]}
    found: list[PublishedFile] = []
    for item in document["resources"]:
        if "schema" not in item or "/" in item["path"]:
            continue
        number = str(document["arobase"]["schema_version"])
        for form in output_formats():
            resource = by_path.get(form.path(item["name"])) if form.offered else None
            if resource is None:
                continue
            found.append(
                PublishedFile(
                    key=f"{item['name']}/{form.name}",
                    table=item["name"],
                    kind=form.name,
                    label=form.short,
                    title=f"{item.get('title', item['name'])} ({form.short})",
                    description=item.get("description") or item.get("title", item["name"]),
                    path=_checked(data / resource["path"], resource, prefix),
                    address=addresses.release(f"{prefix}{resource['path']}"),
                    bytes=int(resource["bytes"]),
                    sha256=str(resource["hash"]).removeprefix("sha256:"),
                    media_type=resource["mediatype"],
                    rows=int(item["rows"]),
                    schema=item["schema"],
                    schema_name=f"{folder.parent.name}/{item['name']}",
                    schema_address=addresses.table_schema(folder.parent.name, number, item["name"]),
                    schema_version=number,
                )
            )
    path = data / "datapackage.json"
    found.append(
        PublishedFile(
            key=DOCUMENT,
            table="",
            kind="json",
            label="JSON",
            title="Description du jeu de données : champs, types, sources, avertissements (Data Package, JSON)",
            description="Le dictionnaire de chaque table, les sources et leurs empreintes, les avertissements.",
            path=path,
            address=addresses.release(f"{prefix}datapackage.json"),
            bytes=path.stat().st_size,
            sha256=sha256_file(path),
            media_type="application/json",
        )
    )
    return found


def _checked(path: Path, resource: Mapping[str, Any], prefix: str) -> Path:
    wanted = str(resource["hash"]).removeprefix("sha256:")
    found = sha256_file(path) if path.is_file() else "absent"
    if found != wanted:
        raise ReleaseDamaged(file=f"{prefix}{resource['path']}", found=found[:12], expected=wanted[:12])
    return path


def _numbers(version: str) -> tuple[int, ...]:
    """A version as numbers; one that is not ours counts as older than any."""
    parts = version.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()
