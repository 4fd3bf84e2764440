"""Where files are kept, and how they appear: whole or not at all; and tables that are larger than memory.

Belongs here: atomic writes, content addressing, locks between processes, object stores; the memory that a run may take
(`memory.py`), tables on disk (`spool.py`) and sorting them (`sorting.py`). Does not: knowing what a file means.
"""

from pipelines.storage.atomic import (
    append_line,
    aside_folder,
    make_folder,
    make_own_folder,
    new_folder,
    reveal,
    sweep,
    sync_files,
    write_bytes,
    write_text,
)
from pipelines.storage.digests import sha256_bytes, sha256_file
from pipelines.storage.locks import Busy, lock, shared_lock
from pipelines.storage.objects import ObjectStore

__all__ = [
    "Busy",
    "ObjectStore",
    "append_line",
    "aside_folder",
    "lock",
    "make_folder",
    "make_own_folder",
    "new_folder",
    "reveal",
    "sha256_bytes",
    "sha256_file",
    "shared_lock",
    "sweep",
    "sync_files",
    "write_bytes",
    "write_text",
]
