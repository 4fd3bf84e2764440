"""What Frictionless works out again for every copy of a descriptor, answered as it was the first time.

Belongs here: questions whose answer depends on their arguments alone. Frictionless copies a schema, and validates the
copy as a descriptor, about twenty times while it validates one small file: half of what it does there, and all of it
known. Not here: anything about rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from frictionless import system
from frictionless.metadata import Metadata
from frictionless.vendors import stringcase

KEPT = 5000  # descriptors


def answer_at_once(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone: names are spelled once, sound descriptors validated once, properties looked up alone."""
    for words in ("snakecase", "camelcase"):
        patch.setattr(stringcase, words, lru_cache(getattr(stringcase, words)))
    patch.setattr(Metadata, "has_defined", _has_defined)
    patch.setattr(Metadata, "metadata_validate", _known_when_sound(Metadata.metadata_validate.__func__))


def _has_defined(self: Any, name: str) -> bool:
    """Whether `list_defined` has the name. Source: frictionless 5.21, metadata/metadata.py."""
    if name in self.metadata_assigned:
        return True
    if name not in self.metadata_defaults:
        return False
    value = getattr(self, name, None)
    if isinstance(value, type):
        value = value.__dict__.copy()
    return bool(value != self.metadata_defaults[name])


def _known_when_sound(validate: Any) -> Any:
    """`metadata_validate` that remembers descriptors, and what they were validated by, in which nothing was wrong."""
    sound = dict[tuple[Any, ...], None]()

    def metadata_validate(cls: Any, descriptor: Any, **by: Any) -> Iterator[Any]:
        key = _key(cls, descriptor, **by)
        if key is None:
            yield from validate(cls, descriptor, **by)
        elif key not in sound:
            errors = 0
            for error in validate(cls, descriptor, **by):
                errors += 1
                yield error
            if not errors and len(sound) < KEPT:
                sound[key] = None

    return classmethod(metadata_validate)


def _key(cls: Any, descriptor: Any, **by: Any) -> tuple[Any, ...] | None:
    """What an answer depends on; none where a part of it cannot be written as text."""
    context = by.pop("context", None)
    version = None if context is None else context.datapackage_version
    try:
        text = json.dumps([descriptor, by.pop("profile", None)])
    except (TypeError, ValueError):
        return None
    return (cls, text, version, by.pop("error_class", None), system.trusted) if not by else None
