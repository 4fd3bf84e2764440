"""Notifying: which observations are new, which are over, and what each channel was sent already.

Belongs here: the memory of alerts (`outputs/alerts/state.json`) and the order of things. An alert is sent once when it
opens, again after `repeat` while it lasts, and once when it is over. What a channel did not take is sent to it again at
the next occasion; a process that dies between a sending and the writing of the memory sends once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.alerts.alert import Alert, Message
from pipelines.alerts.errors import AlertNotSent
from pipelines.alerts.observing import Observation
from pipelines.alerts.sending import send
from pipelines.alerts.settings import AlertSettings, Channel
from pipelines.core.logs import logger
from pipelines.core.project import Project
from pipelines.storage import lock, write_text

STATE = "state.json"
_log = logger("alerts")


@dataclass
class Delivery:
    """What was sent: (channel, title) in order; and what a channel did not take."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    errors: list[AlertNotSent] = field(default_factory=list)


def folder_of(project: Project) -> Path:
    """Where alerts are remembered."""
    return project.outputs / "alerts"


def open_alerts(project: Project) -> dict[str, tuple[Alert, str]]:
    """The alerts that are open, by key, with when each began, oldest first."""
    entries = [(key, entry) for key, entry in _read(project)["alerts"].items() if not entry["ended"]]
    ordered = sorted(entries, key=lambda item: (item[1]["since"], item[0]))
    return {key: (Alert.of(entry["alert"]), entry["since"]) for key, entry in ordered}


def notify(
    project: Project,
    settings: AlertSettings,
    observations: Iterable[Observation],
    *,
    now: datetime,
    environment: Mapping[str, str],
    asked_portals: bool = False,
) -> Delivery:
    """Remember what was observed at `now` (aware), and send what is due. Raises `OSError`, `Busy`.

    `asked_portals`: the observations are those of portals too.
    """
    outcome = Delivery()
    folder = folder_of(project)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock(folder / ".lock", wait_seconds=60):
        state = _read(project)
        _notice(state["alerts"], observations, now)
        for channel in settings.channels:
            for key, entry in state["alerts"].items():
                _send_due(channel, settings, key, entry, now=now, environment=environment, outcome=outcome)
        state["alerts"] = {key: entry for key, entry in state["alerts"].items() if not _is_done(entry, settings)}
        state["portals"] = _instant(now) if asked_portals else state["portals"]
        write_text(folder / STATE, json.dumps(state, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return outcome


def portals_are_due(project: Project, settings: AlertSettings, now: datetime) -> bool:
    """Whether it is time to ask portals again."""
    if "portal-drift" not in settings.kinds:
        return False
    last = _read(project)["portals"]
    return not last or now - datetime.fromisoformat(last) >= settings.ask_portals


def _notice(entries: dict[str, Any], observations: Iterable[Observation], now: datetime) -> None:
    for item in observations:
        entry = entries.get(item.key)
        if item.alert is None:
            if entry is not None and not entry["ended"]:
                entry["ended"] = _instant(now)
            continue
        if entry is None or entry["ended"]:
            entries[item.key] = {"alert": item.alert.stored(), "since": _instant(now), "ended": "", "told": {}}
        else:
            entry["alert"] = item.alert.stored()


def _send_due(
    channel: Channel,
    settings: AlertSettings,
    key: str,
    entry: dict[str, Any],
    *,
    now: datetime,
    environment: Mapping[str, str],
    outcome: Delivery,
) -> None:
    alert = Alert.of(entry["alert"])
    state = _state_for(channel, alert, entry, settings, now)
    if state is None:
        return
    links = (settings.link,) if settings.link else ()
    message = Message(alert, state, since=entry["since"], at=_instant(now), links=links)
    try:
        send(channel, message, language=settings.language, environment=environment, now=now)
    except AlertNotSent as error:
        _log.warning("%s", error.message("en"))
        outcome.errors.append(error)
        return
    entry["told"][channel.name] = {"at": _instant(now), "state": state}
    outcome.sent.append((channel.name, message.title(settings.language)))


def _state_for(
    channel: Channel, alert: Alert, entry: Mapping[str, Any], settings: AlertSettings, now: datetime
) -> str | None:
    """What a channel is to be sent of an alert now, if anything."""
    if alert.kind not in channel.about:
        return None
    last = entry["told"].get(channel.name)
    if entry["ended"]:
        # Who never heard of it need not hear that it is over.
        return "ended" if last is not None and last["state"] != "ended" else None
    if last is None:
        return "open"
    return "still" if now - datetime.fromisoformat(last["at"]) >= settings.repeat else None


def _is_done(entry: Mapping[str, Any], settings: AlertSettings) -> bool:
    """Whether an alert is over and everybody who heard of it knows."""
    names = {channel.name for channel in settings.channels}
    heard = [last for name, last in entry["told"].items() if name in names]
    return bool(entry["ended"]) and all(last["state"] == "ended" for last in heard)


def _instant(now: datetime) -> str:
    return now.isoformat(timespec="seconds")


def _read(project: Project) -> dict[str, Any]:
    """The memory; an absent or damaged one is empty, so that open alerts are sent once more rather than never. So are
    entries from before alerts said whether a source or a package is meant."""
    empty: dict[str, Any] = {"alerts": {}, "portals": ""}
    try:
        state = json.loads((folder_of(project) / STATE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return empty
    is_ours = isinstance(state, dict) and isinstance(state.get("alerts"), dict)
    if not is_ours:
        return empty
    known = {key: entry for key, entry in state["alerts"].items() if "about" in entry.get("alert", {})}
    return {**empty, **state, "alerts": known}
