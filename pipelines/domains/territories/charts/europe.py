"""The page « Comment la France se compare-t-elle ? ». Source: territoires-numeriques/comparaison_europe.

Belongs here: France beside the average, by indicator, series and year. Does not: joining series of other
definitions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.labels import Named, field_labels, read_labels
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures.gallery import Figures
from pipelines.catalogue.questions.asking import Answer, Question, Versions, asks, both, tenth
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said

TABLE = "territoires-numeriques/comparaison_europe"
FRANCE = "france"
QUOTED, LATER, YEAR = "echanges_en_ligne", "desi_5a1_egovu", "2015"
QUOTED_FROM, DESI = "desi_egov_internautes", "desi_"
Row = Mapping[str, str]
Rows = Sequence[Row]


@asks(4, TABLE)
def how_france_compares(versions: Versions) -> Question:
    """How France compares: the two quoted figures, what they most likely measure, and each series by itself."""
    version = versions["territoires-numeriques"]
    rows = read_rows(version, "comparaison_europe")
    named = _labels(version)
    series = sorted({(row["indicateur"], row["serie"]) for row in rows}, key=lambda one: (_place(one[0]), one))
    return Question(
        name="comment-la-france-se-compare",
        title=both("Comment la France se compare-t-elle ?", "How does France compare?"),
        lead=_lead(rows),
        cautions=(
            both(
                "Les 48 % et 32 % cités en 2017 ne sont pas une part des échanges : ce serait une part des "
                "internautes. Ce "
                "qu'ils mesurent n'est pas prouvé.",
                "The 48% and 32% quoted in 2017 are no share of exchanges: they would be a share of internet "
                "users. What they "
                "measure is not proved.",
            ),
            both(
                "Les définitions ont changé en 2018 (indice DESI) et en 2022 (Eurostat) : deux séries ne se "
                "suivent pas, et "
                "l'Union à 28 n'est pas l'Union à 27.",
                "Definitions changed in 2018 (DESI index) and in 2022 (Eurostat): two series do not follow one "
                "another, and the "
                "Union of 28 is not the Union of 27.",
            ),
            both(
                "Couvert ne veut pas dire abonné, et abonné ne veut pas dire que l'on s'en sert.",
                "Covered is not subscribed, and subscribed is not used.",
            ),
        ),
        answers=[_answer([row for row in rows if (row["indicateur"], row["serie"]) == one], named) for one in series],
        tables=(TABLE,),
        pictures=("europe",),
    )


def _lead(rows: Rows) -> Said:
    def part(indicator: str, year: str, zone: str) -> float | None:
        found = [
            tenth(row["part"])
            for row in rows
            if (row["indicateur"], row["annee_observation"], row["zone"]) == (indicator, year, zone)
        ]
        return found[0] if found else None

    quoted, later = (
        [part(name, year, zone) for zone in (FRANCE, "ue28")] for name, year in ((QUOTED, ""), (LATER, YEAR))
    )
    if None in (*quoted, *later):
        return both("La réponse change avec ce que l'on mesure.", "The answer changes with what is measured.")
    fr, en = Wording("fr"), Wording("en")
    numbers = [number or 0.0 for number in (*quoted, *later)]
    a, b, c, d = (fr.number(value, 1).removesuffix(",0") for value in numbers)
    e, f, g, h = (en.number(value, 1).removesuffix(".0") for value in numbers)
    return both(
        f"Un article de 2017 cite {a} % pour la France et {b} % pour l'Union. Avec la définition suivante de la "
        "Commission, la "
        f"France est sous la moyenne la même année : {c} % contre {d} % ({YEAR}). La comparaison dépend de ce que "
        "l'on divise.",
        f"An article of 2017 quotes {e}% for France and {f}% for the Union. With the Commission's next definition "
        "France is "
        f"below the average in the same year: {g}% against {h}% ({YEAR}). The comparison depends on what is "
        "divided by.",
    )


def _labels(version: Version) -> Mapping[str, Named]:
    """By field, what its codes mean; nothing in a version that publishes no list of them."""
    table = version.table("comparaison_europe")
    return field_labels(version, table, read_labels(version)) if table is not None else {}


def _place(indicator: str) -> int:
    """The quoted figures first, then those of exchanges, then those of coverage."""
    order = (QUOTED, QUOTED_FROM, LATER)
    if indicator in order:
        return order.index(indicator)
    return len(order) + indicator.startswith(DESI)


def _answer(rows: Rows, named: Mapping[str, Named]) -> Answer:
    """One series: its name in words, its code after it, what it measures and of whom, who measured it."""
    first = rows[0]
    code, series = first["indicateur"], first["serie"]
    names = named.get("indicateur", {}).get(code) or dict.fromkeys(LANGUAGES, code)
    of_series = named.get("serie", {}).get(series) or dict.fromkeys(LANGUAGES, series)
    what = f"{first['definition']} ({first['population_de_reference']})"
    return Answer(
        both(names["fr"], names["en"]),
        both(
            f"Définition : {what}. Série : {of_series['fr']}. Source : {first['producteur']}. Code : {code}.",
            f"Definition, in French as published: {what}. Series: {of_series['en']}. Source: {first['producteur']}. "
            f"Code: {code}.",
        ),
        {language: _figures(rows, language) for language in LANGUAGES},
    )


def _figures(rows: Rows, language: Language) -> Figures:
    """A line a year and Union: France, the average, their gap; a dash where one of them is not known."""
    words = Wording(language)
    heads = (
        words.choose("Année", "Year"),
        words.choose("Union", "Union"),
        "France (%)",
        words.choose("Moyenne (%)", "Average (%)"),
        words.choose("Écart (points)", "Gap (points)"),
        words.choose("Rupture avant", "Break before"),
    )
    years = sorted({row["annee_observation"] for row in rows})
    lines = []
    for year in years:
        there = {row["zone"]: row for row in rows if row["annee_observation"] == year}
        zones = sorted(set(there) - {FRANCE}) or ["–"]
        lines += [_line(year, zone, there.get(FRANCE), there.get(zone), words) for zone in zones]
    return Figures(heads, lines)


def _line(year: str, zone: str, france: Row | None, average: Row | None, words: Wording) -> tuple[str, ...]:
    shares = [words.number(tenth(row["part"]), 1) if row else "–" for row in (france, average)]
    gap = words.number(tenth(str(Decimal(france["part"]) - Decimal(average["part"]))), 1) if france and average else "–"
    broken = any(row and row["rupture_avant"] == "true" for row in (france, average))
    union = {"ue28": "28", "ue27": "27"}.get(zone, zone)
    unsaid = words.choose("non donnée", "not given")
    return (year or unsaid, union, *shares, gap, words.choose("oui", "yes") if broken else words.choose("non", "no"))
