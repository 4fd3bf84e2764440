"""data.gouv.fr, and any portal of udata: a package is a dataset, its CSV files are hosted, its Parquet files remote.

Belongs here: udata's words and its API v1. Does not: any rule of ours on what a version is (`offers.py`).
A dataset is known by its extras, not by its title, which a person may change. A hosted file is replaced in place: its
permanent address (`latest`) stays. udata has no optimistic lock: the version is read just before writing, and all is
read back after. Source: udata 17, `udata/core/dataset/{api,forms,models}.py`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.portals.client import Door, Reply
from pipelines.portals.errors import Ambiguous, PortalAnswerWrong
from pipelines.portals.offers import Offer, OfferedFile
from pipelines.portals.states import DATASET, Difference, Found, State, holds_resources
from pipelines.portals.uploading import Upload

PACKAGE, VERSION, KEY = "arobase:package", "arobase:version", "arobase:key"
OWN = "arobase:"
PAGE_SIZE = 100
# What udata keeps as a tag. Source: udata/settings.py, TAG_MIN_LENGTH and TAG_MAX_LENGTH.
SHORTEST_TAG, LONGEST_TAG = 3, 96
# Letters that Unicode does not take apart; source: python-slugify, which udata makes tags with.
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
# The column of our code list of licences that holds the portal's codes.
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
COMPARED = (
    "title",
    "description",
    "type",
    "filetype",
    "format",
    "url",
    "mime",
    "filesize",
    "checksum",
    "schema",
    "extras",
)


@dataclass
class Datagouv:
    """One portal of udata."""

    door: Door

    def wanted(self, offer: Offer) -> State:
        """What the portal should hold for this offer."""
        portal = self.door.portal
        dataset: dict[str, Any] = {
            "title": offer.title,
            "description": offer.description,
            "tags": sorted({tag for tag in map(_tag, offer.keywords) if SHORTEST_TAG <= len(tag) <= LONGEST_TAG}),
            "license": portal.licences.get(offer.licence) or offer.licence_codes.get(LICENCES) or offer.licence,
            "frequency": FREQUENCIES.get(offer.cadence, "irregular"),
            "extras": {
                PACKAGE: offer.package,
                VERSION: offer.version,
                f"{OWN}tagmanifest": offer.tagmanifest,
                f"{OWN}page": offer.page,
            },
        }
        if offer.temporal:
            dataset["temporal_coverage"] = dict(offer.temporal)
        if portal.spatial:
            dataset["spatial"] = dict(portal.spatial)
        return State(dataset, {item.key: _resource(item) for item in offer.files})

    def read(self, offer: Offer, wanted: State) -> Found | None:
        """What the portal holds, or None. Raises `Ambiguous` when two datasets bear the package's name."""
        raw = self._dataset(offer)
        if raw is None:
            return None
        handles, extra, resources = self._resources(raw, offer, wanted)
        extras = raw.get("extras") or {}
        temporal = raw.get("temporal_coverage") or {}
        spatial = raw.get("spatial") or {}
        dataset = {
            **{name: raw.get(name) for name in ("title", "description", "license", "frequency")},
            "tags": sorted(raw.get("tags") or []),
            "temporal_coverage": {key: str(temporal[key])[:10] for key in ("start", "end") if temporal.get(key)},
            "spatial": {key: spatial.get(key) for key in self.door.portal.spatial},
            "extras": _ours(extras),
        }
        page = str(raw.get("self_web_url") or raw.get("page") or f"{self.door.portal.address}datasets/{raw['id']}/")
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

    def write(self, offer: Offer, found: Found | None, wanted: State, changes: Sequence[Difference]) -> None:
        """Remove the differences, the version first. A dataset is made private, with no version, and is shown to the
        public once it is whole; one that a person made private stays so.

        Raises `PortalRefused` and what `Door.ask` raises.
        """
        changed = {_place(change) for change in changes}
        raw: Mapping[str, Any] = found.raw if found is not None else self._create(wanted)
        is_begun = found is None or (bool(raw.get("private")) and not found.version)
        if DATASET in changed and not is_begun:
            self._describe(raw, wanted)
        by_id = {item["id"]: item for item in raw.get("resources") or []}
        for item in offer.files:
            if found is None or item.key in changed:
                there = by_id.get(found.handles.get(item.key, "")) if found is not None else None
                self._put(raw["id"], item, wanted.resources[item.key], there)
        for identifier in found.extra if found is not None else ():
            self._good(self._ask("DELETE", f"datasets/{raw['id']}/resources/{identifier}/"))
        # Looked at once more: an answer may have said that a thing was done that was not.
        if is_begun and holds_resources(self.read(offer, wanted), wanted):
            self._describe(raw, wanted, private=False)

    def _describe(self, raw: Mapping[str, Any], wanted: State, **more: Any) -> None:
        """Change what the dataset says; what people keep there, and extras that are not ours, go back as found."""
        kept = {name: raw[name] for name in self.door.portal.keep if name in raw and name not in wanted.dataset}
        extras = {**(raw.get("extras") or {}), **wanted.dataset["extras"]}
        self._good(self._ask("PUT", f"datasets/{raw['id']}/", {**kept, **wanted.dataset, "extras": extras, **more}))

    def _create(self, wanted: State) -> dict[str, Any]:
        organization = self.door.portal.organization
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

    def _put(self, dataset: str, item: OfferedFile, wanted: Mapping[str, Any], there: Mapping[str, Any] | None) -> None:
        """Make one resource as wanted: a kind that cannot change is deleted first, a file is sent, then described."""
        place = f"datasets/{dataset}/"
        if there is not None and there["filetype"] != wanted["filetype"]:
            self._good(self._ask("DELETE", f"{place}resources/{there['id']}/"))
            there = None
        if wanted["filetype"] == "remote":
            body = {**wanted, "extras": {**_extras(there), **wanted["extras"]}}
            target = f"{place}resources/{there['id']}/" if there is not None else f"{place}resources/"
            self._good(self._ask("PUT" if there is not None else "POST", target, body))
            return
        if there is None or _checksum(there) != wanted["checksum"]:
            target = f"{place}upload/" if there is None else f"{place}resources/{there['id']}/upload/"
            upload = Upload(item.path, _file_name(item), item.media_type, boundary=item.sha256)
            reply = self.door.ask("POST", f"api/1/{target}", upload=upload)
            sent = self._good(reply, holds=("id", "url"))
            # An answer to another request would have another resource described as this one.
            if _checksum(sent) != wanted["checksum"] or (there is not None and sent["id"] != there["id"]):
                raise self._wrong(reply, f"sha1 {wanted['checksum']['value']}")
        else:
            sent = dict(there)
        told = {key: value for key, value in wanted.items() if key not in ("checksum", "filesize")}
        body = {**told, "url": sent["url"], "extras": {**_extras(there), **wanted["extras"]}}
        self._good(self._ask("PUT", f"{place}resources/{sent['id']}/", body))

    def _resources(
        self, raw: Mapping[str, Any], offer: Offer, wanted: State
    ) -> tuple[dict[str, str], list[str], dict[str, dict[str, Any]]]:
        """Our resources among a dataset's: by their key or, for a file sent and not yet described, by its name.

        One without a key may be somebody else's: it is never among those to delete.
        """
        handles: dict[str, str] = {}
        extra: list[str] = []
        states: dict[str, dict[str, Any]] = {}
        sent = {_normal_name(_file_name(item)): item.key for item in offer.files if item.kind == "csv"}
        keyed = [(_extras(item).get(KEY), item) for item in raw.get("resources") or []]
        found = [(key, item) for key, item in keyed if key]
        for key, item in found:
            if key in handles or key not in wanted.resources:
                extra.append(item["id"])
            else:
                handles[key], states[key] = item["id"], _normal(item, wanted.resources[key])
        for item in (item for key, item in keyed if not key and _is_bare_file(item)):
            key = sent.get(_normal_name(str(item.get("title"))))
            if key is not None and key not in handles:
                handles[key], states[key] = item["id"], _normal(item, wanted.resources[key])
        return handles, extra, states

    def _dataset(self, offer: Offer) -> dict[str, Any] | None:
        portal = self.door.portal
        if offer.package in portal.datasets:
            return self._whole(portal.datasets[offer.package])
        found = [
            item
            for item in (self._of_organization() if portal.organization else self._mine())
            if (item.get("extras") or {}).get(PACKAGE) == offer.package and not item.get("deleted")
        ]
        if len(found) > 1:
            raise Ambiguous(
                portal=portal.name,
                package=offer.package,
                found=", ".join(item["id"] for item in found),
                expected=Said(
                    "datasets: {paquet: identifiant} dans le fichier du portail",
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
            raise self.door.refused(reply)
        return self._listed(reply, reply.document, "[].id")

    def _of_organization(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            params = {"page": page, "page_size": PAGE_SIZE}
            path = f"api/1/organizations/{self.door.portal.organization}/datasets/"
            reply = self.door.ask("GET", path, params=params)
            document = self._good(reply)
            found += self._listed(reply, document.get("data"), "data[].id")
            if not document.get("next_page"):
                return found
            page += 1

    def _ask(self, method: str, path: str, body: Any = None) -> Reply:
        # A PUT done twice is done once; a second DELETE would answer 404.
        return self.door.ask(method, f"api/1/{path}", json=body, reads=method in ("GET", "PUT"))

    def _good(self, reply: Reply, *, holds: Sequence[str] = ()) -> dict[str, Any]:
        """The object of a good answer, empty where it has no body. Raises `PortalRefused`, `PortalAnswerWrong`."""
        if not reply.is_good:
            raise self.door.refused(reply)
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
        return PortalAnswerWrong(portal=self.door.portal.name, address=reply.address, found=found, expected=expected)


def sha1_file(path: Path) -> str:
    """The SHA-1 of a file, which udata computes itself of what it hosts."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()


def _resource(item: OfferedFile) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": item.title,
        "description": item.description,
        "type": "main" if item.table else "documentation",
        "format": item.kind,
        "filesize": item.bytes,
        "extras": {KEY: item.key, f"{OWN}sha256": item.sha256},
    }
    if item.schema_address:
        told["schema"] = {"name": item.schema_name, "version": item.schema_version, "url": item.schema_address}
    if item.kind == "csv":
        return {**told, "filetype": "file", "checksum": {"type": "sha1", "value": sha1_file(item.path)}}
    checksum = {"type": "sha256", "value": item.sha256}
    return {**told, "filetype": "remote", "url": item.address, "mime": item.media_type, "checksum": checksum}


def _normal(item: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A resource in the words of `_resource`, only the fields that are compared."""
    told = {name: item.get(name) for name in COMPARED if name in wanted}
    told["extras"] = _ours(_extras(item))
    told["checksum"] = _checksum(item)
    if "schema" in wanted:
        told["schema"] = {key: (item.get("schema") or {}).get(key) for key in wanted["schema"]}
    return told


def _checksum(item: Mapping[str, Any]) -> dict[str, Any] | None:
    found = item.get("checksum") or None
    return {key: found.get(key) for key in ("type", "value")} if found else None


def _extras(item: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict((item or {}).get("extras") or {})


def _ours(extras: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in extras.items() if key.startswith(OWN)}


def _is_bare_file(item: Mapping[str, Any]) -> bool:
    """Whether this is a hosted file that nobody described, as one is between its sending and its description."""
    return item.get("filetype") == "file" and not item.get("description")


def _place(change: Difference) -> str:
    return change.place.split(".", maxsplit=1)[0]


def _file_name(item: OfferedFile) -> str:
    return f"{item.schema_name.replace('/', '-')}.csv"


def _normal_name(name: str) -> str:
    """A file's name without what portals change in one: case, accents, hyphens for underscores."""
    return _tag(name)


def _tag(word: str) -> str:
    """A keyword as udata keeps it: lower case ASCII, hyphens. Source: udata/tags.py."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(LIGATURES)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
