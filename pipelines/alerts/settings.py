"""`alerts.yaml`: who is notified of what, and how. Its shape is `alerts.schema.json`; secrets are in the
environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pipelines.alerts.errors import AlertNotSent, AlertsFileError
from pipelines.core.checked_yaml import Fault, read_checked
from pipelines.core.project import Project
from pipelines.core.text import Language, Said
from pipelines.sources.freshness import duration

FILE = "alerts.yaml"
SCHEMA = Path(__file__).with_name("alerts.schema.json")
Kind = Literal["run-failed", "release-refused", "source-late", "portal-drift", "quarantine"]
KINDS: tuple[Kind, ...] = ("run-failed", "release-refused", "source-late", "portal-drift", "quarantine")
Shape = Literal["mail", "json", "slack", "mattermost", "matrix"]
SECRET_KEYS = ("user", "password", "address", "token")
PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class Channel:
    """One way to somebody. `secrets`: for "user", "password", "address", "token", the variable that holds it."""

    name: str
    kind: Shape
    about: tuple[Kind, ...]
    secrets: Mapping[str, str]
    server: str = ""
    port: int = 0
    security: str = "starttls"
    sender: str = ""
    recipients: tuple[str, ...] = ()
    room: str = ""
    allow_private: bool = False
    timeout: float = 20.0

    def secret(self, key: str, environment: Mapping[str, str]) -> str:
        """The secret of a key, empty where the channel names none. Raises `AlertNotSent` for one that is not set."""
        variable = self.secrets.get(key)
        if variable is None:
            return ""
        value = environment.get(variable, "").strip()
        if not value:
            found = Said(f"la variable {variable} est vide", f"the variable {variable} is empty")
            raise AlertNotSent(channel=self.name, found=found)
        return value


@dataclass(frozen=True)
class AlertSettings:
    """What `alerts.yaml` says. `repeat`: an alert that stays open is sent again after it; `ask_portals`: how often
    portals are asked whether they contain what was pushed; `quarantined_rows`: more than that many are an alert."""

    channels: tuple[Channel, ...]
    language: Language
    link: str
    repeat: timedelta
    ask_portals: timedelta
    quarantined_rows: int

    @property
    def kinds(self) -> set[Kind]:
        """What at least one channel wants to know."""
        return {kind for channel in self.channels for kind in channel.about}


def load_alerts(project: Project, language: Language = "fr") -> AlertSettings | None:
    """The project's alerts, none where it has no `alerts.yaml`. `language`: where the file names none.

    Raises `AlertsFileError`, `OSError`.
    """
    path = project.root / FILE
    if not path.is_file():
        return None
    try:
        raw: dict[str, Any] = read_checked(path, SCHEMA).value
    except Fault as fault:
        raise AlertsFileError(file=FILE, **fault.facts) from None
    return AlertSettings(
        channels=tuple(_channel(name, described) for name, described in raw["channels"].items()),
        language=raw.get("language", language),
        link=raw.get("link", ""),
        repeat=duration(raw.get("repeat", "P1D")),
        ask_portals=duration(raw.get("ask_portals", "P1D")),
        quarantined_rows=raw.get("quarantined_rows", 0),
    )


def _channel(name: str, raw: Mapping[str, Any]) -> Channel:
    security = raw.get("security", "starttls")
    return Channel(
        name=name,
        kind=raw["kind"],
        about=tuple(raw.get("about", KINDS)),
        secrets={key: raw[key] for key in SECRET_KEYS if key in raw},
        server=raw.get("server", ""),
        port=raw.get("port", PORTS[security]),
        security=security,
        sender=raw.get("from", ""),
        recipients=tuple(raw.get("recipients", ())),
        room=raw.get("room", ""),
        allow_private=raw.get("allow_private", False),
        timeout=float(raw.get("timeout", 20)),
    )
