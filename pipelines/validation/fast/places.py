"""Points on Earth and lengths of time, in their plain writing.

Sources: frictionless 5.21, fields/geopoint.py and duration.py; isodate 0.7, isoduration.py. Belongs here: forms of both
in RE2. Does not: their values, which nothing compares.
"""

from __future__ import annotations

from typing import Any

from pipelines.validation.fast.proof import Check, Proof, matching, whole

# JSON wants no zero before a number; Decimal minds none. Both know these, and no rounding takes them past the pole.
LONGITUDE = r"-?(?:180(?:\.0+)?|(?:1[0-7][0-9]|[1-9]?[0-9])(?:\.[0-9]+)?)"
LATITUDE = r"-?(?:90(?:\.0+)?|[1-8]?[0-9](?:\.[0-9]+)?)"
POINTS = {
    "default": rf" *{LONGITUDE} *, *{LATITUDE} *",
    "array": rf" *\[ *{LONGITUDE} *, *{LATITUDE} *\] *",
    "object": (
        rf' *\{{ *(?:"lon" *: *{LONGITUDE} *, *"lat" *: *{LATITUDE}|"lat" *: *{LATITUDE} *, *"lon" *: *{LONGITUDE})'
        r" *\} *"
    ),
}
AMOUNT = r"[0-9]{1,6}(?:[.,][0-9]{1,6})?"
DATES = rf"(?:{AMOUNT}Y)?(?:{AMOUNT}M)?(?:{AMOUNT}W)?(?:{AMOUNT}D)?"
HOURS = rf"(?:{AMOUNT}H)?(?:{AMOUNT}M)?(?:{AMOUNT}S)?"
DURATION = rf"P{DATES}(?:T{HOURS})?"


def point_check(field: Any) -> Check | None:
    """The check of a geopoint field."""
    form = POINTS.get(field.format)
    return None if form is None else matching(whole(form))


def duration_check(field: Any) -> Check | None:
    """The check of a duration field; its parts come in the order of ISO 8601, without a sign."""
    if field.format != "default":
        return None
    formed, something = matching(whole(DURATION)), matching(r"\AP.")  # `P` alone is no duration, `PT` is one
    return Proof((formed, something)).prove
