"""Public inquiries against the law: what checks conclude by year and by rule, and the lives of recent inquiries.

Sources: enquetes-publiques/conformite_annuelle, controles_legaux, enquetes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said, in_both

RESULTS: dict[str, tuple[str, Said]] = {
    "conforme": ("f3", Said("conforme", "complies")),
    "non_conforme": ("f2", Said("non conforme", "does not comply")),
    "a_verifier": ("f4", Said("à vérifier", "to check")),
    "non_evalue": ("q1", Said("non évalué", "not evaluated")),
}
NOT_EVALUATED: Said = Said(
    "« Non évalué » : un fait nécessaire n'est pas dans la source ; ce n'est pas un manquement. Ces enquêtes "
    "ont été "
    "choisies à la main : ces nombres ne décrivent pas l'ensemble des enquêtes publiques.",
    "“Not evaluated”: a necessary fact is not in the source; this is not a breach. These inquiries were picked "
    "by "
    "hand: the numbers say nothing of public inquiries as a whole.",
)
SHOWN = 18
Counts = Mapping[str, Mapping[str, int]]


@draws("enquetes-publiques/conformite_annuelle")
def compliance_by_year(version: Version) -> Iterator[Picture]:
    """What controls conclude, by year of the opening order."""
    columns = {"conforme": "conformes", "non_conforme": "non_conformes"}
    columns |= {"a_verifier": "a_verifier", "non_evalue": "non_evalues"}
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(RESULTS, 0))
    for row in read_rows(version, "conformite_annuelle"):
        for result, column in columns.items():
            counts[row["annee"]][result] += int(row[f"{column}_nombre"] or 0)
    title: Said = Said("Contrôles légaux par année", "Legal checks by year")
    yield from _picture("conformite-par-annee", title, dict(sorted(counts.items())), "conformite_annuelle", {})


@draws("enquetes-publiques/controles_legaux")
def compliance_by_rule(version: Version) -> Iterator[Picture]:
    """What checks conclude, by rule: every rule that is counted, evaluated or not, without made-up inquiries."""
    inquiries = read_rows(version, "enquetes") if version.table("enquetes") else []
    made_up = {row["enquete_id"] for row in inquiries if row["exemple"] == "true"}
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(RESULTS, 0))
    for row in read_rows(version, "controles_legaux"):
        if row["resultat"] in RESULTS and row.get("enquete_id") not in made_up:
            counts[row["regle"]][row["resultat"]] += 1
    if all(found["non_evalue"] == sum(found.values()) for found in counts.values()):
        return
    title: Said = Said("Contrôles légaux par règle", "Legal checks by rule")
    rules = read_rows(version, "regles") if version.table("regles") else []
    names = {row["regle"]: Said(row["libelle"], row.get("libelle_en") or row["libelle"]) for row in rules}
    yield from _picture("conformite-par-regle", title, dict(sorted(counts.items())), "controles_legaux", names)


def _picture(name: str, title: Said, counts: Counts, table: str, names: Mapping[str, Said]) -> Iterator[Picture]:
    """Stacked bars, one per label of `counts`. `names`: what a label that is a rule's code stands for."""
    if not counts:
        return
    yield Picture(
        name=name,
        title=title,
        finding=in_both(lambda language: _finding(counts, language)),
        note=NOT_EVALUATED,
        svg={language: _stacked(name, title[language], counts, language, names) for language in LANGUAGES},
        narrow={language: _narrow(name, title[language], counts, language, names) for language in LANGUAGES},
        figures={
            language: Figures(
                [
                    _head(names, language),
                    *(one[1][language] for one in RESULTS.values()),
                ],
                [
                    [_labelled(label, language, names), *(str(found[result]) for result in RESULTS)]
                    for label, found in counts.items()
                ],
            )
            for language in LANGUAGES
        },
        table=table,
    )


def _finding(counts: Counts, language: Language) -> str:
    """How many checks could not be made, and how many found a breach."""
    words = Wording(language)
    totals = {result: sum(found[result] for found in counts.values()) for result in RESULTS}
    total, unknown, breaches = sum(totals.values()), totals["non_evalue"], totals["non_conforme"]
    checks = words.counted(total, words.choose("contrôle", "check"), words.choose("contrôles", "checks"))
    return words.choose(
        f"Sur {checks}, {words.number(unknown)} "
        f"{'n’a pas pu être évalué' if unknown < 2 else 'n’ont pas pu être évalués'} et {words.number(breaches)} "
        f"{'conclut' if breaches < 2 else 'concluent'} « non conforme »",
        f"Of {checks}, {words.number(unknown)} could not be evaluated and {words.number(breaches)} "
        f"{'concludes' if breaches == 1 else 'conclude'} “does not comply”",
    )


