"""Base64 in its one form: of several texts that decode to the same bytes, only the one that they are written as.

Python, and others, pass over bits at the end that no byte uses: what is signed or proved would have several spellings,
and one that was altered on the way would not be noticed. OpenSSH (`b64_pton`) and Go's strict decoder refuse these too.
"""

from __future__ import annotations

import base64


def decode(text: str) -> bytes:
    """The bytes of a text in base64. Raises `ValueError` when it is not how they are written."""
    data = base64.b64decode(text, validate=True)  # binascii.Error is a ValueError
    if base64.b64encode(data).decode() != text:
        raise ValueError("another spelling of these bytes")
    return data
