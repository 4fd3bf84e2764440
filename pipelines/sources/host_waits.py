"""Hosts that asked for a longer wait than a client may make, remembered for all sources of a run.

Belongs here: until when which host is left alone. Does not: waiting (`http/client.py`), remembering it for the next run
(`collecting.py`).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass
class HostWaits:
    """Hosts that asked for a longer wait than a client may make: other clients of a run ask them nothing meanwhile."""

    _until: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self, host: str, seconds: float) -> None:
        """Ask a host nothing more for that long."""
        with self._lock:
            self._until[host] = max(self._until.get(host, 0.0), time.monotonic() + seconds)

    def left(self, host: str) -> float:
        """Seconds left until a host may be asked again; 0 when it may be now."""
        with self._lock:
            return max(0.0, self._until.get(host, 0.0) - time.monotonic())
