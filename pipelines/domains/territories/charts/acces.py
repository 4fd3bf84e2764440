"""Access to the network: a picture for each series, and the page « Où l'accès manque-t-il ? ».

Sources: territoires-numeriques/acces_inegalites, acces_fixe_departements, faits_acces. Belongs here: one picture a
series, for series are never one line. Does not: any figure of the label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
from pipelines.catalogue.questions.asking import Answer, Question, Versions, asks, both, tenth
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said, in_both

Rows = Sequence[Mapping[str, str]]
PACKAGE = "territoires-numeriques"
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 900, 380, 60, 50, 50
LOWEST = 10
SERIES: dict[str, Said] = {
    "arcep_deploiement_baro2021": both(
        "Déploiement de la fibre, baromètre 2021 (2017-2022)", "Deployment of fibre, 2021 barometer (2017-2022)"
    ),
    "arcep_deploiement_ditp": both(
        "Déploiement de la fibre, baromètre de la DITP (2022-2024)", "Deployment of fibre, DITP barometer (2022-2024)"
    ),
    "arcep_mci_eligibilite": both(
        "Éligibilité à la fibre, Ma connexion internet", "Eligibility for fibre, Ma connexion internet"
    ),
}
CAUTIONS: tuple[Said, ...] = (
    both(
        "Un local éligible n'est ni un abonné, ni un habitant. Un local « raccordable » peut demander des travaux.",
        "Premises that are eligible are neither subscribers nor people. “Connectable” premises may need works.",
    ),
    both(
        "Les séries mesurent des choses différentes : elles ne se suivent pas, et rien n'est connu entre elles. "
        "Une baisse "
        "(fin 2019) est un changement de méthode, pas une perte de réseau.",
        "The series measure different things: they do not follow one another, and nothing is known between them. "
        "A fall "
        "(end of 2019) is a change of method, no loss of network.",
    ),
    both(
        "Les zéros de Mayotte peuvent vouloir dire « pas de donnée » : le département n'entre dans aucun calcul.",
        "The zeros of Mayotte may mean “no data”: the département enters no computation.",
    ),
    both(
        "Un département cache ses communes : l'écart entre départements s'est presque fermé, l'écart à "
        "l'intérieur, non.",
        "A département hides its municipalities: the gap between départements has nearly closed, the gap within "
        "has not.",
    ),
    both(
        "Rien de cela ne dit que le label apporte la fibre, ni que la fibre apporte le label : la densité "
        "explique les deux.",
        "None of this says that the label brings fibre, or fibre the label: density explains both.",
    ),
)


def _caution() -> Said:
    """All that must not be concluded, as the sentence that is under a picture."""
    return in_both(lambda language: " ".join(caution[language] for caution in CAUTIONS))


def _by_series(rows: Rows) -> dict[str, list[Mapping[str, str]]]:
    found: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["serie"]].append(row)
    return {name: sorted(of, key=lambda row: row["date_reference"]) for name, of in sorted(found.items())}


def _name(series: str) -> Said:
    return SERIES.get(series, Said(series, series))


@draws("territoires-numeriques/acces_inegalites")
def access_gap(version: Version) -> Iterator[Picture]:
    """For each series of two dates or more: the means of rural and of urban départements, date by date."""
    for series, rows in _by_series(read_rows(version, "acces_inegalites")).items():
        drawn = [row for row in rows if row["moyenne_ruraux"] and row["moyenne_urbains"]]
        if len(drawn) < 2:
            continue
        yield Picture(
            name=f"acces-{series.replace('_', '-')}",
            title=_name(series),
            finding=Said(_gap(drawn, "fr"), _gap(drawn, "en")),
            note=_caution(),
            svg={language: _lines(series, drawn, language) for language in LANGUAGES},
            narrow={language: _lines(series, drawn, language, is_narrow=True) for language in LANGUAGES},
            figures={language: _measures(drawn, language) for language in LANGUAGES},
            table="acces_inegalites",
        )


def _gap(rows: Rows, language: Language) -> str:
    """How far rural départements were behind urban ones, at the first date and at the last."""
    words = Wording(language)

    def gap_on(row: Mapping[str, str]) -> str:
        gap = words.number(tenth(row["ecart_ruraux_urbains"]), 1)
        return words.choose(
            f"{gap} points au {words.day(row['date_reference'])}", f"{gap} points on {words.day(row['date_reference'])}"
        )

    if not (rows[0]["ecart_ruraux_urbains"] and rows[-1]["ecart_ruraux_urbains"]):
        return ""
    return words.choose(
        f"Écart entre départements urbains et ruraux : {gap_on(rows[0])}, {gap_on(rows[-1])}",
        f"Gap between urban and rural départements: {gap_on(rows[0])}, {gap_on(rows[-1])}",
    )


def _lines(series: str, rows: Rows, language: Language, *, is_narrow: bool = False) -> str:
    """Two lines on a scale of 0 to 100 %, cut where the source says that the series breaks."""
    words, reach = Wording(language), HEIGHT - TOP - BOTTOM
    width, name = (marks.PHONE, f"{series}-{language}-etroit") if is_narrow else (WIDTH, f"{series}-{language}")
    step = (width - LEFT - 40) / (len(rows) - 1)
    drawn = []
    for value in (0, 25, 50, 75, 100):
        y = HEIGHT - BOTTOM - reach * value / 100
        drawn.append(marks.line([(LEFT, y), (width - 40, y)], "rule-line"))
        drawn.append(marks.text(LEFT - 8, y + 5, f"{value}", anchor="end", kind="small"))
    for place, row in enumerate(rows):
        is_end = place in (0, len(rows) - 1)
        if is_end if is_narrow else row["date_reference"].endswith("-12-31") or len(rows) < 5:
            x = LEFT + step * place
            drawn.append(marks.text(x, HEIGHT - BOTTOM + 22, row["date_reference"][:7], anchor="middle", kind="small"))
    for column, kind in (("moyenne_urbains", "l1"), ("moyenne_ruraux", "l2")):
        for part in _unbroken(rows):
            points = [
                (LEFT + step * place, HEIGHT - BOTTOM - reach * float(rows[place][column]) / 100) for place in part
            ]
            if len(points) > 1:
                drawn.append(marks.line(points, kind))
    urban, rural = words.choose("urbains", "urban"), words.choose("ruraux", "rural")
    for place, (kind, label_of_kind) in enumerate((("l1", urban), ("l2", rural))):
        x, y = (4, 12 + place * 20) if is_narrow else (LEFT + place * 260, 22)
        label = words.choose(f"départements {label_of_kind}, moyenne", f"{label_of_kind} départements, mean")
        drawn += [marks.line([(x, y), (x + 34, y)], kind), marks.text(x + 44, y + 5, label, kind="small")]
    last = rows[-1]
    headline = words.choose(
        f"Au {words.day(last['date_reference'])} : {words.number(tenth(last['moyenne_ruraux']), 1)} % dans les "
        "départements "
        f"ruraux, {words.number(tenth(last['moyenne_urbains']), 1)} % dans les urbains.",
        f"On {words.day(last['date_reference'])}: {words.number(tenth(last['moyenne_ruraux']), 1)}% in rural "
        "départements, "
        f"{words.number(tenth(last['moyenne_urbains']), 1)}% in urban ones.",
    )
    return marks.drawing(name, width, HEIGHT, _name(series)[language], headline, *drawn)


BREAKS = frozenset({"2019-12-31"})  # the list of premises grew: what comes before and after is not one line


def _unbroken(rows: Rows) -> Iterator[list[int]]:
    """The places of rows that one line may join."""
    part: list[int] = []
    for place, row in enumerate(rows):
        if row["date_reference"] in BREAKS and part:
            yield part
            part = []
        part.append(place)
    yield part


def _measures(rows: Rows, language: Language) -> Figures:
    words = Wording(language)
    heads = (
        words.choose("Date", "Date"),
        words.choose("Habitants sous 50 % (%)", "People below 50% (%)"),
        words.choose("Habitants sous 80 % (%)", "People below 80% (%)"),
        words.choose("50 dép. ruraux (%)", "50 rural dép. (%)"),
        words.choose("Dép. urbains (%)", "Urban dép. (%)"),
        words.choose("Écart (points)", "Gap (points)"),
    )
    columns = (
        "part_population_sous_50",
        "part_population_sous_80",
        "moyenne_ruraux",
        "moyenne_urbains",
        "ecart_ruraux_urbains",
    )
    lines = [(words.day(row["date_reference"]), *(_figure(row[name], words) for name in columns)) for row in rows]
    return Figures(heads, lines)


def _figure(value: str, words: Wording) -> str:
    return words.number(tenth(value), 1) if value else "–"


@asks(2, f"{PACKAGE}/acces_inegalites", f"{PACKAGE}/acces_fixe_departements", f"{PACKAGE}/faits_acces")
def where_access_lags(versions: Versions) -> Question:
    """Where access lags: each series by itself, the départements where it lags most, and what nobody measured."""
    version = versions[PACKAGE]
    series = _by_series(read_rows(version, "acces_inegalites"))
    places = _by_series(read_rows(version, "acces_fixe_departements"))
    first = next(iter(series.values()))[0]
    share, day = tenth(first["part_population_sous_50"]), first["date_reference"]
    fr, en = Wording("fr"), Wording("en")
    answers = []
    for name, rows in series.items():
        answers.append(_spread(name, rows))
        answers.append(_lowest(name, places[name]))
    answers.append(_unmeasured(read_rows(version, "faits_acces")))
    return Question(
        name="ou-l-acces-manque",
        title=both("Où l'accès au réseau manque-t-il ?", "Where does access to the network lag?"),
        lead=both(
            f"Au {fr.day(day)}, {fr.number(share, 1)} % des habitants vivaient dans un département où moins de la "
            "moitié des "
            "locaux pouvaient être raccordés à la fibre. Les tableaux disent la suite, série par série.",
            f"On {en.day(day)}, {en.number(share, 1)}% of people lived in a département where less than half of "
            "the premises "
            "could be connected to fibre. The tables tell what followed, series by series.",
        ),
        cautions=CAUTIONS,
        answers=answers,
        tables=tuple(f"{PACKAGE}/{name}" for name in ("acces_inegalites", "acces_fixe_departements", "faits_acces")),
        pictures=tuple(f"acces-{name.replace('_', '-')}" for name in series),
    )


def _spread(name: str, rows: Rows) -> Answer:
    return Answer(
        _name(name),
        both(
            "Départements ruraux : la moitié au moins des habitants dans une commune rurale. Urbains : moins de 20 %.",
            "Rural départements: half of the people at least in a rural municipality. Urban ones: less than 20%.",
        ),
        {language: _measures(rows, language) for language in LANGUAGES},
    )


def _lowest(name: str, rows: Rows) -> Answer:
    """The départements of the lowest share at the last date of a series, doubtful values left out."""
    sound = [row for row in rows if row["valeur_douteuse"] != "true"]
    last = max(row["date_reference"] for row in sound)
    there = [row for row in sound if row["date_reference"] == last]
    chosen = sorted(there, key=lambda row: (float(row["part_fibre"]), row["departement_code"]))[:LOWEST]

    def figures(language: Language) -> Figures:
        words = Wording(language)
        heads = (words.choose("Département", "Département"), words.choose("Part raccordable (%)", "Connectable (%)"))
        return Figures(heads, [(row["departement_code"], _figure(row["part_fibre"], words)) for row in chosen])

    return Answer(
        both(f"{_name(name)['fr']} : les plus bas", f"{_name(name)['en']}: the lowest"),
        both(
            f"Les {len(chosen)} départements les plus bas au {Wording('fr').day(last)}, sur {len(there)}.",
            f"The {len(chosen)} lowest départements on {Wording('en').day(last)}, of {len(there)}.",
        ),
        {language: figures(language) for language in LANGUAGES},
    )


def _unmeasured(facts: Rows) -> Answer:
    """Dated facts, each with who printed it; what nobody measured is shown as such."""
    without = sorted({row["objet"] for row in facts if row["statut"] == "aucun_chiffre"})

    def figures(language: Language) -> Figures:
        words = Wording(language)
        heads = ("Objet", "Date", "Valeur", "Unité", "Publié par") if language == "fr" else (
            "Subject", "Date", "Value", "Unit", "Printed by",
        )  # fmt: skip
        none = words.choose("aucun chiffre", "no figure")
        lines = [
            (
                f"{row['objet']} : {row['indicateur']}",
                row["date_fait"],
                row["valeur"] or none,
                row["unite"],
                row["publie_par"],
            )
            for row in facts
        ]
        return Figures(heads, lines)

    named = ", ".join(without)
    return Answer(
        both("Écoles, mairies, zones blanches : des faits isolés", "Schools, town halls, white zones: isolated facts"),
        both(
            f"Aucun chiffre n'existe pour : {named or '–'}. Les annonces ne sont pas des mesures.",
            f"No figure exists for: {named or '–'}. Announcements are no measures.",
        ),
        {language: figures(language) for language in LANGUAGES},
    )
