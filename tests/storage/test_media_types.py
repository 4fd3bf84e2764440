"""What files are said to be where they are served or sent, beside what releases say of their own formats."""

from __future__ import annotations

from pipelines.releases.formats import registry
from pipelines.storage.media_types import media_type


def test_a_format_of_releases_is_served_as_its_descriptor_says() -> None:
    formats = list(registry.FORMATS.values())
    assert formats
    for form in formats:
        assert media_type(f"table{form.suffix}").split(";")[0] == form.media_type


def test_an_ending_that_says_nothing_is_bytes() -> None:
    assert media_type("snapshots/objects/ab/ab12") == media_type("a.unknown") == "application/octet-stream"
