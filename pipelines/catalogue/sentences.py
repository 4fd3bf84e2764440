"""Sentences of releases as people read them: what a table or a column is called instead of its name, true plurals.

Belongs here: rewording texts that a release has for machines and people alike. Does not: typography (`wording.py`),
nor what a code means (`labels.py`). Files keep the texts as they were published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.catalogue.model import Version
from pipelines.core.text import Language

TOKEN = re.compile(r"(?:« |“)?(?<![\w/.])([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b(?![/.]\w)(?: »|”)?")
"""What looks like the name of a table or a column, and can be no word of a sentence; in quotation marks or not. The
name of a file is none."""
AFTER_TABLE = re.compile(r"(?<=\btable )(?:« |“)?([a-z]\w*)\b(?: »|”)?")
"""The word after "table", which may be the name of one."""
SUBJECT = re.compile(r"^(?P<table>[a-z]\w*)(?:\.(?P<field>\w+))?(?= ?: )|^(?P<kind>table) [«\"] ?(?P<named>\w+) ?[»\"]")
"""What the reason of a version begins with: `prix : …`, `prix.nom : …`, `table « prix » …`."""
QUOTED = re.compile(r"(?<=(?:champ|field) )[«\"] ?(\w+) ?[»\"]")
COUNTED = re.compile(r"(\d+) \w+\(s\)")
EARLIER: Mapping[str, str] = {
    "valeur(s) corrigée(s)": "valeur(s) modifiée(s)",
    "value(s) corrected": "value(s) changed",
    "retenue(s) par le contrôle": "bloquée(s) par le contrôle",
    "constats revus": "résultats des contrôles mis à jour",
    "findings revised": "findings updated",
    "rejets revus": "lignes écartées mises à jour",
    "rejects revised": "rejected rows updated",
    "description du paquet revue": "description du jeu de données revue",
}
"""Words of reasons that earlier versions hold, and what is written for the same today."""
MARKS: Mapping[Language, tuple[str, str]] = {"fr": ("« ", " »"), "en": ("“", "”")}


def worded(text: str, version: Version | None, language: Language) -> str:
    """A sentence whose names of tables and columns are their titles, in quotation marks.

    A name without an underscore may be a word of the sentence, and stays unless the word "table" is before it; so
    does one that the version does not have.
    """
    if version is None or ("_" not in text and "table " not in text):
        return text
    tables = {table.name: table.title(language) for table in version.tables}
    titles = {**_fields(version, language), **tables}
    text = AFTER_TABLE.sub(lambda found: _quoted(tables[found[1]], language) if found[1] in tables else found[0], text)
    return TOKEN.sub(lambda found: _quoted(titles[found[1]], language) if found[1] in titles else found[0], text)


def reason(text: str, version: Version | None, language: Language) -> str:
    """Why a version has its number: the tables and fields that it names by their titles, and how many of what."""
    for before, now in EARLIER.items():
        text = text.replace(before, now)
    if version is None:
        return _plural(text, language)

    def subject(found: re.Match[str]) -> str:
        table = version.table(found["table"] or found["named"])
        if table is None:
            return found[0]
        title = table.title(language)
        if found["kind"]:
            return f"{found['kind']} {_quoted(title, language)}"
        return f"{title}, {_quoted(table.field_title(found['field'], language), language)}" if found["field"] else title

    start = SUBJECT.match(text)
    table = version.table(start["table"] or start["named"]) if start else None
    if table is not None:
        text = QUOTED.sub(lambda found: _quoted(table.field_title(found[1], language), language), text)
    return _plural(SUBJECT.sub(subject, text), language)


def _plural(text: str, language: Language) -> str:
    """`4 ligne(s) ajoutée(s)`, as versions before December 2026 have it, as `4 lignes ajoutées`; in French 0 and 1 are
    singular, in English 1 alone is."""
    counted = COUNTED.search(text)
    if counted is None:
        return text
    is_one = int(counted[1]) == 1 or (language == "fr" and int(counted[1]) == 0)
    return text.replace("(s)", "" if is_one else "s")


def _quoted(text: str, language: Language) -> str:
    before, after = MARKS[language]
    return f"{before}{text}{after}"


def _fields(version: Version, language: Language) -> dict[str, str]:
    """What columns are called; one of several tables has the title that the first gives it."""
    titles: dict[str, str] = {}
    for table in version.tables:
        for field in table.fields:
            titles.setdefault(field["name"], table.field_title(field["name"], language))
    return titles
