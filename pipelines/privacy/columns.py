"""What only a whole column or a pair of columns shows: a name that announces personal data, coordinates cut in two.

Belongs here: tests on names of columns and on columns together. Does not: tests on one text (`detectors/`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa

from pipelines.privacy.detectors.places import in_france
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
_LATITUDE = re.compile(r"(^|_)(lat|latitude|y_wgs84?)(_|$)")
_LONGITUDE = re.compile(r"(^|_)(lon|lng|long|longitude|x_wgs84?)(_|$)")
_PRECISE = re.compile(r"-?\d{1,3}[.,]\d{5,}")


def folded_name(name: str) -> str:
    """A column's name in lower case ASCII, words joined by `_`."""
    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).decode().strip().replace(" ", "_")


def named_personal(name: str) -> Iterator[str]:
    """`nom_de_champ` when a column's name announces personal data."""
    words = folded_name(name).split("_")
    if _DENIED.intersection(words):
        yield "nom_de_champ"


def has_points(names: Sequence[str]) -> bool:
    """Whether columns of these names may contain the two halves of points."""
    folded = list(map(folded_name, names))
    return any(map(_LATITUDE.search, folded)) and any(map(_LONGITUDE.search, folded))


def halves_of_points(names: Sequence[str]) -> list[tuple[str, str]]:
    """The columns of latitudes with those of their longitudes, by their names."""
    latitudes = [name for name in names if _LATITUDE.search(folded_name(name))]
    longitudes = [name for name in names if _LONGITUDE.search(folded_name(name))]
    return list(zip(latitudes, longitudes, strict=False))


def precise_points(text: pa.Table) -> Iterator[tuple[int, str, str]]:
    """(row, latitude column, latitude) of points of France to five decimals or more, in two columns of a table."""
    for one, two in halves_of_points(text.column_names):
        pair = as_text(text.select([one, two])) if one != two else as_text(text.select([one]))
        norths, easts = (pair.column(name).to_pylist() for name in (one, two))
        for row, (north, east) in enumerate(zip(norths, easts, strict=True)):
            if not (north and east and _PRECISE.fullmatch(north) and _PRECISE.fullmatch(east)):
                continue
            if in_france(*(float(value.replace(",", ".")) for value in (north, east))):
                yield row, one, north
