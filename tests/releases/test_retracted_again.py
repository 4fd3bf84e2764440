"""What a retracted version contained is not published again, whatever made it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pipelines.releases.retract as retracting
from pipelines.releases import Published, publish
from pipelines.releases.errors import RetractedAgain
from pipelines.releases.request import ReleaseRequest, Warned
from pipelines.releases.retract import retract
from pipelines.releases.verify import verify
from tests.releases.builders import a_request, prizes, two_releases

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MORE = [*prizes(p1={"arobases": "4"}), {"prix_id": "p4", "annee": "2025", "nom": "Autre-Exemple"}]
NOTICE = Warned("1.1.0 a été retirée à tort.", "1.1.0 was retracted by mistake.", is_notice=True)


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """`prix` 1.0.0, and 1.1.0, of `MORE`, which is retracted."""
    found = two_releases(tmp_path)
    retract(found, "prix", "1.1.0", "un motif inventé", now=NOW)
    return found


def published(request: ReleaseRequest, releases: Path) -> Published:
    outcome = publish(request, releases, key=None, knows_retracted=True)
    assert isinstance(outcome, Published)
    return outcome


@pytest.mark.parametrize(
    "other",
    [{"code": "code-2"}, {"snapshot": "c" * 64}, {"code": "code-2", "snapshot": "c" * 64}],
    ids=["other code", "another snapshot", "both"],
)
def test_the_same_values_are_refused_whatever_made_them(releases: Path, other: dict[str, str]) -> None:
    with pytest.raises(RetractedAgain, match=r"1\.1\.0, which was retracted on 2026-03-01"):
        published(a_request(MORE, **other), releases)
    assert verify(releases).is_sound


def test_other_values_are_published(releases: Path) -> None:
    assert published(a_request(MORE[:-1], code="code-2"), releases).version == "1.1.1"


def test_the_same_values_under_a_notice_are_published(releases: Path) -> None:
    assert published(replace(a_request(MORE, code="code-2"), warnings=(NOTICE,)), releases).version == "1.2.0"


def test_the_same_values_under_another_licence_are_published(releases: Path) -> None:
    request = a_request(MORE, code="code-2")
    assert published(replace(request, package=replace(request.package, licence="cc-by-4.0")), releases)


def test_of_an_old_retraction_the_next_version_is_told_that_nobody_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retraction of a ledger that recorded nothing of what the version contained."""
    monkeypatch.setattr(retracting, "ingredients_digest", lambda release: {})
    releases = two_releases(tmp_path)
    retract(releases, "prix", "1.1.0", "un motif inventé", now=NOW)
    told = "the ledger did not record what 1.1.0, retracted on 2026-03-01, contained"
    assert any(told in item.en for item in published(a_request(MORE, code="code-2"), releases).warnings)
    later = published(a_request(MORE[:-1], code="code-3"), releases)
    assert not any(told in item.en for item in later.warnings)
