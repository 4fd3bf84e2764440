"""Rules on what sources say of the same thing: figures, numbers and dates of editions, levels of laureates.

Belongs here: comparing sources, and an edition with its neighbours. Does not: choosing one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.domains.label.rules.rows import (
    AWARDS,
    FIGURES,
    Row,
    addresses,
    grouped,
    is_certain,
    is_exact,
    laureate,
    rows,
)
from pipelines.findings.registry import Finding, finding_rule

COMPARED = (
    "labellises", "candidats", "arobases_5", "arobases_4", "arobases_3", "arobases_2", "arobases_1", "arobases_0",
    "territoires", "villes", "villages", "communes_representees", "excellences", "mentions_thematiques",
)  # fmt: skip
MAGNITUDES = ("labellises", "candidats", "habitants", "fiches", "communes_representees")
FIELDS = {
    "labellises": "labellises_nombre",
    "candidats": "candidats_nombre",
    "numero_edition": "numero",
    "ceremonie_date": "ceremonie_date",
}
JUMP = 5
INTERCOMMUNAL_WORDS = ("collectivité", "territoire", "communauté", "intercommunalité")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _agreement(edition: int, measure: str, by_value: Mapping[str, list[Row]], what: Said) -> Finding:
    """Whether all sources of an edition say the same; `by_value`: rows by what they say."""
    used = [row for items in by_value.values() for row in items]
    is_agreed = len(by_value) == 1
    listed = " ; ".join(f"{value} ({', '.join(addresses(items))})" for value, items in sorted(by_value.items()))
    return Finding(
        table="editions",
        key=(str(edition),),
        field=FIELDS.get(measure),
        outcome="conforme" if is_agreed else "non_conforme",
        arithmetic=listed,
        fr=f"Édition {edition}, {what.fr} : les sources {'s’accordent' if is_agreed else 'se contredisent'}.",
        en=f"Edition {edition}, {what.en}: the sources {'agree' if is_agreed else 'contradict each other'}.",
        sources=addresses(used),
        aspect=measure,
    )


def _compared(figures: list[Row], measure: str) -> Iterator[tuple[int, dict[str, list[Row]]]]:
    """Editions of which two sources or more give the measure, and the rows by value."""
    chosen = [row for row in figures if row["mesure"] == measure]
    for edition, items in sorted(grouped(chosen, lambda row: int(row["edition"])).items()):
        if len(addresses(items)) > 1:
            yield edition, grouped(items, lambda row: str(row["nombre"] if is_exact(row) else row["valeur_publiee"]))


@finding_rule("LAB-05", reads=(FIGURES,), base="Comparaison des pages qui parlent de la même édition")
def sources_agree_on_figures(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les pages qui donnent le même nombre exact pour la même édition s'accordent."""
    figures = [row for row in rows(tables, FIGURES) if is_exact(row)]
    for measure in COMPARED:
        for edition, by_value in _compared(figures, measure):
            yield _agreement(edition, measure, by_value, Said(f"« {measure} »", f'"{measure}"'))