def _head(names: Mapping[str, Said], language: Language) -> str:
    head = Said("Règle", "Rule") if names else Said("Année", "Year")
    return head.fr if language == "fr" else head.en


def _labelled(label: str, language: Language, names: Mapping[str, Said]) -> str:
    """A label as people read it."""
    if label in names:
        title = names[label].fr if language == "fr" else names[label].en
        return f"{_short(title, 32)} ({label})"
    return "unknown" if (label, language) == ("inconnue", "en") else label


def _stacked(name: str, title: str, counts: Counts, language: Language, names: Mapping[str, Said]) -> str:
    left, width, tall = (330 if names else 110), (540 if names else 700), 26
    scale = marks.ticks(max(sum(found.values()) for found in counts.values()))
    bottom = 44 + tall * len(counts)
    drawn = [marks.legend(left, 20, [(kind, words[language]) for kind, words in RESULTS.values()])]
    for value in scale:
        x = left + width * value / scale[-1]
        drawn += [marks.line([(x, 38), (x, bottom)], "rule-line")]
        drawn += [marks.text(x, bottom + 20, f"{value:g}", anchor="middle", kind="small")]
    for place, (label, found) in enumerate(counts.items()):
        y, x = 42 + place * tall, float(left)
        drawn.append(marks.text(left - 10, y + 15, _labelled(label, language, names), anchor="end", kind="small"))
        for result, (kind, _) in RESULTS.items():
            wide = width * found[result] / scale[-1]
            if wide:
                drawn.append(marks.bar(x, y + 2, wide, tall - 8, f"{kind} key"))
            x += wide
    headline = _headline(counts, language)
    return marks.drawing(f"{name}-{language}", left + width + 40, bottom + 34, title, headline, *drawn)


def _headline(counts: Counts, language: Language) -> str:
    totals = {result: sum(found[result] for found in counts.values()) for result in RESULTS}
    colon = Wording(language).choose(" : ", ": ")
    return ", ".join(f"{RESULTS[result][1][language]}{colon}{total}" for result, total in totals.items())


def _narrow(name: str, title: str, counts: Counts, language: Language, names: Mapping[str, Said]) -> str:
    rows = [
        marks.Row(
            _labelled(label, language, names),
            [(found[result], kind) for result, (kind, _) in RESULTS.items()],
            Wording(language).number(sum(found.values())),
        )
        for label, found in counts.items()
    ]
    entries = [(kind, words[language]) for kind, words in RESULTS.values()]
    return marks.narrow(f"{name}-{language}", title, _headline(counts, language), rows, entries)


@draws("enquetes-publiques/enquetes")
def timelines(version: Version) -> Iterator[Picture]:
    """The most recent inquiries whose opening and closing are known: order, inquiry, report. No examples."""
    known = (one for one in read_rows(version, "enquetes") if one["ouverture_date"] and one["cloture_date"])
    rows = [one for one in known if one.get("exemple") != "true"]
    chosen = sorted(rows, key=lambda one: (one["ouverture_date"], one["enquete_id"]))[-SHOWN:]
    if not chosen:
        return
    yield Picture(
        name="chronologies",
        title=Said("Les enquêtes les plus récentes, jour après jour", "The most recent inquiries, day by day"),
        finding=in_both(lambda language: _lengths(chosen, language)),
        note=Said(
            "Trait fin : de l'arrêté au rapport, quand ils sont connus. Trait épais : l'enquête elle-même, de "
            "l'ouverture à la clôture, ces deux jours comptés. Les enquêtes dont l'ouverture ou la clôture n'est pas "
            "connue ne sont pas dessinées.",
            "Thin line: from the order to the report, when known. Thick line: the inquiry, opening to closing, "
            "both days counted. Inquiries whose opening or closing is not known are not drawn.",
        ),
        svg={language: _lives(chosen, language) for language in LANGUAGES},
        narrow={language: _narrow_lives(chosen, language) for language in LANGUAGES},
        figures={language: _lives_figures(chosen, language) for language in LANGUAGES},
        table="enquetes",
    )


