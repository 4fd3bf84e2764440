"""HTTP clients that wait for nothing."""

from __future__ import annotations

from typing import Any

from pipelines.sources.http import Client, Patience

QUICK = Patience(connect=2, read=0.5, whole=1, wait=100, attempts=3)


class Sleeper:
    """Sleeps nowhere, and remembers for how long it was asked to."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


def a_client(**more: Any) -> Client:
    return Client("mairie", **({"allow_private": True, "patience": QUICK, "sleep": Sleeper()} | more))


def waits(client: Client) -> list[float]:
    assert isinstance(client.sleep, Sleeper)
    return client.sleep.waits
