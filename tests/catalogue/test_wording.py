"""Numbers, sizes and dates as each language writes them."""

from __future__ import annotations

import pytest

from pipelines.catalogue.wording import Wording

FR, EN = Wording("fr"), Wording("en")


def test_numbers() -> None:
    assert FR.number(1234567.25, 1) == "1\u202f234\u202f567,2"
    assert EN.number(1234567.25, 1) == "1,234,567.2"


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0\u00a0o", "0\u00a0B"),
        (999, "999\u00a0o", "999\u00a0B"),
        (1000, "1,0\u00a0ko", "1.0\u00a0kB"),
        (123_456, "123\u00a0ko", "123\u00a0kB"),
        (5_400_000_000_000, "5\u202f400\u00a0Go", "5,400\u00a0GB"),
    ],
)
def test_sizes(size: int, french: str, english: str) -> None:
    assert (FR.size(size), EN.size(size)) == (french, english)


@pytest.mark.parametrize(
    ("moment", "french", "english"),
    [
        ("2026-01-02T03:04:05Z", "2 janvier 2026", "2 January 2026"),
        ("2026-08-01", "1er août 2026", "1 August 2026"),
        ("hier", "hier", "hier"),
        ("2026-13-01", "2026-13-01", "2026-13-01"),
    ],
)
def test_days(moment: str, french: str, english: str) -> None:
    assert (FR.day(moment), EN.day(moment)) == (french, english)


def test_a_share_of_nothing_is_a_dash() -> None:
    assert FR.share(1, 0) == "–"
    assert FR.share(1, 3) == "33,3\u202f%"
    assert EN.share(1, 3) == "33.3%"


def test_french_punctuation_never_begins_a_line() -> None:
    assert FR.spaced("dit : « oui » ; vrai ?") == "dit\u00a0: «\u00a0oui\u00a0»\u202f; vrai\u202f?"
    assert EN.spaced("says : yes") == "says : yes"


def test_several_reasons_are_one_sentence() -> None:
    assert Wording("fr").listed(["a", "b"]) == "a\u202f; b"
    assert Wording("en").listed(["a", "b"]) == "a; b"