def _lengths(rows: Sequence[Mapping[str, str]], language: Language) -> str:
    """The shortest and the longest of the inquiries drawn, first and last day counted."""
    words = Wording(language)
    days = sorted(
        (date.fromisoformat(one["cloture_date"]) - date.fromisoformat(one["ouverture_date"])).days + 1 for one in rows
    )
    if len(days) == 1:
        only = words.counted(days[0], words.choose("jour", "day"), words.choose("jours", "days"))
        return words.choose(f"L'enquête la plus récente a duré {only}", f"The most recent inquiry lasted {only}")
    return words.choose(
        f"Les {len(days)} enquêtes les plus récentes ont duré de {days[0]} à {days[-1]} jours",
        f"The {len(days)} most recent inquiries lasted from {days[0]} to {days[-1]} days",
    )


def _lives(rows: Sequence[dict[str, str]], language: Language) -> str:
    left, width, tall = 330, 540, 26
    starts = [date.fromisoformat(one["arrete_date"] or one["ouverture_date"]) for one in rows]
    ends = [date.fromisoformat(one["rapport_date"] or one["cloture_date"]) for one in rows]
    first, last = min(starts), max(*ends, *starts)
    span = max((last - first).days, 1)

    def at(day: str) -> float:
        return left + width * (date.fromisoformat(day) - first).days / span

    bottom = 20 + tall * len(rows)
    drawn = []
    for year, month in _months(first, last):
        x = at(date(year, month, 1).isoformat())
        drawn += [marks.line([(x, 10), (x, bottom)], "rule-line")]
        drawn += [marks.text(x, bottom + 18, f"{month:02d}/{year}", anchor="middle", kind="small")]
    for place, one in enumerate(rows):
        y = 14 + place * tall
        drawn.append(marks.text(left - 12, y + 15, _short(one["titre"]), anchor="end", kind="small"))
        begin, end = one["arrete_date"] or one["ouverture_date"], one["rapport_date"] or one["cloture_date"]
        drawn.append(marks.line([(at(begin), y + 10), (at(end), y + 10)], "l1"))
        drawn.append(
            marks.bar(
                at(one["ouverture_date"]), y + 4, max(at(one["cloture_date"]) - at(one["ouverture_date"]), 2), 12, "f1"
            )
        )
    title = Said("Chronologie des enquêtes récentes", "Timeline of recent inquiries")[language]
    headline = Said(
        f"{len(rows)} enquêtes, du {first} au {last} ; le tableau qui suit donne chaque date.",
        f"{len(rows)} inquiries, from {first} to {last}; the table below has each date.",
    )[language]
    return marks.drawing(f"chronologies-{language}", left + width + 40, bottom + 30, title, headline, *drawn)


def _narrow_lives(rows: Sequence[dict[str, str]], language: Language) -> str:
    """How long each inquiry was, for a narrow screen, where days of several years would be too small."""
    words, lines = Wording(language), []
    for one in rows:
        days = (date.fromisoformat(one["cloture_date"]) - date.fromisoformat(one["ouverture_date"])).days + 1
        length = words.counted(days, words.choose("jour", "day"), words.choose("jours", "days"))
        lines.append(marks.Row(one["titre"], [(days, "f1")], length))
    title = words.choose("Durée des enquêtes récentes", "Length of recent inquiries")
    return marks.narrow(f"chronologies-{language}", title, _lengths(rows, language), lines, [])


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    """First days of months inside, few enough to be read."""
    months = [(year, month) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    inside = [one for one in months if first <= date(*one, 1) <= last]
    yield from inside[:: max(1, -(-len(inside) // 7))]


def _short(words: str, longest: int = 42) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _lives_figures(rows: Sequence[dict[str, str]], language: Language) -> Figures:
    heads = (
        ("Enquête", "Arrêté", "Ouverture", "Clôture", "Rapport")
        if language == "fr"
        else ("Inquiry", "Order", "Opening", "Closing", "Report")
    )
    names = ("titre", "arrete_date", "ouverture_date", "cloture_date", "rapport_date")
    return Figures(heads, [[one[name] or "–" for name in names] for one in rows])
