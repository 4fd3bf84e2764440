"""Notices that print an opening and a length, and the closing after "jusqu'au"."""

from __future__ import annotations

import pytest

from pipelines.domains.inquiries.notices import read_notice


def test_a_closing_that_follows_its_opening_is_read() -> None:
    notice = read_notice(
        "L'enquête publique est ouverte à compter du lundi 4 mars 2024 pour une durée de 33 jours consécutifs, soit "
        "jusqu'au vendredi 5 avril 2024 à 17 heures."
    )
    assert (notice.opening_date.value, notice.closing_date.value) == ("2024-03-04", "2024-04-05")
    assert (notice.closing_hour.value, notice.duration.value) == ("17:00", "33")


def test_an_opening_after_its_length_is_read() -> None:
    notice = read_notice("L'enquête publique est ouverte pour une durée de 30 jours à compter du 1er mars 2024.")
    assert (notice.opening_date.value, notice.closing_date.value, notice.duration.value) == ("2024-03-01", None, "30")


@pytest.mark.parametrize(
    "tail",
    [
        "; le dossier est consultable jusqu'au 5 avril 2024",
        ", et le dossier reste consultable jusqu'au 5 avril 2024",
        ", le public pouvant déposer ses observations jusqu'au 5 avril 2024",
        ". Le rapport est disponible jusqu'au 5 avril 2025",
    ],
)
def test_an_end_of_something_else_is_no_closing(tail: str) -> None:
    notice = read_notice(f"L'enquête publique est ouverte à compter du 4 mars 2024{tail}.")
    assert (notice.opening_date.value, notice.closing_date.value) == ("2024-03-04", None)
