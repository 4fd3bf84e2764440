"""data.gouv.fr, and any portal of udata: a package is a dataset, its CSV files are hosted, its Parquet files remote.

Belongs here: udata's words and its API v1. Does not: any rule of ours on what a version is (`publications.py`).
A dataset is known by its extras, not by its title, which a person may change. A hosted file is replaced in place: its
permanent address (`latest`) stays. udata has no optimistic lock: the version is read just before writing, and all is
read back after. Source: udata 17, `udata/core/dataset/{api,forms,models}.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.core.text import Said
from pipelines.portals.client import PortalClient, Reply
from pipelines.portals.comparison import DATASET, Difference, Found, State, holds_resources
from pipelines.portals.datagouv_resources import (
    KEY,
    OWN,
    PACKAGE,
    VERSION,
    _checksum,
    as_compared,
    extras_of,
    file_name_of,
    is_bare_file,
    normal_name,
    own_extras,
    resource_of,
    tag_of,
)
from pipelines.portals.errors import Ambiguous, PortalAnswerWrong
from pipelines.portals.publications import Publication, PublishedFile
from pipelines.portals.uploading import Upload

PAGE_SIZE = 100
# What udata keeps as a tag. Source: udata/settings.py, TAG_MIN_LENGTH and TAG_MAX_LENGTH.
SHORTEST_TAG, LONGEST_TAG = 3, 96
# The column of our code list of licences that contains the portal's codes.
LICENCES = "datagouv"
FREQUENCIES = {
    "PT1H": "hourly",
    "P1D": "daily",
    "P1W": "weekly",
    "P7D": "weekly",
    "P2W": "biweekly",
    "P1M": "monthly",
    "P2M": "bimonthly",
    "P3M": "quarterly",
    "P6M": "semiannual",
    "P1Y": "annual",
}


@dataclass
class Datagouv:
    """One portal of udata."""

    client: PortalClient

    def wanted(self, publication: Publication) -> State:
        """What the portal should have for this publication."""
        portal = self.client.portal
        dataset: dict[str, Any] = {
            "title": publication.title,
            "description": publication.description,
            "tags": sorted(
                {tag for tag in map(tag_of, publication.keywords) if SHORTEST_TAG <= len(tag) <= LONGEST_TAG}
            ),
            "license": portal.licences.get(publication.licence)
            or publication.licence_codes.get(LICENCES)
            or publication.licence,
            "frequency": FREQUENCIES.get(publication.cadence, "irregular"),
            "extras": {
                PACKAGE: publication.package,
                VERSION: publication.version,
                f"{OWN}tagmanifest": publication.tagmanifest,
                f"{OWN}page": publication.page,
            },
        }
        if publication.temporal:
            dataset["temporal_coverage"] = dict(publication.temporal)
        if portal.spatial:
            dataset["spatial"] = dict(portal.spatial)
        return State(dataset, {item.key: resource_of(item) for item in publication.files})

    def read(self, publication: Publication, wanted: State) -> Found | None:
        """What the portal contains, or None. Raises `Ambiguous` when two datasets have the package's name."""
        raw = self._dataset(publication)
        if raw is None:
            return None
        handles, extra, resources = self._resources(raw, publication, wanted)
        extras = raw.get("extras") or {}
        temporal = raw.get("temporal_coverage") or {}
        spatial = raw.get("spatial") or {}
        dataset = {
            **{name: raw.get(name) for name in ("title", "description", "license", "frequency")},
            "tags": sorted(raw.get("tags") or []),
            "temporal_coverage": {key: str(temporal[key])[:10] for key in ("start", "end") if temporal.get(key)},
            "spatial": {key: spatial.get(key) for key in self.client.portal.spatial},
            "extras": own_extras(extras),
        }
        page = str(raw.get("self_web_url") or raw.get("page") or f"{self.client.portal.address}datasets/{raw['id']}/")
        return Found(
            identifier=raw["id"],
            version=str(extras.get(VERSION, "")),
            state=State(dataset, resources),
            handles=handles,
            page=page,
            extra=tuple(extra),
            raw=raw,
            quality=raw.get("quality") or {},
        )

    def write(
        self, publication: Publication, found: Found | None, wanted: State, changes: Sequence[Difference]
    ) -> None:
        """Remove the differences, the version first. A dataset is made private, with no version, and is shown to the
        public once it is whole; one that a person made private stays so.

        Raises `PortalRefused` and what `PortalClient.ask` raises.
        """
        changed = {_place(change) for change in changes}
        raw: Mapping[str, Any] = found.raw if found is not None else self._create(wanted)
        is_begun = found is None or (bool(raw.get("private")) and not found.version)
        if DATASET in changed and not is_begun:
            self._describe(raw, wanted)
        by_id = {item["id"]: item for item in raw.get("resources") or []}
        for item in publication.files:
            if found is None or item.key in changed:
                there = by_id.get(found.handles.get(item.key, "")) if found is not None else None
                self._put(raw["id"], item, wanted.resources[item.key], there)
        for identifier in found.extra if found is not None else ():
            self._good(self._ask("DELETE", f"datasets/{raw['id']}/resources/{identifier}/"))
        # Looked at once more: an answer may have said that a thing was done that was not.
        if is_begun and holds_resources(self.read(publication, wanted), wanted):
            self._describe(raw, wanted, private=False)

    def _describe(self, raw: Mapping[str, Any], wanted: State, **more: Any) -> None:
        """Change what the dataset says; what people keep there, and extras that are not ours, go back as found."""
        kept = {name: raw[name] for name in self.client.portal.keep if name in raw and name not in wanted.dataset}
        extras = {**(raw.get("extras") or {}), **wanted.dataset["extras"]}
        self._good(self._ask("PUT", f"datasets/{raw['id']}/", {**kept, **wanted.dataset, "extras": extras, **more}))

    def _create(self, wanted: State) -> dict[str, Any]:
        organization = self.client.portal.organization
        extras = {key: value for key, value in wanted.dataset["extras"].items() if key != VERSION}
        body = {
            **wanted.dataset,
            "extras": extras,
            "private": True,
            **({"organization": {"id": organization, "class": "Organization"}} if organization else {}),
        }
        reply = self._ask("POST", "datasets/", body)
        made = self._good(reply, holds=("id",))
        if (made.get("extras") or {}).get(PACKAGE) != extras[PACKAGE] or made.get("private") is not True:
            raise self._wrong(reply, f"private, {PACKAGE}: {extras[PACKAGE]}")
        return made

    def _put(
        self, dataset: str, item: PublishedFile, wanted: Mapping[str, Any], there: Mapping[str, Any] | None
    ) -> None:
        """Make one resource as wanted: a kind that cannot change is deleted first, a file is sent, then described."""
        place = f"datasets/{dataset}/"
        if there is not None and there["filetype"] != wanted["filetype"]:
            self._good(self._ask("DELETE", f"{place}resources/{there['id']}/"))
            there = None
        if wanted["filetype"] == "remote":
            body = {**wanted, "extras": {**extras_of(there), **wanted["extras"]}}
            target = f"{place}resources/{there['id']}/" if there is not None else f"{place}resources/"
            self._good(self._ask("PUT" if there is not None else "POST", target, body))
            return
        if there is None or _checksum(there) != wanted["checksum"]:
            target = f"{place}upload/" if there is None else f"{place}resources/{there['id']}/upload/"
            upload = Upload(item.path, file_name_of(item), item.media_type, boundary=item.sha256)
            reply = self.client.ask("POST", f"api/1/{target}", upload=upload)
            sent = self._good(reply, holds=("id", "url"))
            # An answer to another request would have another resource described as this one.
            if _checksum(sent) != wanted["checksum"] or (there is not None and sent["id"] != there["id"]):
                raise self._wrong(reply, f"sha1 {wanted['checksum']['value']}")
        else:
            sent = dict(there)
        fields = {key: value for key, value in wanted.items() if key not in ("checksum", "filesize")}
        body = {**fields, "url": sent["url"], "extras": {**extras_of(there), **wanted["extras"]}}
        self._good(self._ask("PUT", f"{place}resources/{sent['id']}/", body))

    def _resources(
        self, raw: Mapping[str, Any], publication: Publication, wanted: State
    ) -> tuple[dict[str, str], list[str], dict[str, dict[str, Any]]]:
        """Our resources among a dataset's: by their key or, for a file sent and not yet described, by its name.

        One without a key may be somebody else's: it is never among those to delete.
        """
        handles: dict[str, str] = {}
        extra: list[str] = []
        states: dict[str, dict[str, Any]] = {}
        sent = {normal_name(file_name_of(item)): item.key for item in publication.files if item.kind == "csv"}
        keyed = [(extras_of(item).get(KEY), item) for item in raw.get("resources") or []]
        found = [(key, item) for key, item in keyed if key]
        for key, item in found:
            if key in handles or key not in wanted.resources:
                extra.append(item["id"])
            else:
                handles[key], states[key] = item["id"], as_compared(item, wanted.resources[key])
        for item in (item for key, item in keyed if not key and is_bare_file(item)):
            key = sent.get(normal_name(str(item.get("title"))))
            if key is not None and key not in handles:
                handles[key], states[key] = item["id"], as_compared(item, wanted.resources[key])
        return handles, extra, states

    def _dataset(self, publication: Publication) -> dict[str, Any] | None:
        portal = self.client.portal
        if publication.package in portal.datasets:
            return self._whole(portal.datasets[publication.package])
        found = [
            item
            for item in (self._of_organization() if portal.organization else self._mine())
            if (item.get("extras") or {}).get(PACKAGE) == publication.package and not item.get("deleted")
        ]
        if len(found) > 1:
            raise Ambiguous(
                portal=portal.name,
                package=publication.package,
                found=", ".join(item["id"] for item in found),
                expected=Said(
                    "datasets: {jeu: identifiant} dans le fichier du portail",
                    "datasets: {package: identifier} in the portal's file",
                ),
            )
        # A list may be cut to the fields that lists show: the dataset itself is whole.
        return self._whole(found[0]["id"]) if found else None

    def _whole(self, identifier: str) -> dict[str, Any]:
        reply = self._ask("GET", f"datasets/{identifier}/")
        dataset = self._good(reply, holds=("id",))
        self._listed(reply, dataset.get("resources") or [], "resources[].id")
        return dataset

    def _mine(self) -> list[dict[str, Any]]:
        reply = self._ask("GET", "me/datasets/")
        if not reply.is_good:
            raise self.client.refused(reply)
        return self._listed(reply, reply.document, "[].id")

    def _of_organization(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            params = {"page": page, "page_size": PAGE_SIZE}
            path = f"api/1/organizations/{self.client.portal.organization}/datasets/"
            reply = self.client.ask("GET", path, params=params)
            document = self._good(reply)
            found += self._listed(reply, document.get("data"), "data[].id")
            if not document.get("next_page"):
                return found
            page += 1

    def _ask(self, method: str, path: str, body: Any = None) -> Reply:
        # A PUT done twice is done once; a second DELETE would answer 404.
        return self.client.ask(method, f"api/1/{path}", json=body, reads=method in ("GET", "PUT"))

    def _good(self, reply: Reply, *, holds: Sequence[str] = ()) -> dict[str, Any]:
        """The object of a good answer, empty where it has no body. Raises `PortalRefused`, `PortalAnswerWrong`."""
        if not reply.is_good:
            raise self.client.refused(reply)
        document = {} if reply.document is None else reply.document
        if not isinstance(document, dict) or not all(document.get(name) for name in holds):
            raise self._wrong(reply, ", ".join(holds) or "{…}")
        return document

    def _listed(self, reply: Reply, found: Any, expected: str) -> list[dict[str, Any]]:
        """A list of objects that have an identifier. Raises `PortalAnswerWrong`."""
        if not isinstance(found, list) or not all(isinstance(item, dict) and item.get("id") for item in found):
            raise self._wrong(reply, expected)
        return found

    def _wrong(self, reply: Reply, expected: str) -> PortalAnswerWrong:
        found = Said("réponse d'une autre forme", "an answer of another shape")
        return PortalAnswerWrong(portal=self.client.portal.name, address=reply.address, found=found, expected=expected)


def _place(change: Difference) -> str:
    return change.place.split(".", maxsplit=1)[0]
