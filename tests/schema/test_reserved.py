"""The reserved columns have one definition, which every module of the engine takes."""

from __future__ import annotations

from pathlib import Path

import pipelines
from pipelines.schema.arrow import REPEATED
from pipelines.schema.reserved import PUBLISHED, RESERVED, RESERVED_SCHEMA

ROOT = Path(pipelines.__file__).parent
QUOTED = tuple(f'"{name}"' for name in RESERVED)


def test_the_names_are_those_of_the_types_and_of_what_is_published() -> None:
    assert RESERVED_SCHEMA.names == list(RESERVED) == list(PUBLISHED.values())
    assert [str(field.type) for field in RESERVED_SCHEMA] == [*[str(REPEATED)] * 3, "int64"]


def test_no_other_module_writes_their_names() -> None:
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")}
    assert {name for name, text in texts.items() if any(word in text for word in QUOTED)} == {"schema/reserved.py"}
