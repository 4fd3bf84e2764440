"""Arobases by edition, among known laureates. Source: label/palmares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
from pipelines.catalogue.questions.asking import both
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said

LEVELS = ("1", "2", "3", "4", "5")
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 900, 400, 50, 55, 40


@draws("label/palmares")
def arobases_by_edition(version: Version) -> Iterator[Picture]:
    """Stacked bars, one an edition: laureates whose level is known."""
    seen = {
        (row["edition"], row["arobases"], row["territoire_code"] or row["nom_publie"])
        for row in read_rows(version, "palmares")
        if row["arobases"] in LEVELS
    }
    if not seen:
        return
    editions = sorted({edition for edition, *_ in seen})
    counts = {
        edition: {level: sum(one[:2] == (edition, level) for one in seen) for level in LEVELS} for edition in editions
    }
    yield Picture(
        name="arobases-par-edition",
        title=Said("Niveaux connus par édition", "Known levels by edition"),
        finding=both(_finding(counts, "fr"), _finding(counts, "en")),
        note=Said(
            "Lauréats dont la page qui les nomme donne le niveau ; les palmarès publiés sont partiels et nomment "
            "plus souvent les cinq arobases.",
            "Awarded local authorities whose level is given by the page that names them; published lists are partial "
            "and name five arobases more often.",
        ),
        svg={language: _bars(counts, language) for language in LANGUAGES},
        narrow={language: _narrow(counts, language) for language in LANGUAGES},
        figures={language: _figures(counts, language) for language in LANGUAGES},
        table="palmares",
    )


def _finding(counts: Mapping[str, Mapping[str, int]], language: Language) -> str:
    """How many of the levels that are known are the highest."""
    words = Wording(language)
    total, highest = (sum(levels[item] for levels in counts.values() for item in of) for of in (LEVELS, LEVELS[-1:]))
    return words.choose(
        f"{words.counted(highest, 'niveau connu', 'niveaux connus')} sur {words.number(total)} "
        f"{'est' if highest < 2 else 'sont'} au maximum : cinq arobases",
        f"{words.counted(highest, 'known level', 'known levels')} of {words.number(total)} "
        f"{'is' if highest == 1 else 'are'} the highest: five arobases",
    )


def _bars(counts: Mapping[str, Mapping[str, int]], language: Language) -> str:
    totals = {edition: sum(levels.values()) for edition, levels in counts.items()}
    scale = marks.ticks(max(totals.values()))
    reach = HEIGHT - TOP - BOTTOM
    step = (WIDTH - LEFT - 10) / len(counts)
    drawn = []
    for value in scale:
        y = HEIGHT - BOTTOM - reach * value / scale[-1]
        drawn += [marks.line([(LEFT, y), (WIDTH - 10, y)], "rule-line")]
        drawn += [marks.text(LEFT - 8, y + 5, f"{value:g}", anchor="end", kind="small")]
    for place, (edition, levels) in enumerate(counts.items()):
        x, y = LEFT + place * step + step * 0.15, float(HEIGHT - BOTTOM)
        for level in LEVELS:
            tall = reach * levels[level] / scale[-1]
            y -= tall
            if tall:
                drawn.append(marks.bar(x, y, step * 0.7, tall, f"q{level} key"))
        drawn.append(marks.text(x + step * 0.35, HEIGHT - BOTTOM + 20, edition, anchor="middle", kind="small"))
    key = marks.legend(LEFT, 22, [(f"q{level}", f"{level} @") for level in LEVELS], step=80)
    title = Said("Niveaux connus par édition", "Known levels by edition")[language]
    best = max(totals, key=lambda edition: (totals[edition], edition))
    headline = Said(
        f"Barres empilées, de {min(counts)} à {max(counts)} ; l'édition {best} a le plus de lauréats connus "
        f"({totals[best]}).",
        f"Stacked bars from {min(counts)} to {max(counts)}; the {best} edition has the most known awarded local "
        f"authorities ({totals[best]}).",
    )[language]
    return marks.drawing(f"arobases-{language}", WIDTH, HEIGHT, title, headline, *drawn, key)


def _narrow(counts: Mapping[str, Mapping[str, int]], language: Language) -> str:
    words = Wording(language)
    rows = [
        marks.Row(edition, [(levels[level], f"q{level}") for level in LEVELS], words.number(sum(levels.values())))
        for edition, levels in counts.items()
    ]
    title = words.choose("Niveaux connus par édition", "Known levels by edition")
    entries = [(f"q{level}", f"{level} @") for level in LEVELS]
    return marks.narrow(f"arobases-{language}", title, _finding(counts, language), rows, entries)


def _figures(counts: Mapping[str, Mapping[str, int]], language: Language) -> Figures:
    heads = [Said("Édition", "Edition")[language], *(f"{level} @" for level in LEVELS)]
    return Figures(heads, [[edition, *(str(levels[item]) for item in LEVELS)] for edition, levels in counts.items()])
