"""Detectors of personal data in one text: one file a family, found by being there.

Belongs here: the register. A detector says where a text shows a pattern; it knows neither tables nor the allow list.
A new detector is a new file in this folder with a decorated function, and nothing else changes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]


@dataclass(frozen=True)
class Detector:
    """`find(text)` gives the spans of the pattern in an unmasked text; `sieve` is an RE2 expression that matches every
    raw text in which it may find something, so that whole columns are sifted without entering Python."""

    rule: str
    sieve: str
    find: Finder


_detectors: dict[str, Detector] = {}


def detector(rule: str, *, sieve: str) -> Callable[[Finder], Finder]:
    """Register a detector. Raises `TypeError` when two share a rule."""

    def register(function: Finder) -> Finder:
        known = _detectors.setdefault(rule, Detector(rule, sieve, function))
        if known.find is not function:
            raise TypeError(f"two detectors are called {rule!r}")
        return function

    return register


@cache
def detectors() -> tuple[Detector, ...]:
    """All detectors, by rule."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return tuple(_detectors[rule] for rule in sorted(_detectors))
