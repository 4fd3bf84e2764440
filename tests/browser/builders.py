"""Releases to be looked at: several versions, a retraction, a signed one, and a table of many rows. All invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page

from pipelines.releases.retract import retract
from pipelines.releases.signature import new_key
from tests.catalogue.builders import an_award, checks_published, published, texts_published
from tests.releases.builders import PRIZES, Row, a_finding, a_package, a_request, prizes

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
MANY = 140_000
COMPARED = [
    {
        "indicateur": indicator,
        "serie": series,
        "zone": zone,
        "annee_observation": year,
        "part": part,
        "definition": "Part de ceux qui ont rempli un formulaire en ligne",
        "population_de_reference": "% des internautes",
        "rupture_avant": "false",
        "producteur": "Commission inventée",
    }
    for indicator, series, year, shares in (
        ("echanges_en_ligne", "article_2017", "", ("48", "32")),
        ("desi_5a1_egovu", "desi_2020_recalcule", "2015", ("54.58", "57.05")),
    )
    for zone, part in zip(("france", "ue28"), shares, strict=True)
]


def shown_releases(outputs: Path) -> None:
    """`prix`: 1.0.0 to 1.1.0, of which 1.0.2 is retracted, all signed; `foule`: one version of many rows;
    `label`: two editions on a map; `suivi`: checks by rule, with labels for their codes; `territoires-numeriques`: what
    one question is answered from."""
    releases, key = outputs / "releases", new_key(outputs / "key")
    (outputs / "allowed_signers").write_text(f"arobase {key.public_line}\n", encoding="utf-8")
    more = [
        *PRIZES,
        *({"prix_id": f"q{n:03d}", "annee": "2025", "nom": f"Hameau n° {n}", "part": "0.10"} for n in range(60)),
    ]
    steps = [
        a_request(snapshot="01" * 32),
        a_request(prizes(p1={"arobases": "4"}), snapshot="02" * 32),
        a_request(prizes(p1={"arobases": "1"}), snapshot="03" * 32),
        a_request(more, snapshot="04" * 32, findings=[a_finding(), a_finding(2, regle="R-2", resultat="non_conforme")]),
    ]
    # What is unsigned comes first: once a log is signed, nothing is added to it without its key.
    # Names that compress badly, as real ones do: a file under 256 kB would be fetched whole.
    crowd: list[Row] = [
        {
            "prix_id": f"c{n:06d}",
            "annee": "2024",
            "nom": f"Lieu {n} {n * 2654435761 % (1 << 32):08x}",
            "arobases": str(1 + n % 5),
            "niveau": "or",
        }
        for n in range(MANY)
    ]
    told = [("2024", "01001", "01", "5"), ("2025", "97113", "971", "5"), ("2025", "2A004", "2A", "3")]
    awards = [an_award(*one) | {"territoire_nom": f"Lieu {one[1]}"} for one in told]
    awards[0]["nom_publie"] = "Vieux Nom"
    texts_published(outputs, "label", "palmares", awards)
    checks_published(outputs)
    texts_published(outputs, "territoires-numeriques", "comparaison_europe", COMPARED)
    published(
        a_request(crowd, package=a_package(name="foule", title="Foule inventée", title_en="Invented crowd")), releases
    )
    for place, request in enumerate(steps):
        published(replace(request, created=START + timedelta(days=place)), releases, key=key)
    retract(releases, "prix", "1.0.2", "Valeur fausse dans la source.", now=START + timedelta(days=9), key=key)


def open_table(page: Page, address: str, path: str = "prix/table-prix.html") -> Page:
    """Open the page of a table and wait until its preview has read the file, or has given up."""
    page.goto(address + path)
    page.wait_for_selector(".preview[data-state]")
    return page


def names(page: Page) -> list[str]:
    """The third column of the preview: names."""
    return [cell.inner_text() for cell in page.locator(".rows tbody tr td:nth-of-type(3)").all()]
