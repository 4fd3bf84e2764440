"""Where files live, and how they appear: whole or not at all.

Belongs here: atomic writes, content addressing, locks between processes. Does not: knowing what a file means.
"""

from pipelines.storage.atomic import append_line, new_folder, write_bytes, write_text
from pipelines.storage.digests import sha256_bytes, sha256_file
from pipelines.storage.objects import ObjectStore

__all__ = ["ObjectStore", "append_line", "new_folder", "sha256_bytes", "sha256_file", "write_bytes", "write_text"]
