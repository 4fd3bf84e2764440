"""The map of labelled collectivités by département, one picture an edition, overseas in boxes.

Sources: label/palmares; outlines from `departements.json` (Victor Cazanave, CC BY 4.0, simplified).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
from pipelines.catalogue.rows import read_rows
from pipelines.core.text import Language

CLASSES = ((0, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4–5"), (6, "6 +"))
BOXES = {
    "971": "Guadeloupe",
    "972": "Martinique",
    "973": "Guyane",
    "974": "La Réunion",
    "976": "Mayotte",
    "975": "Saint-Pierre-et-Miquelon",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "986": "Wallis-et-Futuna",
    "987": "Polynésie française",
    "988": "Nouvelle-Calédonie",
}
ASIDE, BOX_HEIGHT = 304, 42


@lru_cache(maxsize=1)
def outlines() -> dict[str, Any]:
    """The outlines by département code, and their frame."""
    path = files(__package__).joinpath("departements.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def shapes() -> str:
    """The outlines, once a page: maps point at them."""
    paths = "".join(f'<path id="dep-{code}" d="{path}"/>' for code, path in outlines()["paths"].items())
    return f'<svg class="hidden" width="0" height="0" aria-hidden="true" focusable="false"><defs>{paths}</defs></svg>'


def colour(count: int) -> str:
    """The class of the colour of a count."""
    return f"q{max(place for place, (least, _) in enumerate(CLASSES) if count >= least)}"


@draws("label/palmares")
def labelled_by_departement(version: Version) -> Iterator[Picture]:
    """One map for each edition of which a laureate with a known département is known."""
    seen = {
        (row["edition"], row["departement_code"], row["territoire_nature"], row["territoire_code"])
        for row in read_rows(version, "palmares")
        if row["departement_code"] and row["territoire_code"]
    }
    known = _known(version)
    for edition in sorted({item[0] for item in seen}):
        counts = Counter(code for year, code, *_ in seen if year == edition)
        yield Picture(
            name=f"carte-{edition}",
            title={
                "fr": f"Collectivités lauréates connues par département – édition {edition}",
                "en": f"Known laureates by département – {edition} edition",
            },
            note={
                "fr": f"{known[edition][0]} Blanc : aucune collectivité labellisée connue. Contours : Victor Cazanave, "
                "CC BY 4.0, simplifiés.",
                "en": f"{known[edition][1]} White: no known awarded authority. Outlines: Victor Cazanave, CC BY 4.0, "
                "simplified.",
            },
            svg={language: _map(edition, counts, language) for language in LANGUAGES},
            figures={language: _figures(counts, language) for language in LANGUAGES},
            table="palmares",
            group="cartes",
            label=edition,
            shapes=shapes(),
        )


def _known(version: Version) -> dict[str, tuple[str, str]]:
    """How many of each edition are known, in French and in English."""
    told: dict[str, tuple[str, str]] = defaultdict(lambda: ("Palmarès partiel.", "Partial award list."))
    for row in read_rows(version, "laureats") if version.table("laureats") else []:
        known, total = row["connus_nombre"], row["total_publie"]
        if total:
            told[row["edition"]] = (f"{known} lauréats connus sur {total}.", f"{known} awarded known of {total}.")
        else:
            told[row["edition"]] = (
                f"{known} lauréats connus ; total non publié.",
                f"{known} awarded known; no published total.",
            )
    return told


def _map(edition: str, counts: Counter[str], language: Language) -> str:
    french, frame = language == "fr", outlines()
    land = "".join(
        f'<use href="#dep-{code}" class="land {colour(counts[code])}"><title>{code} : {counts[code]}</title></use>'
        for code in frame["paths"]
    )
    side = frame["width"] + 4
    boxes = "".join(_box(side, place, code, counts[code]) for place, code in enumerate(BOXES))
    total, places = sum(counts.values()), len(counts)
    title = f"Édition {edition}" if french else f"{edition} edition"
    said = (
        f"{total} collectivités lauréates connues dans {places} départements ou collectivités d'outre-mer ; le tableau "
        "qui suit donne chaque nombre."
        if french
        else f"{total} known laureates in {places} départements or overseas collectivities; the table below has each "
        "number."
    )
    heads = marks.text(side, 22, "Outre-mer" if french else "Overseas", kind="big")
    key = marks.text(side, 545, "Lauréats connus" if french else "Known laureates", kind="small")
    key += marks.legend(side, 570, [(f"q{place}", words) for place, (_, words) in enumerate(CLASSES)], step=50)
    # The land comes first: on a narrow screen, which shows the left of a drawing, it is what is seen.
    width, height = frame["width"] + ASIDE, frame["height"]
    return marks.drawing(f"carte-{edition}-{language}", width, height, title, said, land, heads, boxes, key)


def _box(side: int, place: int, code: str, count: int) -> str:
    y = 34 + place * (BOX_HEIGHT + 3)
    return (
        f'<rect class="frame" x="{side}" y="{y}" width="250" height="{BOX_HEIGHT}" rx="3"/>'
        + marks.bar(side + 4, y + 4, 34, BOX_HEIGHT - 8, f"{colour(count)} key")
        + marks.text(side + 48, y + 26, BOXES[code], kind="small")
        + marks.text(side + 240, y + 26, str(count), anchor="end", kind="small")
    )


def _figures(counts: Counter[str], language: Language) -> Figures:
    heads = ("Département", "Lauréats connus") if language == "fr" else ("Département", "Known laureates")
    return Figures(heads, [(code, str(count)) for code, count in sorted(counts.items())])
