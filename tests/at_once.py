"""What Frictionless works out again for every copy of a descriptor, answered as it was the first time.

Belongs here: questions whose answer depends on their arguments alone. Frictionless copies a schema, and validates the
copy as a descriptor, about twenty times while it validates one small file: half of what it does there, and all of it
known. Not here: anything about rows, or about a profile that a descriptor names, which is read from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

KEPT = 50_000  # descriptors
ANSWERED = "answers_at_once"


def answer_at_once() -> None:
    """From here on, names are spelled once, sound descriptors validated once, properties looked up alone."""
    from frictionless import Package, Resource, Schema
    from frictionless.metadata import Metadata
    from frictionless.schema import Field
    from frictionless.vendors import stringcase

    if hasattr(Metadata, ANSWERED):
        return
    setattr(Metadata, ANSWERED, True)
    for words in ("snakecase", "camelcase"):
        setattr(stringcase, words, lru_cache(KEPT)(getattr(stringcase, words)))
    Metadata.has_defined = _has_defined  # type: ignore[method-assign]
    for owner in (Metadata, Field, Schema, Resource, Package):
        owner.metadata_validate = _known_when_sound(owner.__dict__["metadata_validate"].__func__)  # type: ignore[method-assign]


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


def _key(cls: Any, descriptor: Any, context: Any = None, **by: Any) -> tuple[Any, ...] | None:
    """What an answer depends on; none where that is more than a class, a descriptor and a version."""
    from frictionless import system

    text = repr(descriptor)  # JSON would not tell a list from a tuple, which is no array
    if by or "'profile'" in text:
        return None
    return cls, text, None if context is None else context.datapackage_version, system.trusted
