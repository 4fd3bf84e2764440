"""Converters and readings of the label's award lists and published figures.

Belongs here: mentions and their years, figures given in a passage, labels of versioned taxonomies, citations. Does not:
levels, numbers and names of mentions as printed (`arobases.py`, `mentions.py`), sheets of applications (`fiches.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pipelines.core.project import Project
from pipelines.geo.names import strip_accents
from pipelines.mapping.registry import CONVERTERS, Reading, Text, Unreadable, converter, reading
from pipelines.schema import load_codelist

_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_THEME_COUNT = re.compile(r"(?P<theme>[^\d(,:]+?)\s+(?P<count>\d+)")
_CLASS = re.compile(
    r"(?P<count>\d+) participants "
    r"(?:de moins de (?P<under>\d+)|de (?P<least>\d+) à (?P<most>\d+)|de plus de (?P<over>\d+)) habitants"
)
_INHABITANTS = re.compile(r"(?P<over>plus de )?(?P<count>\d+(?:,\d+)?)(?:(?P<million> millions) d'| )habitants")
_BEST = re.compile(
    r"(?P<count>\d+) collectivités à quatre ou cinq arobases(?: \((?P<recalled>\d+) en (?P<year>\d{4})\))?"
)
_SHEETS = re.compile(r"(?P<over>plus de )?(?P<count>\d+) fiches")
_PRESENT = re.compile(r"(?P<over>plus de )?(?P<count>\d+) (?:élus|acteurs)\b.* présents")
NOT_LETTERS = re.compile(r"[^a-z0-9]+")


@converter("contient")
def contains(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """`true` when the option `texte` is in the text, whatever the case; an absent text contains nothing."""
    return "true" if str(options["texte"]).casefold() in (texts[0] or "").casefold() else "false"


@converter("adresse_ou_citation")
def address_or_citation(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The web address, absent when the source is cited otherwise (a printed article): that is no error."""
    text = texts[0]
    return text if text and _WEB.fullmatch(text) else None


@reading("validite_mention")
def mention_validity(project: Project, options: Mapping[str, Any]) -> Reading:
    """A printed mention as a code and an interval of years, both ends included.

    Inputs `mention`, `annee` (of the edition); outputs `code`, `debut`, `fin`. Durations are data: the column
    `duree_annees` of the code list `mentions`, which names its sources. A wording that is not known has the code
    `autre`: the award that has it stays, and the wording is published as printed.
    """
    years = {
        entry.code: int(dict(entry.more)["duree_annees"]) for entry in load_codelist(project.schemas, "mentions").codes
    }

    def read(texts: Mapping[str, Text]) -> Mapping[str, Text]:
        edition = texts.get("annee") or ""
        if not re.fullmatch(r"\d{4}", edition):
            raise Unreadable("une année d'édition AAAA", "a year of edition YYYY")
        code = CONVERTERS["mention"]((texts.get("mention"), edition), {"otherwise": "autre"})
        if code is None:
            return {}
        return {"code": code, "debut": edition, "fin": str(int(edition) + years[code] - 1)}

    return read


@reading("passage_mentions")
def mentions_passage(project: Project, options: Mapping[str, Any]) -> Reading:
    """A passage of the detail of mentions, such as "démocratie locale 5", as a figure; any other is kept as printed.

    Input `passage`; outputs `mesure`, `detail` (the code of the mention), `nombre`, `precision`.
    """

    def read(texts: Mapping[str, Text]) -> Mapping[str, Text]:
        match = _THEME_COUNT.fullmatch(texts.get("passage") or "")
        code = CONVERTERS["mention"]((match["theme"],), {"otherwise": "autre"}) if match else None
        if match is None or code in (None, "autre"):
            return {"mesure": "autre"}
        return {"mesure": "mentions_par_theme", "detail": code, "nombre": match["count"], "precision": "exact"}

    return read


@reading("passage_chiffres")
def figures_passage(project: Project, options: Mapping[str, Any]) -> Reading:
    """A passage of the other figures as a figure where its wording is known; any other is kept as printed.

    Known are population classes ("107 participants de 3000 à 20000 habitants"), people ("26 millions d'habitants"),
    sheets ("11784 fiches"), people present ("450 élus et acteurs locaux présents") and the two best levels ("69
    collectivités à quatre ou cinq arobases (56 en 2016)", whose `detail` is then "2016=56").
    A number in millions, or after "plus de", is approximate. Input and outputs as `passage_mentions`.
    """

    def read(texts: Mapping[str, Text]) -> Mapping[str, Text]:
        passage = texts.get("passage") or ""
        if match := _CLASS.fullmatch(passage):
            return {
                "mesure": "classe_population",
                "detail": _bounds(match),
                "nombre": match["count"],
                "precision": "exact",
            }
        if match := _INHABITANTS.fullmatch(passage):
            count = Decimal(match["count"].replace(",", ".")) * (1_000_000 if match["million"] else 1)
            rough = bool(match["over"] or match["million"])
            return {
                "mesure": "habitants",
                "nombre": str(int(count)),
                "precision": "approche" if rough else "exact",
            }
        if match := _BEST.fullmatch(passage):
            recall = f"{match['year']}={match['recalled']}" if match["year"] else None
            return {
                "mesure": "arobases_4_ou_5",
                "detail": recall,
                "nombre": match["count"],
                "precision": "exact",
            }
        if match := _SHEETS.fullmatch(passage):
            return {
                "mesure": "fiches",
                "nombre": match["count"],
                "precision": "approche" if match["over"] else "exact",
            }
        if match := _PRESENT.fullmatch(passage):
            precision = "approche" if match["over"] else "exact"
            return {"mesure": "presents", "nombre": match["count"], "precision": precision}
        return {"mesure": "autre"}

    return read


def _bounds(match: re.Match[str]) -> str:
    """The bounds of a population class: "<3000", "3000-20000" or ">100000"."""
    if match["under"]:
        return f"<{match['under']}"
    return f">{match['over']}" if match["over"] else f"{match['least']}-{match['most']}"


@reading("taxonomie")
def taxonomy(project: Project, options: Mapping[str, Any]) -> Reading:
    """The code of a label in the code list `liste`, within the version `referentiel` when the list contains several.

    Input `libelle`; output `code`, absent for a label that this version does not have: nothing maps one version onto
    another. Case, accents, hyphens frozen by a line break ("ser-vices") and punctuation do not count.
    """
    version = options.get("referentiel")
    entries = [
        entry
        for entry in load_codelist(project.schemas, options["liste"]).codes
        if version is None or dict(entry.more).get("referentiel") == str(version)
    ]
    known = {_bare(entry.label_fr): entry.code for entry in entries}

    def read(texts: Mapping[str, Text]) -> Mapping[str, Text]:
        label = texts.get("libelle")
        return {"code": known.get(_bare(label))} if label else {}

    return read


def _bare(label: str) -> str:
    return NOT_LETTERS.sub("", strip_accents(label))
