"""A neighbouring spelling is one name and no other, or it is nothing."""

from __future__ import annotations

from pipelines.geo.spelling import neighbour

KNOWN = [
    "hazebrouck",
    "saint denis",
    "sainte denise",
    "merville",
    "merviller",
    "suce sur erdre",
    "wimille",
    "le haut mont",
]


def test_one_letter_lost_is_forgiven():
    assert neighbour("hazebrouk", KNOWN, alone=False) == ["hazebrouck"]


def test_two_letters_are_forgiven_in_a_long_name_within_a_departement_only():
    assert neighbour("suce sur edrre", KNOWN, alone=False) == ["suce sur erdre"]
    assert neighbour("sucee sur edre", KNOWN, alone=True) == []


def test_a_short_name_is_not_corrected():
    assert neighbour("wimile", KNOWN, alone=False) == []
    assert neighbour("hazebrouk", KNOWN, alone=True) == []


def test_rivals_within_one_more_error_are_all_returned():
    assert neighbour("mervillr", KNOWN, alone=False) == ["merville", "merviller"]


def test_telling_words_the_first_letter_and_digits_must_stay():
    assert neighbour("le bas mont", ["le haut mont"], alone=False) == []
    assert neighbour("saint denise", ["sainte denise"], alone=False) == []
    assert neighbour("gazebrouck", KNOWN, alone=False) == []
    assert neighbour("paris 18 arrondissement", ["paris 16 arrondissement"], alone=False) == []
