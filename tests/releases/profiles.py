"""The official profiles of Data Package, as dplib-py carries them, and what they find wrong with a descriptor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from jsonschema.validators import validator_for

PROFILES = ("1.0", "2.0")


def flaws(descriptor: Mapping[str, Any], profile: str, kind: str = "datapackage") -> Iterator[str]:
    """Each error by its place. `kind`: the file of the profile, such as `tableschema`."""
    text = files("dplib").joinpath("profiles", profile, f"{kind}.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    checker = validator_for(schema)(schema)
    return (f"{error.json_path}: {error.message[-200:]}" for error in checker.iter_errors(descriptor))
