"""How many requests one host gets at once, and how fast: shared by every client of this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class RateLimit:
    """One host's door: `at_once` requests in flight, at least `interval` seconds between two starts."""

    at_once: int
    interval: float
    door: threading.Semaphore = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)
    next_start: float = 0.0

    def __post_init__(self) -> None:
        self.door = threading.Semaphore(self.at_once)

    @contextmanager
    def entered(self, sleep: Callable[[float], None]) -> Iterator[None]:
        """Wait for a place and for the next start, then keep the place."""
        with self.door:
            with self.lock:
                now = time.monotonic()
                wait = max(0.0, self.next_start - now)
                self.next_start = max(now, self.next_start) + self.interval
            if wait:
                sleep(wait)
            yield


_gates: dict[tuple[str, int, float], RateLimit] = {}
_lock = threading.Lock()


def gate(host: str, *, at_once: int, per_minute: int) -> RateLimit:
    """The door of a host (`name:port`); sources that declare the same limits share one."""
    key = (host, at_once, 60 / per_minute if per_minute else 0.0)
    with _lock:
        return _gates.setdefault(key, RateLimit(key[1], key[2]))


def host_of(url: str) -> str:
    """The `name:port` of an address, without a user."""
    return urlsplit(url).netloc.rpartition("@")[2]
