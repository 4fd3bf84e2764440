"""Frictionless itself over whole packages, and what differs from our report.

Belongs here: the comparison. Does not: making packages (`package_builders.py`).
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.validation import blocks, cutter
from pipelines.validation.errors import SchemaUnusable
from pipelines.validation.hosting import Host, _Refusing
from pipelines.validation.packages import PackageResult, validate_package_at
from tests.at_once import answer_at_once
from tests.validation.comparison import Raised, plain_report
from tests.validation.package_builders import Made, a_package, zipped


def frictionless_package_report(path: str) -> Any:
    """Frictionless' own report on a package, every address refused as ours refuses it, or `Raised`."""
    from frictionless import FrictionlessException, Resource, system

    context = system.use_context(trusted=False, http_session=_Refusing(Host()))
    context.__enter__()
    try:
        return Resource(path, datatype="package").validate(limit_errors=0)
    except (FrictionlessException, Exception) as error:  # noqa: BLE001 - whatever it lets out is its answer
        return Raised(error)
    finally:
        context.__exit__(None, None, None)


def package_difference(path: str) -> str | None:
    """What differs between our report on a package and Frictionless' own, None when nothing does."""
    wanted = frictionless_package_report(path)
    try:
        found = validate_package_at(path, sample=None)
    except SchemaUnusable as error:
        return None if isinstance(wanted, Raised) else f"no package: {error}\ntheirs {plain_report(wanted)}"
    if isinstance(wanted, Raised):
        return None if found.failures or not found.report().valid else f"valid, Frictionless raises {wanted.error!r}"
    if found.failures:
        return f"no result: {found.failures}\ntheirs {plain_report(wanted)}"
    return _difference(found, wanted)


def _difference(found: PackageResult, wanted: Any) -> str | None:
    mine, theirs = _stable(plain_report(found.report())), _stable(plain_report(wanted))
    return None if mine == theirs else f"ours   {mine}\ntheirs {theirs}"


def _stable(report: dict[str, Any]) -> str:
    """A report as text, without the folder that Frictionless unpacks an archive in."""
    return re.sub(r"/[^' ]*/tmp[a-z0-9_]{8}/", "", json.dumps(report, default=str))


def package_differences(seed: int, packages: int, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """What differs over generated packages, each told with its seed; block sizes vary too."""
    answer_at_once()
    for number in range(seed, seed + packages):
        rng = random.Random(number)
        patch.setattr(cutter, "SIZE", rng.choice([16, 100, 1 << 20]))
        patch.setattr(blocks, "ROWS", rng.choice([1, 3, 16384]))
        place = folder / "package"
        place.mkdir()
        patch.chdir(place if rng.random() < 0.5 else folder)
        made = a_package(place, rng)
        path = os.path.relpath(place / "datapackage.json")
        if rng.random() < 0.08:
            zipped(made, folder / "package.zip")
            path = os.path.relpath(folder / "package.zip")
        found = package_difference(path)
        if found is not None:
            yield f"seed {number}: {found}\n{_described(made)}"
        patch.chdir(folder)
        shutil.rmtree(place)


def _described(made: Made) -> str:
    files = {
        str(file.relative_to(made.folder)): repr(file.read_bytes()) for file in made.folder.rglob("*") if file.is_file()
    }
    return json.dumps(files, indent=1, ensure_ascii=False)
