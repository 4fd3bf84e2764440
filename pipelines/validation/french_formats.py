"""French formats of one value: SIRET, SIREN, telephone numbers, opening hours, coordinates, codes of places.

Names and decisions are those of validata-table 0.12.5 and of frformat 0.4.1, which it asks; none of their code is here.
Formats that need lists of communes, postal codes, streets or countries are not here: such a check is
reported as not run. Belongs here: one value. Does not: which column it is of (`custom_checks.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Refusal = Callable[[Any], str | None]  # a value → why it is refused, None when it is not
Maker = Callable[[Mapping[str, Any]], Refusal]  # parameters → the refusal; raises KeyError, TypeError, ValueError

# Source: circulaire Actes, nomenclature at its first level.
ACTS = frozenset(
    (
        "commande publique",
        "urbanisme",
        "domaine et patrimoine",
        "fonction publique",
        "institutions et vie politique",
        "libertes publiques et pouvoirs de police",
        "finances locales",
        "domaines de competences par themes",
        "autres domaines de competences",
    )
)
# Boxes that contain the departments: longitudes and latitudes from and to. Source: validata-table 0.12.5.
FRANCE = (
    ((-61.809839, -61.001959), (15.832041, 16.514488)),  # Guadeloupe
    ((-61.229033, -60.809655), (14.388646, 14.878723)),  # Martinique
    ((-54.60239, -51.619041), (2.111055, 5.748138)),  # Guyane
    ((55.216526, 55.836654), (-21.389631, -20.8718)),  # La Réunion
    ((45.01833, 45.299985), (-13.005254, -12.63659)),  # Mayotte
    ((-5.141277, 9.560091), (41.333571, 51.088989)),  # European France
)
# Source: Code officiel géographique, the same in 2023 and 2024.
VINTAGES = ("2023", "2024", "latest")
REGIONS = frozenset("01 02 03 04 06 11 24 27 28 32 44 52 53 75 76 84 93 94".split())  # noqa: SIM905 - read at a glance
DEPARTMENTS = frozenset(
    (
        *(f"{number:02}" for number in range(1, 96) if number != 20),
        *(str(number) for number in range(971, 979)),
        *["2A", "2B", "984", "986", "987", "988", "989"],
    )
)
ACCENTS = str.maketrans(
    "èéêëàáâãäåìíîïòóôõöùúûüÈÉÊËÀÁÂÃÄÅÌÍÎÏÒÓÔÕÖÙÚÛÜ", "eeeeaaaaaaiiiiooooouuuuEEEEAAAAAAIIIIOOOOOUUUU"
)


def _siret(params: Mapping[str, Any]) -> Refusal:
    from stdnum.fr import siret

    return lambda value: None if siret.is_valid(str(value)) else "ce n'est pas un numéro SIRET valide"


def _siren(params: Mapping[str, Any]) -> Refusal:
    from stdnum.fr import siren

    return lambda value: None if siren.is_valid(str(value)) else "ce n'est pas un numéro SIREN valide"


def _act(params: Mapping[str, Any]) -> Refusal:
    return _act_refusal


def _act_refusal(value: Any) -> str | None:
    text = str(value)
    # As validata looks it up: without a slash, all but the last character.
    known = text[: text.find("/")].lower().translate(ACCENTS)
    if known in ACTS and "/ " not in text:
        return None
    if "/" not in text:
        return "le signe oblique « / » est manquant"
    if "/ " in text or known.rstrip() in ACTS:
        return "le signe oblique ne doit pas être précédé ni suivi d'espace"
    return "le préfixe de la nomenclature Actes n'est pas reconnu"


def _telephone(params: Mapping[str, Any]) -> Refusal:
    import phonenumbers

    def is_valid(value: str, country: str | None) -> bool:
        try:
            number = phonenumbers.parse(value, country)
        except phonenumbers.NumberParseException:
            return False
        if phonenumbers.is_valid_number(number):
            return True
        return country is not None and bool(phonenumbers.is_valid_short_number(number))

    def refusal(value: Any) -> str | None:
        if is_valid(str(value), "FR") or is_valid(str(value), None):
            return None
        return "ce n'est pas un numéro de téléphone français ou international"

    return refusal


def _opening_hours(params: Mapping[str, Any]) -> Refusal:
    import opening_hours

    def refusal(value: Any) -> str | None:
        return None if opening_hours.validate(str(value)) else "ces horaires ne suivent pas la forme d'OpenStreetMap"

    return refusal


def _coordinates(params: Mapping[str, Any]) -> Refusal:
    def refusal(value: Any) -> str | None:
        if _is_in_france(value.lon, value.lat):
            return None
        if _is_in_france(value.lat, value.lon):
            return "ces coordonnées sont en France si l'on échange longitude et latitude"
        return "ces coordonnées ne sont pas en France"

    return refusal


def _is_in_france(longitude: Any, latitude: Any) -> bool:
    x, y = float(longitude), float(latitude)
    return any(west < x < east and south < y < north for (west, east), (south, north) in FRANCE)


def _code(known: frozenset[str], what: str) -> Maker:
    def make(params: Mapping[str, Any]) -> Refusal:
        if params["cog"] not in VINTAGES:
            raise ValueError("cog")
        if "options" in params:
            raise ValueError("options")
        return lambda value: None if value in known else f"ce n'est pas {what}"

    return make


FORMATS: dict[str, Maker] = {
    "siret": _siret,
    "siren": _siren,
    "nomenclature-acte": _act,
    "phone-number-value": _telephone,
    "opening-hours-value": _opening_hours,
    "french-gps-coordinates": _coordinates,
    "code-region": _code(REGIONS, "un code de région"),
    "numero-departement": _code(DEPARTMENTS, "un numéro de département"),
}
