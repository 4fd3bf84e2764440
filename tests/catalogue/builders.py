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
    a_finding,
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
    """The catalogue of the releases that are in `outputs`."""
    write_catalogue(outputs / "releases", outputs / "catalogue", base_url=base)
    return outputs / "catalogue"


def texts_published(
    outputs: Path,
    package: str,
    table: str,
    rows: Sequence[Mapping[str, str]],
    warnings: Sequence[Warned] = (),
    *,
    example: bool = False,
) -> None:
    """A version of a package with one table, whose columns are texts under a made-up key. `example`: all is made up."""
    names = ["cle", *rows[0]]
    schema = a_schema(table, {"title": table, "fields": [field(name) for name in names], "primaryKey": ["cle"]})
    told: list[Row] = [{"cle": f"{place:04d}", **row} for place, row in enumerate(rows)]
    made = a_table(told, schema)
    described = a_package([table], name=package)
    request = a_request(
        package=described.as_example() if example else described,
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


CHECKS: list[Row] = [
    {
        "suivi_id": f"s{n:03d}",
        "annee": "2025",
        "regle": f"R-0{1 + n % 2}",
        "resultat": result,
        "clos": None if n else "2026-01-02T10:00:00Z",
        "note": note,
    }
    for n, (result, note) in enumerate(
        [
            ("conforme", "à l'heure"),
            ("non_conforme", "En retard | trop"),
            ("non_conforme", "mois d'août"),
            ("a_verifier", None),
        ]
    )
]


def checks_published(outputs: Path, rows: Sequence[Row] = CHECKS) -> None:
    """The package `suivi`: checks by rule, the table of the codes of their results, that of the rules' names, and a
    finding on one of its rows; all invented."""
    fields = [
        field("suivi_id"),
        field("annee", "year"),
        field("regle"),
        field("resultat", constraints={"enum": ["conforme", "non_conforme", "a_verifier"]}),
        field("clos", "datetime"),
        field("note"),
    ]
    key = {"fields": ["resultat"], "reference": {"resource": "codes_resultats", "fields": ["code"]}}
    codes = {
        "title": "Codes : résultats",
        "fields": [field("code"), field("libelle_fr"), field("libelle_en")],
        "primaryKey": ["code"],
    }
    names = {
        "title": "Règles",
        "fields": [field("regle"), field("libelle"), field("libelle_en")],
        "primaryKey": ["regle"],
    }
    raw = {
        "suivi": {"title": "Suivi", "fields": fields, "primaryKey": ["suivi_id"], "foreignKeys": [key]},
        "codes_resultats": codes,
        "regles": names,
    }
    told: dict[str, Sequence[Row]] = {
        "suivi": rows,
        "codes_resultats": [
            {"code": "conforme", "libelle_fr": "Conforme", "libelle_en": "Complies"},
            {"code": "non_conforme", "libelle_fr": "Non conforme", "libelle_en": "Does not comply"},
            {"code": "a_verifier", "libelle_fr": "À vérifier", "libelle_en": "To check"},
        ],
        "regles": [
            {"regle": "R-01", "libelle": "Durée de l'affichage", "libelle_en": "Length of display"},
            {"regle": "R-02", "libelle": "Avis dans la presse", "libelle_en": "Notice in the press"},
        ],
    }
    finding = a_finding(
        regle="R-09", table="suivi", cle="s001", champ="note", resultat="a_verifier", base="la table suivi"
    )
    tables_published(outputs, "suivi", raw, told, [finding])


def placed_checks(outputs: Path) -> None:
    """The package `procedures`: one procedure in one commune, and three checks on it."""
    single: dict[str, Any] = {
        "fields": ["procedure_id"],
        "reference": {"resource": "procedures", "fields": ["procedure_id"]},
    }
    raw = {
        "procedures": {
            "title": "Procédures",
            "fields": [field("procedure_id"), field("titre"), field("territoire_code"), field("departement_code")],
            "primaryKey": ["procedure_id"],
        },
        "controles": {
            "title": "Contrôles",
            "fields": [field("procedure_id"), field("regle"), field("resultat")],
            "primaryKey": ["procedure_id", "regle"],
            "foreignKeys": [single],
        },
        "regles": {
            "title": "Règles",
            "fields": [field("regle"), field("libelle"), field("libelle_en")],
            "primaryKey": ["regle"],
        },
    }
    results = {"R-01": "conforme", "R-02": "a_verifier", "R-09": "a_verifier"}
    told: dict[str, Sequence[Row]] = {
        "procedures": [
            {"procedure_id": "p1", "titre": "Cession", "territoire_code": "01001", "departement_code": "01"}
        ],
        "controles": [{"procedure_id": "p1", "regle": rule, "resultat": result} for rule, result in results.items()],
        "regles": [{"regle": "R-02", "libelle": "Avis dans la presse", "libelle_en": "Notice in the press"}],
    }
    tables_published(outputs, "procedures", raw, told, [])


def tables_published(
    outputs: Path,
    package: str,
    raw: Mapping[str, Mapping[str, Any]],
    rows: Mapping[str, Sequence[Row]],
    findings: Sequence[Row],
) -> None:
    """A version of a package with these tables, by their schemas and rows."""
    schemas = {name: a_schema(name, document) for name, document in raw.items()}
    tables = {name: a_table(rows[name], schema) for name, schema in schemas.items()}
    request = a_request(
        package=a_package(list(raw), name=package, title=f"{package.capitalize()} : essai", title_en="Invented"),
        schemas=schemas,
        tables=tables,
        provenance={name: provenance_of(table, schemas[name].primary_key) for name, table in tables.items()},
        findings=findings,
        steps={},
    )
    published(request, outputs / "releases")
