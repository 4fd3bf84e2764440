"""What only a whole column or a pair of columns shows: a name that announces personal data, coordinates cut in two.

Belongs here: tests on names of columns and on columns together. Does not: tests on one text (`detectors/`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa

from pipelines.privacy.detectors.positions import in_france, is_projected
from pipelines.privacy.normalisation import fold
from pipelines.schema.arrow import as_text

# Words of a column's name that announce a person's data, wherever the column is in a public table.
_DENIED = frozenset(
    [
        "courriel",
        "email",
        "mail",
        "mel",
        "telephone",
        "tel",
        "portable",
        "mobile",
        "gsm",
        "fax",
        "nir",
        "iban",
        "rib",
        "bic",
        "prenom",
        "prenoms",
        "civilite",
        "signature",
        "ip",
        "uid",
        "naissance",
        "domicile",
    ]
)
# Words beside them that say how many there are, or of which kind: "nb_telephones", "taux_naissance", "type_contact".
COUNTING = frozenset(
    ("nb", "nbr", "nbre", "nombre", "nombres", "taux", "part", "pct", "pourcentage", "total", "effectif", "effectifs",
     "count", "type", "types", "categorie")
)  # fmt: skip
# Beside these, a word that may also announce a person's data is another: "couverture_mobile", "date_signature".
_ANOTHER_SENSE = {
    "mobile": frozenset(
        ("couverture", "reseau", "site", "operateur", "debit", "antenne", "application", "appli", "internet", "service",
         "equipement", "guichet", "unite", "telephonie", "zone", "acces", "support", "structure", "cinema", "equipe")
    ),
    "portable": frozenset(("ordinateur", "materiel", "extincteur")),
    "domicile": frozenset(
        ("aide", "aides", "service", "services", "soin", "soins", "hospitalisation", "travail", "maintien", "portage",
         "places", "hors", "intervention", "interventions", "distance", "mode", "trajet", "trajets", "deplacement",
         "deplacements", "livraison")
    ),
    "ip": frozenset(("protection", "indice", "classe")),
    "uid": frozenset(("adresse", "ban", "objet", "site", "station", "voie", "lieu")),
    "mel": frozenset(("perimetre", "metropole", "territoire")),
    "signature": frozenset(("date", "annee", "mois")),
}  # fmt: skip
# "lat", "latitude", and as the national schemas of car parks and car sharing name them: "Ylat" and "Xlong".
_LATITUDE = re.compile(r"(^|_)((y|coord|gps|geo)?lat(itude)?(wgs84?|gps)?|y_wgs84?)(_|$)")
_LONGITUDE = re.compile(r"(^|_)((x|coord|gps|geo)?(lon|lng|long|longitude)(wgs84?|gps)?|x_wgs84?)(_|$)")
_PRECISE = re.compile(r"-?\d{1,3}[.,]\d{5,}")
# Metres of a projection: "x", "coord_x", "x_l93", "xl93", "lambert_x", and in English.
_EAST = re.compile(r"(^|_)(coord)?x(l?93|l2e)?(_|$)|(^|_)easting(_|$)")
_NORTH = re.compile(r"(^|_)(coord)?y(l?93|l2e)?(_|$)|(^|_)northing(_|$)")
_METRES = re.compile(r"\d{6,7}(?:[.,]\d+)?")


def folded_name(name: str) -> str:
    """A column's name in lower case ASCII, words joined by `_`."""
    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).decode().strip().replace(" ", "_")


def named_personal(name: str) -> Iterator[str]:
    """`nom_de_champ` when a column's name announces personal data."""
    words = frozenset(folded_name(name).split("_"))
    announced = {word for word in _DENIED & words if not _ANOTHER_SENSE.get(word, frozenset()) & words}
    if announced and not COUNTING & words:
        yield "nom_de_champ"


def has_points(names: Sequence[str]) -> bool:
    """Whether columns of these names may contain the two halves of points."""
    return bool(halves_of_points(names))


def halves_of_points(names: Sequence[str]) -> list[tuple[str, str]]:
    """The columns that may contain the two halves of points: the first to the north with the first to the east, and so
    on; degrees and metres apart."""
    folded = {name: folded_name(name) for name in names}
    found: list[tuple[str, str]] = []
    for to_the_north, to_the_east in ((_LATITUDE, _LONGITUDE), (_NORTH, _EAST)):
        norths = [name for name in names if to_the_north.search(folded[name])]
        easts = [name for name in names if to_the_east.search(folded[name])]
        found += zip(norths, easts, strict=False)
    return list(dict.fromkeys(found))


def precise_points(text: pa.Table) -> Iterator[tuple[int, str, str]]:
    """(row, northern column, its value) of points of France to about one metre, in two columns of a table."""
    for one, two in halves_of_points(text.column_names):
        pair = as_text(text.select([one, two])) if one != two else as_text(text.select([one]))
        norths, easts = (pair.column(name).to_pylist() for name in (one, two))
        for row, (north, east) in enumerate(zip(norths, easts, strict=True)):
            if north and east and _is_a_point(north, east):
                yield row, one, north


def _is_a_point(north: str, east: str) -> bool:
    if _PRECISE.fullmatch(north) and _PRECISE.fullmatch(east):
        return in_france(*(float(value.replace(",", ".")) for value in (north, east)))
    return bool(_METRES.fullmatch(north) and _METRES.fullmatch(east)) and is_projected(east, north, is_said=True)
