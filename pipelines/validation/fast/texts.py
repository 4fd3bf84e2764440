"""Texts of a format: e-mail addresses, URIs, UUIDs, Base64; their lengths, their words, their pattern.

Sources: frictionless 5.21, fields/string.py; validators 0.36, email.py, hostname.py, domain.py, uuid.py; rfc3986 2.0,
misc.py. Belongs here: what Frictionless reads as text. Does not: translating patterns (`patterns.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.validation.fast.cells import Cells, Mask, as_mask
from pipelines.validation.fast.patterns import subset_in_re2
from pipelines.validation.fast.proof import Check, Proof, matching, one_of, tried_first, whole
from pipelines.validation.fast.widths import one_width

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ATOM = r"[0-9A-Za-z!#$%&'*+/=?^_`{|}~\x{a0}-\x{24f}\-]+"
LABEL = r"[0-9A-Za-z](?:[0-9A-Za-z\-]{0,61}[0-9A-Za-z])?"
FORMS = {
    "uuid": r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
    # No underscore in the host, no longer than LONGEST in all, so that no part of it is too long either.
    "email": rf"{ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+[0-9A-Za-z][0-9A-Za-z\-]{{0,61}}[A-Za-z]",
    "binary": r"(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?",
}
SCHEME = r"\A[A-Za-z][0-9A-Za-z+.\-]*:"  # all that is asked of a URI: what follows is split, and not looked at
BYTES = 4  # of the widest character in UTF-8
LONGEST = 64  # bytes of an address: as long as the name before the @ may be


def text_proof(field: Any, constraints: Mapping[str, Any]) -> Proof | None:
    """The proof of a string field, None where its format or its pattern is not known here."""
    checks: list[Check] = []
    if field.format == "uri":
        checks.append(matching(SCHEME))
    elif field.format in FORMS:
        checks.append(_of_format(field.format))
    elif field.format != "default":
        return None
    if "pattern" in constraints:
        translated = subset_in_re2(constraints["pattern"])
        if translated is None:
            return None
        checks.append(tried_first(one_width(constraints["pattern"]), matching(translated)))
    if "maxLength" in constraints:
        checks.append(_at_most(constraints["maxLength"]))
    if "minLength" in constraints:
        checks.append(_at_least(constraints["minLength"]))
    if "enum" in constraints:
        checks.append(one_of(word for word in constraints["enum"] if isinstance(word, str)))
    is_quick = field.format == "default" and "pattern" not in constraints
    return Proof(tuple(checks), is_quick=is_quick, is_canonical=True)


def _of_format(name: str) -> Check:
    formed = matching(whole(FORMS[name]))
    if name == "uuid":
        return tried_first(one_width(UUID), formed)
    if name != "email":
        return formed

    def addresses(column: pa.Array) -> Mask | None:
        proved = formed(column)
        lengths = Cells.of(column).lengths
        return (
            proved if proved is None or not len(lengths) or lengths.max() <= LONGEST else proved & (lengths <= LONGEST)
        )

    return addresses


def _at_most(longest: int) -> Check:
    def check(column: pa.Array) -> Mask | None:
        lengths = Cells.of(column).lengths
        if not len(lengths) or lengths.max() <= longest:
            return None  # no cell has more bytes than that, and so none has more characters
        return as_mask(pc.less_equal(pc.utf8_length(column), longest))

    return check


def _at_least(shortest: int) -> Check:
    def check(column: pa.Array) -> Mask | None:
        lengths = Cells.of(column).lengths
        if not len(lengths) or lengths.min() >= shortest * BYTES:
            return None  # every cell has enough bytes, were each of its characters as wide as they come
        return as_mask(pc.greater_equal(pc.utf8_length(column), shortest))

    return check
