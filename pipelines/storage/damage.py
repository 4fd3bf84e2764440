"""What Python raises over an archive that is cut, corrupt or made to harm: any of these means that it is damaged.

Belongs here: the list, once for all who open archives. Does not: the error that each of them raises in its place.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    struct.error,
    KeyError,  # a member that the list names and that is not there
    ValueError,  # a place before the file's beginning
    NotImplementedError,  # a compression that nobody has
    RuntimeError,  # a member that asks for a password
)