@finding_rule("LAB-06", reads=(FIGURES,), base="Comparaison des pages qui parlent de la même édition", version="2")
def units_are_the_same(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les pages qui comptent les labellisés d'une édition comptent la même chose : des communes (villes et villages),
    ou des collectivités, intercommunalités comprises. Deux façons d'écrire la même unité ne sont pas un écart."""
    counted = [row for row in rows(tables, FIGURES) if row["mesure"] == "labellises" and row["unite_publiee"]]
    for edition, items in sorted(grouped(counted, lambda row: int(row["edition"])).items()):
        kinds = grouped(items, lambda row: unit_kind(row["unite_publiee"]))
        if len(items) < 2:
            continue
        listed = " ; ".join(
            f"{kind} : {', '.join(_units(figures_of_unit))}" for kind, figures_of_unit in sorted(kinds.items())
        )
        is_same = len(kinds) == 1
        yield Finding(
            table="editions",
            key=(str(edition),),
            field="labellises_publies",
            outcome="conforme" if is_same else "a_verifier",
            arithmetic=listed,
            fr=f"Édition {edition} : {'une seule unité' if is_same else 'communes ou collectivités, selon la page'}.",
            en=f"Edition {edition}: {'one unit' if is_same else 'municipalities for one page, bodies for another'}.",
            sources=addresses(items),
        )


def unit_kind(unit: str) -> str:
    """What a published unit counts: "collectivités" where intercommunal bodies are among them, else "communes"."""
    words = unit.lower()
    return "collectivités" if any(word in words for word in INTERCOMMUNAL_WORDS) else "communes"


def _units(items: list[Row]) -> list[str]:
    return sorted({f"« {row['unite_publiee']} »" for row in items})


@finding_rule("LAB-07", reads=(FIGURES,), base="Comparaison des pages qui parlent de la même édition")
def sources_agree_on_the_number(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les pages qui numérotent une édition lui donnent le même numéro."""
    for edition, by_value in _compared(rows(tables, FIGURES), "numero_edition"):
        yield _agreement(edition, "numero_edition", by_value, Said("numéro", "number"))


@finding_rule("LAB-08", reads=(FIGURES,), base="Une édition au plus par an", certainty="observe")
def numbers_follow_the_years(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """D'une édition numérotée à la suivante, le numéro augmente, au plus du nombre d'années écoulées. Il y a une
    édition par an au plus, et aucune n'est datée de 2010."""
    numbered = [row for row in rows(tables, FIGURES) if row["mesure"] == "numero_edition" and is_exact(row)]
    editions = sorted(grouped(numbered, lambda row: int(row["edition"])).items())
    for (before, earlier), (after, later) in pairwise(editions):
        last, first = max(row["nombre"] for row in earlier), min(row["nombre"] for row in later)
        follows = 0 < first - last <= after - before
        yield Finding(
            table="editions",
            key=(str(after),),
            field="numero",
            outcome="conforme" if follows else "non_conforme",
            arithmetic=f"{first} − {last} = {first - last} ; {after} − {before} = {after - before}",
            fr=f"Édition {after} : son numéro {'suit' if follows else 'ne suit pas'} celui de {before}.",
            en=f"Edition {after}: its number {'follows' if follows else 'does not follow'} that of {before}.",
            sources=addresses([*earlier, *later]),
        )


@finding_rule("LAB-09", reads=(FIGURES,), base="Comparaison des pages qui parlent de la même édition")
def sources_agree_on_the_ceremony(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les pages qui datent la cérémonie d'une édition au jour près donnent le même jour."""
    dated = [row for row in rows(tables, FIGURES) if _DAY.fullmatch(row["valeur_publiee"] or "")]
    for edition, by_value in _compared(dated, "ceremonie_date"):
        yield _agreement(edition, "ceremonie_date", by_value, Said("date de la cérémonie", "date of the ceremony"))


@finding_rule("LAB-11", reads=(FIGURES,), base=f"Seuil du projet : un rapport de {JUMP} ou plus", certainty="observe")
def magnitudes_hold(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """D'une édition à la suivante connue, un même nombre ne change pas d'un facteur cinq ou plus sans que cela soit à
    vérifier."""
    figures = [row for row in rows(tables, FIGURES) if row["nombre"]]
    for measure in MAGNITUDES:
        chosen = [row for row in figures if row["mesure"] == measure]
        editions = sorted(grouped(chosen, lambda row: int(row["edition"])).items())
        for (before, earlier), (after, later) in pairwise(editions):
            old, new = max(row["nombre"] for row in earlier), max(row["nombre"] for row in later)
            if max(old, new) >= JUMP * min(old, new):
                yield Finding(
                    table="editions",
                    key=(str(after),),
                    field=None,
                    outcome="a_verifier",
                    arithmetic=f"{max(old, new)} / {min(old, new)} = {max(old, new) / min(old, new):.1f} ≥ {JUMP}",
                    fr=f"« {measure} » : {old} en {before}, {new} en {after}.",
                    en=f'"{measure}": {old} in {before}, {new} in {after}.',
                    sources=addresses([*earlier, *later]),
                    aspect=measure,
                )


@finding_rule("LAB-12", reads=(AWARDS,), base="Comparaison des pages qui nomment le même lauréat", version="3")
def sources_agree_on_levels(tables: Mapping[str, pa.Table], project: Project) -> Iterator[Finding]:
    """Les pages qui donnent le niveau d'une même collectivité pour une même édition s'accordent. Le constat donne
    l'adresse de chaque page ; aucune n'est préférée. Un nom qui n'est pas rattaché avec certitude peut être
    celui de deux collectivités."""
    levelled = [row for row in rows(tables, AWARDS) if row["arobases"] is not None]
    for (edition, who), items in grouped(levelled, lambda row: (row["edition"], laureate(row))).items():
        if len(addresses(items)) < 2:
            continue
        levels = grouped(items, lambda row: int(row["arobases"]))
        listed = " ; ".join(
            f"{level} ({', '.join(addresses(rows_of_level))})" for level, rows_of_level in sorted(levels.items())
        )
        is_agreed, name = len(levels) == 1, items[0]["territoire_nom"] or items[0]["nom_publie"]
        is_doubtful = not is_agreed and not all(map(is_certain, items))
        yield Finding(
            table="palmares",
            key=(min(row["fait_id"] for row in items),),
            field="arobases",
            outcome="conforme" if is_agreed else "a_verifier" if is_doubtful else "non_conforme",
            arithmetic=listed,
            fr=f"{name}, édition {edition} : les sources {_told(is_agreed, is_doubtful).fr}.",
            en=f"{name}, edition {edition}: the sources {_told(is_agreed, is_doubtful).en}.",
            sources=addresses(items),
            aspect=who,
        )


def _told(is_agreed: bool, is_doubtful: bool) -> Said:
    if is_agreed:
        return Said("s’accordent", "agree")
    if is_doubtful:
        return Said(
            "se contredisent, ou nomment deux collectivités homonymes", "contradict each other, or name two homonyms"
        )
    return Said("se contredisent", "contradict each other")
