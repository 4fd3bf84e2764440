"""Templates as they were compiled, kept beside them as Python keeps its modules: compiling takes longer than filling.

Belongs here: keeping them. Does not: filling them (`pages.py`). What is kept holds for one text of a template, one
language and one code of the catalogue; anything else is compiled again. With `PYTHONDONTWRITEBYTECODE` none is kept.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from pipelines.core.text import Language

CODE = Path(__file__).resolve().parents[1]
FOLDER = CODE / "catalogue" / "templates" / "__pycache__"


class Compiled(FileSystemBytecodeCache):
    """The compiled templates of one language."""

    def __init__(self, language: Language, folder: Path = FOLDER) -> None:
        super().__init__(str(folder), f"{language}-%s.cache")
        self._folder = folder

    def get_source_checksum(self, source: str) -> str:
        """What a template was compiled from: its text, and the code that decides how it is compiled."""
        return hashlib.sha256(f"{_code()}\n{source}".encode()).hexdigest()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, where that may be done: the code may lie where nobody writes."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):  # as Python does with modules: it is compiled again the next time
            self._folder.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def _code() -> str:
    """The SHA-256 of the code of the catalogue and of texts, with the version of what compiles."""
    digest = hashlib.sha256(version("jinja2").encode())
    for path in sorted([*(CODE / "catalogue").glob("*.py"), CODE / "core" / "text.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
