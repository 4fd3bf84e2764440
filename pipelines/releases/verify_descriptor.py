"""Is the descriptor of a release a Data Package, and true of its files?

Belongs here: Frictionless' result on the metadata, and what formats, names and licences have to be. Does not: sizes
and hashes (`verify_bag.py`), values (`verify_values.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.releases.descriptor import PROFILE, read_descriptor
from pipelines.releases.flaws import Flaw

PLACE = "data/datapackage.json"
MEDIA_TYPES = {".csv": ("csv", "text/csv"), ".parquet": ("parquet", "application/vnd.apache.parquet")}
"""By suffix: the format and the media type that a resource has to say. Files of changes may leave the latter out."""

OF_THE_PACKAGE = (
    "licenses",
    "sources",
    "contributors",
    "data",
    "extrapaths",
    "compression",
    "innerpath",
    "scheme",
    "control",
)
"""Members that a resource never has of its own: a reader would believe them before the package, or read other bytes."""


def metadata(bag: Path) -> Iterator[Flaw]:
    """Frictionless accepts the descriptor; its resources have names and formats of their own; its licence is said."""
    document = read_descriptor(bag / "data")
    resources = document["resources"]
    for name in ("name", "path"):
        twice = [value for value, count in Counter(item.get(name) for item in resources).items() if count > 1]
        for value in twice:
            yield Flaw("descriptor", f"{PLACE}, {name}", ascii(value)[:80])
    if document.get("$schema") != PROFILE:
        yield Flaw("descriptor", f"{PLACE}, $schema", ascii(document.get("$schema"))[:80], PROFILE)
    for item in resources:
        for name in OF_THE_PACKAGE:
            if name in item:
                yield Flaw("descriptor", f"{PLACE}, {item['name']}, {name}", ascii(item[name])[:80])
        suffix = PurePosixPath(item["path"]).suffix
        if suffix not in MEDIA_TYPES:
            continue
        form, media_type = MEDIA_TYPES[suffix]
        found = (str(item.get("format")).lower(), item.get("mediatype", media_type))
        if found != (form, media_type):
            yield Flaw("descriptor", f"{PLACE}, {item['name']}", f"{found[0]} {found[1]}", f"{form} {media_type}")
    yield from _licences(bag, document.get("licenses"))
    yield from _frictionless(document)


def _licences(bag: Path, licences: object) -> Iterator[Flaw]:
    """The licence is said, and the README says the same."""
    page = (bag / "data" / "README.md").read_text(encoding="utf-8")
    if not isinstance(licences, list) or not licences:
        yield Flaw("descriptor", f"{PLACE}, licenses")
        return
    for item in licences:
        names = [item.get(key) for key in ("title", "name") if item.get(key)] if isinstance(item, dict) else []
        if not names:
            yield Flaw("descriptor", f"{PLACE}, licenses", ascii(item)[:80])
        elif not all(str(name) in page for name in names):
            yield Flaw("licence", f"{PLACE}, licenses", ascii(names)[:80])


def _frictionless(document: dict[str, object]) -> Iterator[Flaw]:
    from frictionless import FrictionlessException, Package

    try:
        report = Package.validate_descriptor(document)
    except FrictionlessException as error:
        yield Flaw("descriptor", PLACE, str(error.error.note)[:120])
        return
    notes = [error.note for error in report.errors] + [error.note for task in report.tasks for error in task.errors]
    for note in notes:
        yield Flaw("descriptor", PLACE, note[:120])
