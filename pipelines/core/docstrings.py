"""The docstring of a function, also where Python was told to leave docstrings out (`PYTHONOPTIMIZE=2`).

What a rule explains is published: it cannot depend on how Python was started."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any


def docstring(function: Callable[..., Any]) -> str:
    """Its docstring on one line, read from its source where it was stripped; empty where it has none."""
    text = function.__doc__
    if text is None:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        text = ast.get_docstring(tree, clean=False) if isinstance(tree, ast.FunctionDef) else None
    return " ".join((text or "").split())
