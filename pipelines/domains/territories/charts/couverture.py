"""Who is covered: the Lorenz curve, coverage by size of municipality, and the comparison with Europe.

Sources: territoires-numeriques/inegalites, couverture_tailles, comparaison_europe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
from pipelines.catalogue.questions.asking import tenth
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said, in_both

Rows = Sequence[dict[str, str]]
PARTIAL: Said = Said(
    "Seuls les lauréats connus sont comptés : ces nombres sont des minimums.",
    "Only known awarded local authorities are counted: these numbers are minima.",
)
SCALE: Said = Said(
    "0 : tous les départements sont couverts de même ; 1 : un seul concentre tout.",
    "0: all départements are covered alike; 1: a single one has it all.",
)
CLASSES: dict[str, Said] = {
    "moins_3000": Said("moins de 3 000 habitants", "under 3,000 people"),
    "3000_19999": Said("3 000 à 19 999", "3,000 to 19,999"),
    "20000_99999": Said("20 000 à 99 999", "20,000 to 99,999"),
    "100000_et_plus": Said("100 000 et plus", "100,000 and more"),
    "moins_2000": Said("rural (moins de 2 000)", "rural (under 2,000)"),
    "2000_et_plus": Said("urbain (2 000 et plus)", "urban (2,000 and more)"),
}
COMPARED: dict[tuple[str, str, str], Said] = {
    ("echanges_en_ligne", "", "france"): Said("France, cité en 2017", "France, quoted in 2017"),
    ("echanges_en_ligne", "", "ue28"): Said("Europe, cité en 2017", "Europe, quoted in 2017"),
    ("desi_5a1_egovu", "2015", "france"): Said("France, 2015 (DESI 2020)", "France, 2015 (DESI 2020)"),
    ("desi_5a1_egovu", "2015", "ue28"): Said("Europe à 28, 2015 (DESI 2020)", "EU of 28, 2015 (DESI 2020)"),
}
WIDE, LEFT, TOP = 420, 60, 20


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
        title=Said(
            f"Inégalité de couverture entre départements, édition {edition}",
            f"Inequality of coverage between départements, {edition} edition",
        ),
        finding=Said(
            f"Couverture inégale entre départements : indice de Gini de {Wording('fr').number(gini, 3)} sur 1",
            f"Unequal coverage between départements: a Gini index of {Wording('en').number(gini, 3)} out of 1",
        ),
        note=in_both(lambda language: f"{SCALE[language]} {_between(measure, language)}"),
        svg={language: _curve(edition, points, gini, language) for language in LANGUAGES},
        narrow={language: _curve(edition, points, gini, language, is_narrow=True) for language in LANGUAGES},
        figures={language: _curve_figures(points, language) for language in LANGUAGES},
        table="courbes_inegalites",
    )


def _between(measure: dict[str, str], language: Language) -> str:
    """Between which values the index lies, whatever the laureates that are not known."""
    words = Wording(language)
    least, most = (words.number(float(measure[name]), 3) for name in ("gini_minimum", "gini_maximum"))
    known = f"{measure['connus_nombre']} / {measure['total_publie']}"
    return words.choose(
        f"Seules les collectivités labellisées connues sont comptées ({known}) : l'indice réel est entre {least} et "
        f"{most}.",
        f"Only the awarded that are known are counted ({known}): the real index is between {least} and {most}.",
    )


def _curve(
    edition: str, points: Sequence[tuple[float, float]], gini: float, language: Language, *, is_narrow: bool = False
) -> str:
    words = Wording(language)
    side = 270 if is_narrow else WIDE
    drawn = []
    for part in (0, 25, 50, 75, 100):
        x, y = LEFT + side * part / 100, TOP + side * (1 - part / 100)
        drawn += [marks.line([(LEFT, y), (LEFT + side, y)], "rule-line")]
        drawn += [marks.text(LEFT - 8, y + 5, words.share(part, 100).replace(",0", "").replace(".0", ""), anchor="end")]
        drawn += [marks.text(x, TOP + side + 22, str(part), anchor="middle", kind="small")]
    drawn.append(marks.line([(LEFT, TOP + side), (LEFT + side, TOP)], "axis l3"))
    drawn.append(marks.line([(LEFT + side * x, TOP + side * (1 - y)) for x, y in points], "l1"))
    across = Said("Part cumulée de la population (%)", "Cumulated share of the population (%)")[language]
    upward = Said("Part cumulée des habitants couverts", "Cumulated share of people covered")[language]
    drawn.append(marks.text(LEFT, TOP + side + 46, across, kind="small"))
    aside, under = (4, TOP + side + 40) if is_narrow else (LEFT + side + 30, 0)
    equal = Said("Égalité parfaite", "Perfect equality")[language]
    for place, (kind, label) in enumerate((("l1", upward), ("l3", equal))):
        y = under + 40 + 30 * place
        drawn += [marks.line([(aside, y), (aside + 34, y)], kind), marks.text(aside + 44, y + 5, label, kind="small")]
    drawn.append(marks.text(aside, under + 120, f"Gini {words.number(gini, 3)}", kind="big"))
    title = Said(f"Courbe de Lorenz, édition {edition}", f"Lorenz curve, {edition} edition")[language]
    headline = Said(
        f"La courbe s'écarte de l'égalité : indice de Gini {words.number(gini, 3)}.",
        f"The curve lies away from equality: Gini index {words.number(gini, 3)}.",
    )[language]
    if is_narrow:
        return marks.drawing(f"lorenz-{language}-etroit", marks.PHONE, TOP + side + 180, title, headline, *drawn)
    return marks.drawing(f"lorenz-{language}", LEFT + side + 330, TOP + side + 60, title, headline, *drawn)


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
        title=Said(
            f"Habitants couverts par taille de commune, édition {edition}",
            f"People covered by size of municipality, {edition} edition",
        ),
        finding=in_both(lambda language: _extremes(chosen, language)),
        note=PARTIAL,
        svg={
            language: _shares(
                f"tailles-{language}",
                Said("Habitants couverts", "People covered")[language],
                [(CLASSES[one["classe"]][language], 100 * float(one["part_population"] or 0)) for one in chosen],
                language,
            )
            for language in LANGUAGES
        },
        narrow={
            language: _narrow_shares(
                f"tailles-{language}",
                Said("Habitants couverts", "People covered")[language],
                [(CLASSES[one["classe"]][language], 100 * float(one["part_population"] or 0)) for one in chosen],
                language,
            )
            for language in LANGUAGES
        },
        figures={language: _size_figures(chosen, language) for language in LANGUAGES},
        table="couverture_tailles",
    )


def _extremes(rows: Rows, language: Language) -> str:
    """The classes of which the least and the most people are covered."""
    words = Wording(language)
    ranked = sorted(rows, key=lambda one: float(one["part_population"] or 0))

    def range_end(one: dict[str, str]) -> str:
        return f"{words.share(float(one['part_population'] or 0), 1)} ({CLASSES[one['classe']][language]})"

    if range_end(ranked[0]) == range_end(ranked[-1]):
        return ""
    return words.choose(
        f"Habitants couverts : de {range_end(ranked[0])} à {range_end(ranked[-1])}",
        f"People covered: from {range_end(ranked[0])} to {range_end(ranked[-1])}",
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
        (label, tenth(row["part"]))
        for (indicator, year, zone), label in COMPARED.items()
        for row in rows
        if (row["indicateur"], row.get("annee_observation", ""), row["zone"]) == (indicator, year, zone)
    ]
    if not chosen:
        return
    yield Picture(
        name="europe",
        title=Said(
            "Échanges en ligne avec l'administration, France et moyenne européenne",
            "On-line exchanges with administrations, France and the European average",
        ),
        finding=in_both(lambda language: _turned(dict(_by_key(rows)), language)),
        note=Said(
            "Les deux premiers chiffres sont cités par un article de 2017, qui n'en donne ni l'année ni la "
            "définition : ce qu'ils mesurent n'est pas prouvé. Les deux suivants sont recalculés par la Commission "
            "pour "
            "2015, parmi les seuls internautes qui avaient un formulaire à remettre. Le dénominateur change le sens "
            "de la "
            "comparaison : on ne passe pas de l'un à l'autre.",
            "The first two figures are quoted by an article of 2017, with neither year nor definition: what they "
            "measure is not proved. The next two were computed again by the Commission for 2015, among internet users "
            "who "
            "had a form to send. The denominator turns the comparison over: they are not one series.",
        ),
        svg={
            language: _shares(
                f"europe-{language}",
                Said("Échanges en ligne", "Exchanges on line")[language],
                [(label[language], part) for label, part in chosen],
                language,
            )
            for language in LANGUAGES
        },
        narrow={
            language: _narrow_shares(
                f"europe-{language}",
                Said("Échanges en ligne", "Exchanges on line")[language],
                [(label[language], part) for label, part in chosen],
                language,
            )
            for language in LANGUAGES
        },
        figures={
            language: Figures(
                ("Zone", Said("Part", "Share")[language]),
                [(label[language], Wording(language).share(part, 100)) for label, part in chosen],
            )
            for language in LANGUAGES
        },
        table="comparaison_europe",
    )


def _by_key(rows: Rows) -> Iterator[tuple[tuple[str, str, str], float]]:
    for row in rows:
        yield (row["indicateur"], row.get("annee_observation", ""), row["zone"]), tenth(row["part"])


def _turned(parts: Mapping[tuple[str, str, str], float], language: Language) -> str:
    """France beside the average by the quoted figures, then by the later definition; empty where one is missing."""
    if not all(key in parts for key in COMPARED):
        return ""
    words = Wording(language)
    a, b, c, d = (words.share(parts[key], 100) for key in COMPARED)
    return words.choose(
        f"France et Europe : {a} et {b} dans un article de 2017 ; {c} et {d} pour 2015, selon la Commission",
        f"France and Europe: {a} and {b} in an article of 2017; {c} and {d} for 2015, says the Commission",
    )


def _narrow_shares(name: str, title: str, parts: Sequence[tuple[str, float]], language: Language) -> str:
    words = Wording(language)
    rows = [marks.Row(label, [(part, "f1")], words.share(part, 100)) for label, part in parts]
    listed = words.listed(f"{label} : {words.share(part, 100)}" for label, part in parts)
    return marks.narrow(name, title, listed, rows, [])


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
    listed = " ; ".join(f"{label} : {words.share(part, 100)}" for label, part in parts)
    return marks.drawing(name, left + width + 90, 50 + tall * len(parts), title, listed, *drawn)
