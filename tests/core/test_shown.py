"""What a message shows of a value that somebody wrote where it does not belong. Everybody here is invented."""

from __future__ import annotations

import pytest

from pipelines.core.shown import NOT_SHOWN, shown, shown_as_code, shown_name

PERSONAL = [
    "solene.quemeneur@example.org",
    "solene%40example.org",
    "06 12 34 56 78",
    "+33 (0)6.12.34.56.78",
    612345678,
    "Solène Quéméneur",
    "QUEMENEUR, Solène",
    "Solène de la Tour",
    "Mme Quéméneur",
    ["csv", "Solène Quéméneur"],
    {"from": {"Solène Quéméneur": "nom"}},
]
ORDINARY = ["2024-01-32", "2024-01-02T03:04Z", "etalab-2.0", "Etalab", 120_000, None, True, ["a", "b"], {"from": "x"}]


@pytest.mark.parametrize("value", PERSONAL)
def test_what_may_be_somebodys_is_not_shown(value: object) -> None:
    assert shown(value) == shown_as_code(value) == NOT_SHOWN
    assert shown_name(str(value)) == "…"


@pytest.mark.parametrize("value", ORDINARY)
def test_what_a_description_has_otherwise_is_shown(value: object) -> None:
    assert shown_as_code(value) == repr(value)
    assert str(shown(value)).strip('"')[:4] in str(value).replace("'", '"').replace("True", "true").replace(
        "None", "null"
    )


def test_a_long_value_is_cut() -> None:
    assert shown("x" * 100) == '"' + "x" * 58 + "…"
