"""Sockets that SeaweedFS leaves in /tmp: one for each of its ports, whatever its own folder is, and it cannot be told
another place for those of gRPC. Where a test or the cluster starts it, and kills it, they have to go with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FOLDER = Path("/tmp")  # SeaweedFS' own choice


def remove_sockets(command: Sequence[str]) -> None:
    """Delete the sockets of a server that was started with `command` and is gone: those of its own ports."""
    for word in command:
        option, _, port = word.partition("=")
        if ".port" in option and port.isdecimal():
            for path in FOLDER.glob(f"seaweedfs-*-{port}.sock"):
                path.unlink(missing_ok=True)
