"""Releases to show: real ones, made by `pipelines.releases` in a temporary folder. All that is in them is invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.catalogue import write_catalogue
from pipelines.releases import ReleaseRequest, Warned, publish
from pipelines.releases.retract import retract
from pipelines.releases.signature import SigningKey
from tests.releases.builders import (
    Row,
    a_package,
    a_request,
    a_schema,
    a_table,
    field,
    prizes,
    provenance_of,
)

BASE = "https://data.example.org/arobase/"


def published(request: ReleaseRequest, releases: Path, *, key: SigningKey | None = None) -> None:
    """Publish, and insist that a version came of it."""
    outcome = publish(request, releases, key=key)
    assert type(outcome).__name__ == "Published", outcome


def two_versions(outputs: Path, *, key: SigningKey | None = None, **more: Any) -> Path:
    """The folder `releases` in `outputs`, with one package in versions 1.0.0 and 1.0.1."""
    releases = outputs / "releases"
    published(a_request(**more), releases, key=key)
    later = a_request(prizes(p1={"arobases": "4"}), snapshot="cd" * 32, **more)
    published(replace(later, created=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)), releases, key=key)
    return releases


def another_package(outputs: Path, name: str = "medailles", **more: Any) -> Path:
    """The folder `releases` in `outputs`, with one version of another package."""
    releases = outputs / "releases"
    told: Mapping[str, Any] = {"title": "Médailles inventées", "title_en": "Invented medals", **more}
    published(a_request(package=a_package(name=name, **told)), releases)
    return releases


def retracted(outputs: Path, version: str = "1.0.1", reason: str = "Valeur fausse dans la source.") -> Path:
    """Two versions, one of them retracted."""
    releases = two_versions(outputs)
    retract(releases, "prix", version, reason, now=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC))
    return releases


def a_catalogue(outputs: Path, base: str = BASE) -> Path:
    """The catalogue of the releases that stand in `outputs`."""
    write_catalogue(outputs / "releases", outputs / "catalogue", base_url=base)
    return outputs / "catalogue"


def texts_published(
    outputs: Path, package: str, table: str, rows: Sequence[Mapping[str, str]], warnings: Sequence[Warned] = ()
) -> None:
    """A version of a package with one table, whose columns are texts under a made-up key."""
    names = ["cle", *rows[0]]
    schema = a_schema(table, {"title": table, "fields": [field(name) for name in names], "primaryKey": ["cle"]})
    told: list[Row] = [{"cle": f"{place:04d}", **row} for place, row in enumerate(rows)]
    made = a_table(told, schema)
    request = a_request(
        package=a_package([table], name=package),
        schemas={table: schema},
        tables={table: made},
        provenance={table: provenance_of(made, ["cle"])},
        steps={},
        warnings=tuple(warnings),
    )
    published(request, outputs / "releases")


def an_award(edition: str, code: str, departement: str, arobases: str = "5", nature: str = "commune") -> dict[str, str]:
    return {
        "edition": edition,
        "territoire_code": code,
        "territoire_nature": nature,
        "departement_code": departement,
        "arobases": arobases,
        "nom_publie": f"Lieu {code}",
    }
