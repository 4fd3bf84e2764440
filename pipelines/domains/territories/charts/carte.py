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
from xml.sax.saxutils import escape

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said

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
ASIDE, BOX_HEIGHT = 330, 42
RING, RING_FRAME = ("75", "92", "93", "94"), "304 132.6 20.8 24.6"


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
            title=Said(
                f"Collectivités lauréates connues par département – édition {edition}",
                f"Known awarded local authorities by département – {edition} edition",
            ),
            finding=Said(_finding(edition, counts, "fr"), _finding(edition, counts, "en")),
            note=Said(
                f"{known[edition].fr} 0 : aucune collectivité labellisée connue. "
                "Contours : Victor Cazanave, "
                "CC BY 4.0, simplifiés.",
                f"{known[edition].en} 0: no known awarded local authority. "
                "Outlines: Victor Cazanave, "
                "CC BY 4.0, simplified.",
            ),
            svg={language: _map(edition, counts, language) for language in LANGUAGES},
            narrow={language: _map(edition, counts, language, is_narrow=True) for language in LANGUAGES},
            figures={language: _figures(counts, language) for language in LANGUAGES},
            table="palmares",
            group="cartes",
            label=edition,
            shapes=shapes(),
        )


def _finding(edition: str, counts: Counter[str], language: Language) -> str:
    """How many are known, where, and where the most are."""
    words, total = Wording(language), sum(counts.values())
    most = max(counts.values())
    first = [_called(code) for code in sorted(counts) if counts[code] == most]
    bodies = words.counted(
        total,
        words.choose("collectivité labellisée connue", "known awarded local authority"),
        words.choose("collectivités labellisées connues", "known awarded local authorities"),
    )
    places = words.counted(len(counts), words.choose("territoire", "area"), words.choose("territoires", "areas"))
    leading = f", {words.choose('surtout', 'mostly')} {first[0]} ({most})" if len(first) == 1 < len(counts) else ""
    return words.choose(
        f"Édition {edition} : {bodies} dans {places}{leading}", f"{edition} edition: {bodies} in {places}{leading}"
    )


def _called(code: str) -> str:
    """The name of a département or overseas collectivity; its code where none is known."""
    name: str = BOXES.get(code) or outlines()["names"].get(code, code)
    return name


def _known(version: Version) -> dict[str, Said]:
    """How many of each edition are known, in French and in English."""
    notes: dict[str, Said] = defaultdict(lambda: Said("Palmarès partiel.", "Partial award list."))
    for row in read_rows(version, "laureats") if version.table("laureats") else []:
        known, total = row["connus_nombre"], row["total_publie"]
        if total:
            notes[row["edition"]] = Said(f"{known} lauréats connus sur {total}.", f"{known} awarded known of {total}.")
        else:
            notes[row["edition"]] = Said(
                f"{known} lauréats connus ; total non publié.",
                f"{known} awarded known; no published total.",
            )
    return notes


def _map(edition: str, counts: Counter[str], language: Language, *, is_narrow: bool = False) -> str:
    frame = outlines()
    land = "".join(_land(code, counts[code]) for code in frame["paths"]) + _inset(counts)
    side = frame["width"] + 4
    total, places = sum(counts.values()), len(counts)
    title = Said(f"Édition {edition}", f"{edition} edition")[language]
    headline = Said(
        f"{total} collectivités lauréates connues dans {places} départements ou collectivités d'outre-mer ; le tableau "
        "qui suit donne chaque nombre.",
        f"{total} known awarded local authorities in {places} départements or overseas collectivities; the table below "
        "has each number.",
    )[language]
    width, height = frame["width"], frame["height"]
    if is_narrow:
        tall = round(marks.PHONE * height / width)
        known = [code for code in BOXES if counts[code]]
        boxes = "".join(_box(4, place, code, counts[code], tall + 70) for place, code in enumerate(known))
        small = f'<svg width="{marks.PHONE}" height="{tall}" viewBox="0 0 {width} {height}">{land}</svg>'
        key = marks.text(5, 13, "Paris", kind="small")
        key += marks.text(
            4, tall + 20, Said("Lauréats connus", "Known awarded local authorities")[language], kind="small"
        )
        key += marks.legend(4, tall + 46, [(f"q{place}", words) for place, (_, words) in enumerate(CLASSES)], step=56)
        bottom = tall + 76 + len(known) * (BOX_HEIGHT + 3)
        name = f"carte-{edition}-{language}-etroit"
        return marks.drawing(name, marks.PHONE, bottom, title, headline, small, key, boxes)
    boxes = "".join(_box(side, place, code, counts[code]) for place, code in enumerate(BOXES))
    heads = marks.text(10, 20, "Paris", kind="small")
    heads += marks.text(side, 22, Said("Outre-mer", "Overseas")[language], kind="big")
    key = marks.text(side, 545, Said("Lauréats connus", "Known awarded")[language], kind="small")
    key += marks.legend(side, 570, [(f"q{place}", words) for place, (_, words) in enumerate(CLASSES)], step=54)
    # The land comes first: on a narrow screen, which shows the left of a drawing, it is what is seen.
    return marks.drawing(f"carte-{edition}-{language}", width + ASIDE, height, title, headline, land, heads, boxes, key)


def _land(code: str, count: int) -> str:
    label = f"{escape(_called(code))} ({code}) : {count}"
    return f'<use href="#dep-{code}" class="land {colour(count)}" data-code="{code}"><title>{label}</title></use>'


def _inset(counts: Counter[str]) -> str:
    """Paris and its ring, five times as large: on the map they are smaller than a fingertip."""
    land = "".join(_land(code, counts[code]) for code in RING)
    return (
        f'<svg x="8" y="28" width="93" height="110" viewBox="{RING_FRAME}"><g class="ring">{land}</g></svg>'
        + '<rect class="frame" x="8" y="28" width="93" height="110" rx="3"/>'
    )


def _box(side: int, place: int, code: str, count: int, top: int = 34) -> str:
    y = top + place * (BOX_HEIGHT + 3)
    return (
        f'<rect class="frame" x="{side}" y="{y}" width="250" height="{BOX_HEIGHT}" rx="3"/>'
        + marks.bar(side + 4, y + 4, 34, BOX_HEIGHT - 8, f"{colour(count)} key")
        + marks.text(side + 48, y + 26, BOXES[code], kind="small")
        + marks.text(side + 240, y + 26, str(count), anchor="end", kind="small")
    )


def _figures(counts: Counter[str], language: Language) -> Figures:
    heads = (
        ("Département", "Lauréats connus") if language == "fr" else ("Département", "Known awarded local authorities")
    )
    return Figures(heads, [(code, str(count)) for code, count in sorted(counts.items())])
