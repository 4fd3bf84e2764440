"""CKAN: a package is a dataset, a file a resource that links to the release, a table a DataStore table.

Belongs here: CKAN's words and its action API. Does not: rows (`datastore.py`).
The dataset and all its resources change in one `package_revise`, which the portal refuses when the version or the date
of change is no longer what we read: a newer version cannot be overwritten, and no half of a dataset is ever seen.
A first push whose tables are loaded after it makes a private dataset without a version, shown once they are whole.
Source: CKAN 2.12, `ckan/logic/action/`, `ckan/logic/schema/`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipelines.core.text import Said
from pipelines.portals.ckan_answers import flaw, is_absent
from pipelines.portals.client import PortalClient, Reply
from pipelines.portals.comparison import Difference, Found, State, holds_resources
from pipelines.portals.datastore import DataStore
from pipelines.portals.errors import Ambiguous, ChangedMeanwhile, PortalAnswerWrong
from pipelines.portals.publications import Publication, PublishedFile

OWN = "arobase_"
KEY, MARK = "arobase_key", "arobase_datastore"
# A tag holds letters, digits, blanks and -_. ; source: ckan/logic/validators.py, tag_name_validator.
NOT_IN_TAGS = re.compile(r"[^\w \-.]+")
# Source: the same file, tag_length_validator.
SHORTEST_TAG, LONGEST_TAG = 2, 100
STORED = "/datastore"


@dataclass
class Ckan:
    """One CKAN portal."""

    client: PortalClient
    store: DataStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = DataStore(self.action, self.client.refused)

    def wanted(self, publication: Publication) -> State:
        """What the portal should have for this publication."""
        portal = self.client.portal
        dataset: dict[str, Any] = {
            "name": self._name(publication),
            "title": publication.title,
            "notes": publication.description,
            "version": publication.version,
            "url": publication.page,
            "license_id": portal.licences.get(publication.licence, publication.licence),
            "maintainer": publication.contact.get("title", ""),
            "maintainer_email": publication.contact.get("email", ""),
            "state": "active",
            "tags": sorted({tag for tag in map(_tag, publication.keywords) if SHORTEST_TAG <= len(tag) <= LONGEST_TAG}),
            "extras": _extras(publication),
        }
        if portal.organization:
            dataset["organization"] = portal.organization
        resources: dict[str, dict[str, Any]] = {item.key: _resource(item) for item in publication.files}
        if portal.datastore:
            resources |= {
                f"{item.key}{STORED}": self.store.wanted(item) for item in publication.files if item.kind == "csv"
            }
        return State(dataset, resources)

    def read(self, publication: Publication, wanted: State) -> Found | None:
        """What the portal contains, or None. Raises `Ambiguous` for a dataset of this name that is not ours."""
        raw = self._show(publication)
        if raw is None:
            return None
        extras = {item["key"]: item["value"] for item in raw.get("extras", [])}
        if extras.get(f"{OWN}package") != publication.package:
            raise Ambiguous(
                portal=self.client.portal.name,
                package=publication.package,
                found=Said(
                    f"le jeu « {raw['name']} » n'est pas d'Arobase", f'the dataset "{raw["name"]}" is not Arobase\'s'
                ),
                expected=Said("prefix: dans le fichier du portail", "prefix: in the portal's file"),
            )
        ours = [item for item in raw["resources"] if item.get(KEY)]
        handles: dict[str, str] = {}
        extra: list[str] = []
        resources: dict[str, Mapping[str, Any]] = {}
        for item in ours:
            if item[KEY] in handles or item[KEY] not in wanted.resources:
                extra.append(item["id"])
                continue
            handles[item[KEY]] = item["id"]
            resources[item[KEY]] = _normal(item)
            stored = f"{item[KEY]}{STORED}"
            if stored in wanted.resources:
                there = self.store.read(item["id"], item.get(MARK, ""))
                if there is not None:
                    resources[stored] = there
        dataset = {
            **raw,
            "tags": sorted(item["name"] for item in raw.get("tags", [])),
            "extras": {key: value for key, value in extras.items() if key.startswith(OWN)},
            "organization": (raw.get("organization") or {}).get("name"),
        }
        page = f"{self.client.portal.address}dataset/{raw['name']}"
        version = raw.get("version") or ""
        return Found(raw["id"], version, State(dataset, resources), handles, page, tuple(extra), raw)

    def write(
        self, publication: Publication, found: Found | None, wanted: State, changes: Sequence[Difference]
    ) -> None:
        """Remove the differences. A dataset that a person made private stays so.

        Raises `ChangedMeanwhile`, `PortalRefused` and what `PortalClient.ask` raises.
        """
        plain = {key: value for key, value in wanted.resources.items() if not key.endswith(STORED)}
        if found is None:
            # CKAN keeps nothing private that belongs to no organisation.
            is_begun = len(plain) < len(wanted.resources) and "organization" in wanted.dataset
        else:
            is_begun = bool(found.raw.get("private")) and not found.version
        now = replace(wanted, dataset=_without_version(wanted.dataset)) if is_begun else wanted
        if found is None:
            self._create(publication, now, plain, private=is_begun)
        elif any(STORED not in change.place for change in changes):
            self._revise(publication, found, now, plain)
        version = "" if is_begun else publication.version
        if self.client.portal.datastore:
            self._fill(publication, wanted, version)
        # Looked at once more: an answer may have said that a thing was done that was not.
        if is_begun and holds_resources(self.read(publication, wanted), wanted):
            raw = self._held(publication, version)
            self._revised(publication, raw, {"update": {"version": publication.version, "private": False}})

    def action(self, name: str, body: Mapping[str, Any], *, reads: bool = False) -> Reply:
        """One action of the API; its document is that of the whole answer.

        Raises `PortalAnswerWrong`, and what `PortalClient.ask` raises.
        """
        reply = self.client.ask("POST", f"api/3/action/{name}", json=body, reads=reads)
        if not reply.is_good:
            return reply
        found: str | Said = ""
        if not (isinstance(reply.document, dict) and reply.document.get("success") is True):
            found = f"HTTP {reply.status}"
        elif wrong := flaw(name, reply.document.get("result")):
            found = Said(f"réponse d'une autre forme ({wrong})", f"an answer of another shape ({wrong})")
        if found:
            raise PortalAnswerWrong(
                portal=self.client.portal.name, address=reply.address, found=found, expected=f"CKAN, {name}"
            )
        return reply

    def _create(
        self, publication: Publication, wanted: State, plain: Mapping[str, Mapping[str, Any]], *, private: bool
    ) -> None:
        body = _sent(wanted.dataset, {}) | {"resources": list(plain.values()), "private": private}
        reply = self.action("package_create", body)
        if reply.status == 409 and "name" in _errors(reply):
            raise self._changed(publication, Said("nom déjà pris", "name already taken"))
        if not reply.is_good:
            raise self.client.refused(reply)

    def _revise(
        self, publication: Publication, found: Found, wanted: State, plain: Mapping[str, Mapping[str, Any]]
    ) -> None:
        raw = found.raw
        by_id = {item["id"]: item for item in raw["resources"]}
        ours = [{**by_id.get(found.handles.get(key, ""), {}), **fields} for key, fields in plain.items()]
        kept = set(found.handles.values()) | set(found.extra)
        others = [item for item in raw["resources"] if item["id"] not in kept]
        body = {
            "match": {
                "id": found.identifier,
                "version": raw.get("version"),
                "metadata_modified": raw["metadata_modified"],
            },
            "filter": ["-resources", "-extras", *(["-tags"] if "tags" in wanted.dataset else [])],
            "update": _sent(wanted.dataset, raw) | {"resources": [*ours, *others]},
            "include": ["-*"],
        }
        self._matched(publication, self.action("package_revise", body))

    def _fill(self, publication: Publication, wanted: State, version: str) -> None:
        """Load every DataStore table that is not as wanted, each marked once it is whole.

        `version` is what the dataset says meanwhile.
        """
        for item in publication.files:
            key = f"{item.key}{STORED}"
            if key not in wanted.resources:
                continue
            raw = self._held(publication, version)
            resource = next((one for one in raw["resources"] if one.get(KEY) == item.key), None)
            if resource is None:
                raise self._changed(publication, item.key)
            there = self.store.read(resource["id"], resource.get(MARK, ""))
            if there == wanted.resources[key]:
                continue
            self.store.load(resource["id"], item, there)
            marked = {MARK: wanted.resources[key]["content"]}
            self._revised(publication, raw, {f"update__resources__{resource['id']}": marked})

    def _held(self, publication: Publication, version: str) -> dict[str, Any]:
        """The dataset as it is now. Raises `ChangedMeanwhile` when it is gone or says another version."""
        raw = self._show(publication)
        if raw is None or (raw.get("version") or "") != version:
            raise self._changed(publication, "version")
        return raw

    def _revised(self, publication: Publication, raw: Mapping[str, Any], change: Mapping[str, Any]) -> None:
        """Change a little of a dataset, if it still says the version that was read."""
        match = {"id": raw["id"], "version": raw.get("version")}
        self._matched(publication, self.action("package_revise", {"match": match, **change, "include": ["-*"]}))

    def _matched(self, publication: Publication, reply: Reply) -> None:
        if reply.status == 409 and "match" in _errors(reply):
            raise self._changed(publication, _listed(_errors(reply)["match"]))
        if not reply.is_good:
            raise self.client.refused(reply)

    def _changed(self, publication: Publication, found: str | Said) -> ChangedMeanwhile:
        return ChangedMeanwhile(portal=self.client.portal.name, package=publication.package, found=found)

    def _show(self, publication: Publication) -> dict[str, Any] | None:
        reply = self.action("package_show", {"id": self._name(publication)}, reads=True)
        if is_absent(reply):
            return None
        if not reply.is_good:
            raise self.client.refused(reply)
        dataset: dict[str, Any] = reply.document["result"]
        return dataset

    def _name(self, publication: Publication) -> str:
        return f"{self.client.portal.prefix}{publication.package}"


def _extras(publication: Publication) -> dict[str, str]:
    values = {"package": publication.package, "tagmanifest": publication.tagmanifest, "created": publication.created}
    values |= {
        "cadence": publication.cadence,
        **{f"temporal_{key}": value for key, value in publication.temporal.items()},
    }
    return {f"{OWN}{key}": value for key, value in values.items() if value}


def _resource(item: PublishedFile) -> dict[str, Any]:
    described = {
        KEY: item.key,
        "name": item.title,
        "description": item.description,
        "url": item.address,
        "format": item.label or item.kind.upper(),
        "mimetype": item.media_type,
        "hash": f"sha256:{item.sha256}",
        "size": item.bytes,
    }
    return described | ({"conforms_to": item.schema_address} if item.schema_address else {})


def _normal(item: Mapping[str, Any]) -> dict[str, Any]:
    return {**item, "size": int(item["size"]) if item.get("size") else None}


def _sent(dataset: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """A dataset as the API takes it; extras that are not ours stay as they are."""
    others = [item for item in raw.get("extras", []) if not item["key"].startswith(OWN)]
    described = {key: value for key, value in dataset.items() if key != "organization"}
    if "tags" in dataset:
        described["tags"] = [{"name": name} for name in dataset["tags"]]
    described["extras"] = [*others, *({"key": key, "value": value} for key, value in dataset["extras"].items())]
    if "organization" in dataset:
        described["owner_org"] = dataset["organization"]
    return described


def _without_version(dataset: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in dataset.items() if key != "version"}


def _errors(reply: Reply) -> dict[str, Any]:
    error = reply.document.get("error") if isinstance(reply.document, dict) else None
    return error if isinstance(error, dict) else {}


def _listed(found: Any) -> str:
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def _tag(word: str) -> str:
    """A keyword as a tag: what CKAN refuses in one becomes a blank."""
    return " ".join(NOT_IN_TAGS.sub(" ", word).split())
