"""Who is covered: the Lorenz curve, coverage by size of municipality, and the comparison with Europe.

Sources: territoires-numeriques/inegalites, couverture_tailles, comparaison_europe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language

Rows = Sequence[dict[str, str]]
PARTIAL: dict[Language, str] = {
    "fr": "Seuls les lauréats connus sont comptés : ces nombres sont des minimums.",
    "en": "Only known laureates are counted: these numbers are minima.",
}
CLASSES: dict[str, dict[Language, str]] = {
    "moins_3000": {"fr": "moins de 3 000 habitants", "en": "under 3,000 people"},
    "3000_19999": {"fr": "3 000 à 19 999", "en": "3,000 to 19,999"},
    "20000_99999": {"fr": "20 000 à 99 999", "en": "20,000 to 99,999"},
    "100000_et_plus": {"fr": "100 000 et plus", "en": "100,000 and more"},
    "moins_2000": {"fr": "rural (moins de 2 000)", "en": "rural (under 2,000)"},
    "2000_et_plus": {"fr": "urbain (2 000 et plus)", "en": "urban (2,000 and more)"},
}
COMPARED: dict[tuple[str, str, str], dict[Language, str]] = {
    ("echanges_en_ligne", "", "france"): {"fr": "France, cité en 2017", "en": "France, quoted in 2017"},
    ("echanges_en_ligne", "", "ue28"): {"fr": "Europe, cité en 2017", "en": "Europe, quoted in 2017"},
    ("desi_5a1_egovu", "2015", "france"): {"fr": "France, 2015 (DESI 2020)", "en": "France, 2015 (DESI 2020)"},
    ("desi_5a1_egovu", "2015", "ue28"): {"fr": "Europe à 28, 2015 (DESI 2020)", "en": "EU of 28, 2015 (DESI 2020)"},
}
SIDE, LEFT, TOP = 420, 60, 20


@draws("territoires-numeriques/courbes_inegalites")
def lorenz(version: Version) -> Iterator[Picture]:
    """The curve of the last edition of which enough laureates are known, between départements; none, no picture."""
    rows = [one for one in read_rows(version, "courbes_inegalites") if one["decoupage"] == "departement"]
    if not rows:
        return
    edition = max(one["edition"] for one in rows)
    chosen = [one for one in rows if one["edition"] == edition]
    measured = [one for one in read_rows(version, "inegalites") if one["decoupage"] == "departement"]
    measure = next(one for one in measured if one["edition"] == edition)
    points = [(float(one["part_population_cumulee"]), float(one["part_couverte_cumulee"] or 0)) for one in chosen]
    gini = float(measure["gini"])
    yield Picture(
        name="lorenz",
        title={
            "fr": f"Inégalité de couverture entre départements, édition {edition}",
            "en": f"Inequality of coverage between départements, {edition} edition",
        },
        note={
            language: f"{'Indice de Gini' if language == 'fr' else 'Gini index'} : "
            f"{Wording(language).number(gini, 3)} ({_between(measure, language)}). {PARTIAL[language]}"
            for language in LANGUAGES
        },
        svg={language: _curve(edition, points, gini, language) for language in LANGUAGES},
        figures={language: _curve_figures(points, language) for language in LANGUAGES},
        table="courbes_inegalites",
    )


def _between(measure: dict[str, str], language: Language) -> str:
    """Between which values the index lies, whatever the laureates that are not known."""
    words = Wording(language)
    least, most = (words.number(float(measure[name]), 3) for name in ("gini_minimum", "gini_maximum"))
    known = f"{measure['connus_nombre']} / {measure['total_publie']}"
    return words.choose(
        f"entre {least} et {most} selon les lauréats non connus ; {known} connus",
        f"between {least} and {most} depending on the unknown; {known} known",
    )


def _curve(edition: str, points: Sequence[tuple[float, float]], gini: float, language: Language) -> str:
    french, words = language == "fr", Wording(language)
    drawn = []
    for part in (0, 25, 50, 75, 100):
        x, y = LEFT + SIDE * part / 100, TOP + SIDE * (1 - part / 100)
        drawn += [marks.line([(LEFT, y), (LEFT + SIDE, y)], "rule-line")]
        drawn += [marks.text(LEFT - 8, y + 5, words.share(part, 100).replace(",0", "").replace(".0", ""), anchor="end")]
        drawn += [marks.text(x, TOP + SIDE + 22, str(part), anchor="middle", kind="small")]
    drawn.append(marks.line([(LEFT, TOP + SIDE), (LEFT + SIDE, TOP)], "axis l3"))
    drawn.append(marks.line([(LEFT + SIDE * x, TOP + SIDE * (1 - y)) for x, y in points], "l1"))
    across = "Part cumulée de la population (%)" if french else "Cumulated share of the population (%)"
    upward = "Part cumulée des habitants couverts" if french else "Cumulated share of people covered"
    drawn.append(marks.text(LEFT, TOP + SIDE + 46, across, kind="small"))
    aside = LEFT + SIDE + 30
    drawn += [marks.line([(aside, 40), (aside + 34, 40)], "l1"), marks.text(aside + 44, 45, upward, kind="small")]
    equal = "Égalité parfaite" if french else "Perfect equality"
    drawn += [marks.line([(aside, 70), (aside + 34, 70)], "l3"), marks.text(aside + 44, 75, equal, kind="small")]
    drawn.append(marks.text(aside, 120, f"Gini {words.number(gini, 3)}", kind="big"))
    title = f"Courbe de Lorenz, édition {edition}" if french else f"Lorenz curve, {edition} edition"
    said = (
        f"La courbe s'écarte de l'égalité : indice de Gini {words.number(gini, 3)}."
        if french
        else f"The curve lies away from equality: Gini index {words.number(gini, 3)}."
    )
    return marks.drawing(f"lorenz-{language}", LEFT + SIDE + 330, TOP + SIDE + 60, title, said, *drawn)


def _curve_figures(points: Sequence[tuple[float, float]], language: Language) -> Figures:
    words = Wording(language)
    heads = (
        ("Population cumulée", "Couverts cumulés") if language == "fr" else ("People, cumulated", "Covered, cumulated")
    )
    return Figures(heads, [(words.share(x, 1), words.share(y, 1)) for x, y in points])


@draws("territoires-numeriques/couverture_tailles")
def coverage_by_size(version: Version) -> Iterator[Picture]:
    """Share of people covered by class of municipality, last edition of which enough laureates are known."""
    rows = [
        one
        for one in read_rows(version, "couverture_tailles")
        if one["classe"] in CLASSES and one.get("etat") == "calcule"
    ]
    if not rows:
        return
    edition = max(one["edition"] for one in rows)
    known = {one["classe"]: one for one in rows if one["edition"] == edition}
    chosen = [known[name] for name in CLASSES if name in known]
    yield Picture(
        name="couverture-par-taille",
        title={
            "fr": f"Habitants couverts par taille de commune, édition {edition}",
            "en": f"People covered by size of municipality, {edition} edition",
        },
        note=PARTIAL,
        svg={
            language: _shares(
                f"tailles-{language}",
                "Habitants couverts" if language == "fr" else "People covered",
                [(CLASSES[one["classe"]][language], 100 * float(one["part_population"] or 0)) for one in chosen],
                language,
            )
            for language in LANGUAGES
        },
        figures={language: _size_figures(chosen, language) for language in LANGUAGES},
        table="couverture_tailles",
    )


def _size_figures(rows: Rows, language: Language) -> Figures:
    words = Wording(language)
    heads = (
        ("Classe", "Communes", "Couvertes", "Habitants couverts", "Part")
        if language == "fr"
        else ("Class", "Municipalities", "Covered", "People covered", "Share")
    )
    lines = [
        (
            CLASSES[one["classe"]][language],
            words.number(int(one["communes_nombre"])),
            words.number(int(one["communes_couvertes_nombre"])),
            words.number(int(one["population_couverte"])),
            words.share(int(one["population_couverte"]), int(one["population"])),
        )
        for one in rows
    ]
    return Figures(heads, lines)


@draws("territoires-numeriques/comparaison_europe")
def europe(version: Version) -> Iterator[Picture]:
    """France and the average: as quoted in 2017, and the same year by the later definition. They are not one series."""
    rows = read_rows(version, "comparaison_europe")
    chosen = [
        (label, float(row["part"]))
        for (indicator, year, zone), label in COMPARED.items()
        for row in rows
        if (row["indicateur"], row.get("annee_observation", ""), row["zone"]) == (indicator, year, zone)
    ]
    if not chosen:
        return
    yield Picture(
        name="europe",
        title={
            "fr": "Échanges en ligne avec l'administration, France et moyenne européenne",
            "en": "On-line exchanges with administrations, France and the European average",
        },
        note={
            "fr": "Les deux premiers chiffres sont cités par un article de 2017, qui n'en donne ni l'année ni la "
            "définition : ce qu'ils mesurent n'est pas prouvé. Les deux suivants sont recalculés par la Commission "
            "pour "
            "2015, parmi les seuls internautes qui avaient un formulaire à remettre. Le dénominateur change le sens "
            "de la "
            "comparaison : on ne passe pas de l'un à l'autre.",
            "en": "The first two figures are quoted by an article of 2017, with neither year nor definition: what they "
            "measure is not proved. The next two were computed again by the Commission for 2015, among internet users "
            "who "
            "had a form to send. The denominator turns the comparison over: they are not one series.",
        },
        svg={
            language: _shares(
                f"europe-{language}",
                "Échanges en ligne" if language == "fr" else "Exchanges on line",
                [(label[language], part) for label, part in chosen],
                language,
            )
            for language in LANGUAGES
        },
        figures={
            language: Figures(
                ("Zone", "Part" if language == "fr" else "Share"),
                [(label[language], Wording(language).share(part, 100)) for label, part in chosen],
            )
            for language in LANGUAGES
        },
        table="comparaison_europe",
    )


def _shares(name: str, title: str, parts: Sequence[tuple[str, float]], language: Language) -> str:
    """Bars from left to right, in per cent of a scale that fits them."""
    words, left, width, tall = Wording(language), 230, 560, 42
    scale = marks.ticks(max(part for _, part in parts))
    drawn = []
    for value in scale:
        x = left + width * value / scale[-1]
        drawn += [marks.line([(x, 10), (x, 16 + tall * len(parts))], "rule-line")]
        drawn += [
            marks.text(
                x,
                36 + tall * len(parts),
                f"{words.number(value, 0 if value == int(value) else 1)} %",
                anchor="middle",
                kind="small",
            )
        ]
    for place, (label, part) in enumerate(parts):
        y = 14 + place * tall
        drawn += [marks.text(left - 12, y + 22, label, anchor="end", kind="small")]
        drawn += [marks.bar(left, y + 4, max(width * part / scale[-1], 1), tall - 16, "f1")]
        drawn += [marks.text(left + width * part / scale[-1] + 8, y + 22, words.share(part, 100), kind="small")]
    said = " ; ".join(f"{label} : {words.share(part, 100)}" for label, part in parts)
    return marks.drawing(name, left + width + 90, 50 + tall * len(parts), title, said, *drawn)
