"""How much of each edition is known, and the page « Qui est labellisé ? ». Sources: label/editions, label/laureats.

Belongs here: counts of what is known beside what was published. Does not: any rate of coverage, which nothing allows
below 80 % of laureates known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipelines.catalogue.addresses import LANGUAGES
from pipelines.catalogue.model import Version
from pipelines.catalogue.pictures import marks
from pipelines.catalogue.pictures.gallery import Figures, Picture, draws
from pipelines.catalogue.questions.asking import Answer, Question, Versions, asks, both
from pipelines.catalogue.rows import read_rows
from pipelines.catalogue.wording import Wording
from pipelines.core.text import Language, Said

WIDTH, LEFT, TOP, STEP, REACH = 900, 70, 50, 26, 520
ENOUGH = 0.8
Rows = Sequence[Mapping[str, str]]
PARTIAL = both(
    "Les lauréats connus viennent de la presse et des sites des collectivités, qui parlent surtout des grandes "
    "villes et des "
    "niveaux élevés. « Non connu » ne veut pas dire « non labellisé ».",
    "The awarded that are known come from the press and the sites of local authorities, which speak of big towns "
    "and high "
    "levels above all. “Not known” does not mean “not awarded”.",
)


@draws("label/editions")
def known_by_edition(version: Version) -> Iterator[Picture]:
    """Bars, one an edition whose total was published: the laureates that are known beside that total."""
    rows = [row for row in read_rows(version, "editions") if row.get("labellises_nombre") and "taux_connu" in row]
    if not rows:
        return
    yield Picture(
        name="completude-par-edition",
        title=Said("Lauréats connus, par édition", "Awarded known, by edition"),
        finding=both(_finding(rows, "fr"), _finding(rows, "en")),
        note=PARTIAL,
        svg={language: _bars(rows, language) for language in LANGUAGES},
        narrow={language: _narrow(rows, language) for language in LANGUAGES},
        figures={language: _completeness(rows, language) for language in LANGUAGES},
        table="editions",
    )


def _finding(rows: Rows, language: Language) -> str:
    """Of how many editions enough is known."""
    words, enough = Wording(language), sum(_rate(row) >= ENOUGH for row in rows)
    editions = words.counted(enough, words.choose("édition", "edition"), words.choose("éditions", "editions"))
    return words.choose(
        f"Au moins 80 % des lauréats sont connus pour {editions} sur {len(rows)} dont le total est publié",
        f"At least 80% of the awarded are known for {editions} of {len(rows)} whose total is published",
    )


def _bars(rows: Rows, language: Language) -> str:
    words = Wording(language)
    highest = max(max(int(row["labellises_nombre"]), int(row["laureats_connus_nombre"])) for row in rows)
    drawn = []
    for place, row in enumerate(rows):
        known, total = int(row["laureats_connus_nombre"]), int(row["labellises_nombre"])
        y = TOP + place * STEP
        drawn.append(marks.text(LEFT - 8, y + 14, row["edition"], anchor="end", kind="small"))
        drawn.append(marks.bar(LEFT, y, REACH * total / highest, 16, "q1"))
        drawn.append(marks.bar(LEFT, y, REACH * min(known, total) / highest, 16, "f3"))
        label = words.choose(f"{known} connus sur {total}", f"{known} known of {total}")
        drawn.append(marks.text(LEFT + REACH * total / highest + 10, y + 14, label, kind="small"))
    entries = [("f3", words.choose("connus", "known")), ("q1", words.choose("total publié", "published total"))]
    key = marks.legend(LEFT, 22, entries, step=160)
    title = words.choose("Lauréats connus, par édition", "Awarded known, by edition")
    enough = sum(_rate(row) >= ENOUGH for row in rows)
    headline = words.choose(
        f"{len(rows)} éditions dont le total est publié ; au moins 80 % des lauréats sont connus pour {enough} "
        "d'entre elles.",
        f"{len(rows)} editions whose total is published; at least 80 % of the awarded are known for {enough} of them.",
    )
    height = TOP + STEP * len(rows) + 20
    return marks.drawing(f"completude-{language}", WIDTH, height, title, headline, *drawn, key)


def _narrow(rows: Rows, language: Language) -> str:
    words, lines = Wording(language), []
    for row in rows:
        total = int(row["labellises_nombre"])
        known = min(int(row["laureats_connus_nombre"]), total)
        lines.append(marks.Row(row["edition"], [(known, "f3"), (total - known, "q1")], f"{known} / {total}"))
    title = words.choose("Lauréats connus, par édition", "Awarded known, by edition")
    entries = [("f3", words.choose("connus", "known")), ("q1", words.choose("pas connus", "not known"))]
    return marks.narrow(f"completude-{language}", title, _finding(rows, language), lines, entries)


def _rate(row: Mapping[str, str]) -> float:
    return min(int(row["laureats_connus_nombre"]) / int(row["labellises_nombre"]), 1.0)


def _completeness(rows: Rows, language: Language) -> Figures:
    words = Wording(language)
    heads = {
        "fr": ("Édition", "Connus", "Total publié", "Part connue"),
        "en": ("Edition", "Known", "Published", "Share"),
    }
    lines = []
    for row in rows:
        total = int(row["labellises_nombre"]) if row["labellises_nombre"] else 0
        known = int(row["laureats_connus_nombre"] or 0)
        published_total = words.number(total) if total else words.choose("non publié", "not published")
        lines.append((row["edition"], words.number(known), published_total, words.share(min(known, total), total)))
    return Figures(heads[language], lines)


@asks(1, "label/laureats", "label/editions")
def who_is_awarded(versions: Versions) -> Question:
    """Who is labelled: what is known of each edition, and the levels of those that are known."""
    version = versions["label"]
    laureates, editions = read_rows(version, "laureats"), read_rows(version, "editions")
    totalled = [row for row in editions if row["labellises_nombre"]]
    known = sum(min(int(row["laureats_connus_nombre"] or 0), int(row["labellises_nombre"])) for row in totalled)
    total = sum(int(row["labellises_nombre"]) for row in totalled)
    few = [row for row in totalled if _rate(row) < ENOUGH]
    fr, en = Wording("fr"), Wording("en")
    return Question(
        name="qui-est-labellise",
        title=both("Qui est labellisé ?", "Who is awarded?"),
        lead=both(
            f"On connaît {fr.number(known)} des {fr.number(total)} lauréats que les {len(totalled)} éditions au total "
            "publié ont "
            f"annoncés, soit {fr.share(known, total)}. La liste complète des lauréats n'est publiée nulle part.",
            f"{en.number(known)} are known of the {en.number(total)} awarded that the {len(totalled)} editions with a "
            "published "
            f"total announced: {en.share(known, total)}. The complete list of the awarded is published nowhere.",
        ),
        cautions=(
            PARTIAL,
            both(
                "On ne peut pas comparer les départements, ni le rural et l'urbain, tant que moins de 80 % des "
                "lauréats d'une "
                f"édition sont connus : c'est le cas de {len(few)} éditions sur {len(totalled)}.",
                "Départements, or rural and urban places, cannot be compared while less than 80 % of the awarded "
                "of an edition "
                f"are known: that is so of {len(few)} editions of {len(totalled)}.",
            ),
            both(
                "Le label est demandé par la collectivité : ne pas l'avoir ne dit rien de ses services.",
                "The label is asked for by the authority: not having it says nothing of its services.",
            ),
        ),
        answers=(
            Answer(
                both("Ce que l'on sait de chaque édition", "What is known of each edition"),
                both(
                    f"{len(editions)} éditions, dont {len(totalled)} avec un total publié.",
                    f"{len(editions)} editions, {len(totalled)} of them with a published total.",
                ),
                {language: _completeness(editions, language) for language in LANGUAGES},
            ),
            Answer(
                both("Les niveaux des lauréats connus", "The levels of the awarded that are known"),
                both(
                    "Une collectivité compte une fois par édition. Le niveau n'est compté que si une source le "
                    "donne sans se "
                    "contredire.",
                    "A local authority counts once an edition. The level counts only where a source gives it and none "
                    "contradicts it.",
                ),
                {language: _levels(laureates, language) for language in LANGUAGES},
            ),
        ),
        tables=("label/laureats", "label/editions"),
        pictures=("completude-par-edition",),
    )


def _levels(laureates: Rows, language: Language) -> Figures:
    words = Wording(language)
    counts = Counter((row["edition"], row["arobases"]) for row in laureates)
    levels = ("1", "2", "3", "4", "5", "")
    unknown = words.choose("niveau inconnu", "level unknown")
    heads = (words.choose("Édition", "Edition"), *(f"{level} @" if level else unknown for level in levels))
    editions = sorted({row["edition"] for row in laureates})
    return Figures(heads, [(year, *(str(counts[year, level]) for level in levels)) for year in editions])
