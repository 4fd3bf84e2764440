"""pyarrow without pandas, for a command that makes no data frame.

pyarrow imports pandas, where it is installed, as soon as it makes an array, to know a series when it meets one: 35 MB
and a quarter of a second. Belongs here: keeping it out. Whoever asks pyarrow for a data frame still gets one.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _NoPandas(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)
        return None


def keep_pandas_out() -> None:
    """Let pyarrow look for pandas while it is not to be found: it looks once, and again only for a data frame."""
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    absent = _NoPandas()
    sys.meta_path.insert(0, absent)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(absent)
