"""Converters of inquiry records: court numbers, durations, time zones, addresses, places.

Belongs here: what the mappings of inquiry sources name. Does not: reading a printed sentence (`notices.py`), resolving
a place name (the reading `territoire`), checking an inquiry (`law/`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.core.project import Project
from pipelines.mapping.registry import READINGS, Reading, Text, Unreadable, converter, reading

MAINLAND_ZONE = "Europe/Paris"
# IANA time zones of the overseas départements and collectivities, by the code of the official geographic code.
OVERSEAS_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}

_DEPARTMENT = re.compile(r"(0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5]|97[1-8]|98[4678])(?=\s*(?:$|-|–|;))", re.IGNORECASE)
# Observed forms of court numbers: blanks, a lost E, a hyphen or a zero too many, a tail such as BIS or COM EOL.
_COURT_NUMBER = re.compile(r"E?\s*-?0?(\d{2})-?(\d{6})\s*[/-]\s*(\d{2,3})(?!\d)")


@converter("numero_tribunal")
def court_number(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The number of a court's decision as E, year, rank / court; absent when the printed form is not recognised.

    A form that is not recognised is no error: the printed text is kept beside, and the number is never a key. Two
    numbers in one text are none: which of them is the inquiry's is not said.
    """
    text = (texts[0] or "").strip()
    found = _COURT_NUMBER.match(text)
    if not found or len({number.groups() for number in _COURT_NUMBER.finditer(text)}) > 1:
        return None
    return "E{}{}/{}".format(*found.groups())


@converter("departement")
def department(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The code of "53 - Mayenne", "10", "2a" or of each part of "76;80"; absent for "-". Raises `Unreadable`."""
    text = texts[0]
    if text is None or text == "-":
        return None
    codes = [_department(part) for part in text.split(";")]
    return ";".join(codes)


def _department(text: str) -> str:
    found = _DEPARTMENT.match(text.strip())
    if not found:
        raise Unreadable(
            "un code de département, seul ou suivi de son nom", "a département code, alone or with its name"
        )
    return found[1].upper()


@converter("fuseau_horaire")
def time_zone(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The IANA time zone of the first département; absent when no département is known."""
    code = department(texts, options)
    return None if code is None else OVERSEAS_ZONES.get(code.split(";")[0], MAINLAND_ZONE)


@converter("duree_inclusive")
def inclusive_duration(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """Days from an opening to a closing (ISO dates), both counted; absent when one is. Raises `Unreadable`.

    Inclusive because orders and notices count so (« du 23 février au 27 mars, 33 jours »).
    """
    opening, closing = (None if text in (None, "-") else _day(text or "") for text in texts)
    if opening is None or closing is None:
        return None
    if closing < opening:
        raise Unreadable("une clôture qui ne précède pas l'ouverture", "a closing that is not before the opening")
    return str((closing - opening).days + 1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable("une date AAAA-MM-JJ", "a date YYYY-MM-DD") from None


@converter("duree_exclusive")
def duration_without_first_day(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A duration that leaves the first day out, brought to the count of orders: one more. Raises `Unreadable`."""
    text = texts[0]
    if text is None or text == "-":
        return None
    if not text.isdecimal():
        raise Unreadable("un nombre entier de jours", "a whole number of days")
    return str(int(text) + 1)


@converter("jour_utc")
def day_of_instant(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The UTC day of an instant such as "2025-06-18T13:23:16+00:00". Raises `Unreadable` for another offset."""
    text = texts[0]
    if text is None or text == "-":
        return None
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\+00:00)", text)
    if not found:
        raise Unreadable("un instant UTC, AAAA-MM-JJThh:mm:ss+00:00", "a UTC instant, YYYY-MM-DDThh:mm:ss+00:00")
    return _day(found[1]).isoformat()


@converter("premier_present")
def first_present(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The first text that is there; a text equal to the option `absent` (such as "-") is not."""
    return next((text for text in texts if text and text != options.get("absent")), None)


@converter("adresse_web")
def web_address(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """The first address that is there, its blanks and apostrophes percent-encoded. Raises `Unreadable`."""
    text = first_present(texts, {"absent": "-"})
    if text is None:
        return None
    if not re.match(r"https?://[^\s/]", text):
        raise Unreadable("une adresse http:// ou https://", "an http:// or https:// address")
    return re.sub(r"\s", "%20", text).replace("'", "%27")


@converter("texte_sur_lignes")
def text_over_lines(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A text whose lines end in a line feed, whatever the source ends them with; trailing blanks go."""
    text = texts[0]
    if text is None:
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip() or None


@converter("portee_avis")
def outcome_scope(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """What a published outcome is about, from (object types separated by ";", outcome): the object, or the inquiry.

    A source that gives one outcome for several objects says nothing of each: the outcome is then the inquiry's.
    """
    objects, outcome = texts
    if outcome is None:
        return None
    return "enquete" if objects and ";" in objects else "objet"


@reading("territoire_enquete")
def inquiry_place(project: Project, options: Mapping[str, Any]) -> Reading:
    """The official territory of a name printed by an inquiry, through the reading `territoire`.

    Inputs: nom, departement (one or several codes, "53 - Mayenne"), date, contexte; outputs: those of `territoire`.
    Without a name, the territory is the département itself; without either, there is none.
    """
    resolve = READINGS["territoire"](project, options)

    def read(inputs: Mapping[str, Text]) -> Mapping[str, Text]:
        name = first_present((inputs.get("nom"),), {"absent": "-"})
        codes = department((inputs.get("departement"),), {})
        if name is None and codes is None:
            return {}
        query = {"date": first_present((inputs.get("date"),), {"absent": "-"}), "contexte": inputs.get("contexte")}
        if name is None:
            return resolve({**query, "nom": codes, "nature": "departement"})
        # Inquiries print communes: without it, a name that an intercommunal body shares would stay in doubt.
        return resolve({**query, "nom": name, "nature": "commune", "departement": codes})

    return read
