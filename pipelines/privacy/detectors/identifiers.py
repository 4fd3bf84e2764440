"""Numbers that name one person or one account: the NIR (social security number) and the IBAN, both held by their key.

NIR: 15 characters, key 97 − (number mod 97), Corsica 2A → 19 and 2B → 18. IBAN: ISO 13616, mod 97 and the country's
structure. A number whose key is wrong is not held by these rules; the strong test still holds it when it is a record's
own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.privacy.detectors import Span, accepted, detector, is_of_a_decimal, without_uuids

_GAP = r"[\s.\-–/_]{0,2}"
_NIR = re.compile(rf"(?<![\w])[1-478](?:{_GAP}\d){{4}}{_GAP}(?:\d{_GAP}\d|2{_GAP}[ABab])(?:{_GAP}\d){{8}}(?![\w])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[\s.\-–/_]{0,3}[A-Za-z0-9]){11,40}")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")


@detector("nir", sieve=r"\b[1-478]([\s.\-–/_]*\d){4}[\s.\-–/_]*(\d[\s.\-–/_]*\d|2[\s.\-–/_]*[ABab])([\s.\-–/_]*\d){8}")
def social_security_numbers(text: str) -> Iterator[Span]:
    """NIR of fifteen characters with a right key, Corsica included."""
    from stdnum.fr import nir

    found = accepted(_NIR, without_uuids(text), lambda match: nir.is_valid(_NOT_ALPHANUMERIC.sub("", match[0])))
    yield from (match.span() for match in found if not is_of_a_decimal(match))


@detector("iban", sieve=r"\b[A-Za-z]{2}\d{2}([\s.\-–/_]*[A-Za-z0-9]){11}")
def bank_accounts(text: str) -> Iterator[Span]:
    """IBAN of any country, by its structure and its key; what follows it in the sentence is left out."""
    for match in accepted(_IBAN, without_uuids(text), lambda match: _account_length(match[0]) > 0):
        yield match.start(), match.start() + _account_length(match[0])


def _account_length(written: str) -> int:
    """How many characters of what is written are an account with a right key, 0 for none."""
    from stdnum import iban

    places = [place for place, character in enumerate(written) if character.isalnum()]
    number = "".join(written[place] for place in places)
    if not any(character.isdigit() for character in number[4:15]):
        return 0
    for length in range(15, min(len(number), 34) + 1):
        end = places[length - 1] + 1
        is_an_end = end == len(written) or not written[end].isalnum()
        if is_an_end and iban.is_valid(number[:length], check_country=False):
            return end
    return 0
