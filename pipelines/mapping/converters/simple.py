"""Converters that any source may need: identifiers, and dates and numbers as French files write them.

Belongs here: from one way of writing a value to the canonical one. Does not: anything that knows what the value means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from pipelines.mapping.registry import Text, Unreadable, converter

SEPARATOR = "\x1f"  # a character that no printed text contains, so that ("ab", "c") and ("a", "bc") differ
BLANKS = r"[^\S\r\n]"
# The point where it is not the decimal sign: « 1.234 » is a thousand to one writer and one to another.
POINTS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")


@converter("date")
def a_date(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A date written in another form than 2026-11-28.

    `format`: how it is written, in the signs of Table Schema and of Python (`%d/%m/%Y`), or a list; the first that
    fits is taken.
    """
    (text,) = texts
    if text is None:
        return None
    given = options["format"]
    for form in [given] if isinstance(given, str) else given:
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no time zone
        except ValueError:
            continue
        if "%Y" not in form or re.search(r"\d{4}", text):
            return found.isoformat()
    forms = ", ".join([given] if isinstance(given, str) else given)
    raise Unreadable(f"une date écrite {forms}", f"a date written {forms}")


@converter("nombre")
def a_number(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """A number written with another decimal sign than the point, or with signs between thousands.

    `decimalChar`: the decimal sign (default: `,`); `groupChar`: the sign between thousands (default: any kind of
    space), which stands before three digits and nowhere else.
    """
    (text,) = texts
    if text is None:
        return None
    decimal, group = options.get("decimalChar", ","), options.get("groupChar")
    between = BLANKS if group is None else re.escape(group)
    whole = rf"[+-]?{BLANKS}?([0-9]+|[0-9]{{1,3}}({between}[0-9]{{3}})+)"
    point = re.escape(decimal) if group == "." else rf"(?:{re.escape(decimal)}|\.)"
    found = re.fullmatch(rf"({whole})(?:{point}([0-9]+))?", text)
    is_unsure = "." not in (decimal, group) and POINTS.fullmatch(text) is not None
    if found is None or is_unsure:
        example = f"1234{decimal}5"
        raise Unreadable(f"un nombre écrit comme {example}", f"a number written like {example}")
    digits = re.sub("[^0-9-]", "", found[1])
    return f"{digits}.{found[4]}" if found[4] else digits


@converter("identifiant")
def identifier(texts: tuple[Text, ...], options: Mapping[str, Any]) -> Text:
    """Twelve hexadecimal digits of the SHA-256 of the texts, after `prefix` and a hyphen when it is given.

    The same texts give the same identifier in every source; an absent text counts as an empty one. Raises `Unreadable`
    when every text is absent: such records could not be distinguished.
    """
    if not any(texts):
        raise Unreadable("au moins une des colonnes de l'identifiant", "at least one of the identifier's columns")
    digits = sha256(SEPARATOR.join(text or "" for text in texts).encode("utf-8")).hexdigest()[:12]
    prefix = options.get("prefix")
    return f"{prefix}-{digits}" if prefix else digits
