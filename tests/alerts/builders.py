"""A project that tells people, a mail server that takes what it sends, and things that deserve an alert."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from pipelines.alerts.alert import About, Alert, Subject
from pipelines.alerts.observing import Observation
from pipelines.alerts.settings import FILE, AlertSettings, load_alerts
from pipelines.core.project import Project
from pipelines.core.text import Said

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
USER, PASSWORD = "arobase", "mot-de-passe-de-test"


@dataclass
class Mailbox:
    """A running mail server. `answer` is what it says to each message; `mails` are those that it took."""

    port: int = 0
    answer: str = "250 OK"
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            self.recipients.append(list(envelope.rcpt_tos))
        return self.answer


@contextmanager
def a_mailbox(*, tls: ssl.SSLContext | None = None, with_login: bool = False) -> Iterator[Mailbox]:
    """A mail server on the loopback; with `tls` it wants STARTTLS, `with_login` the user and password above."""
    box = Mailbox()

    def known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        is_known = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_known, handled=is_known)

    more: dict[str, Any] = {"tls_context": tls, "require_starttls": tls is not None}
    if with_login:
        more |= {"authenticator": known, "auth_required": True, "auth_require_tls": tls is not None}
        more["auth_exclude_mechanism"] = ["LOGIN"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **more)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def told_by(project: Project, *, channels: dict[str, Any], **more: Any) -> AlertSettings:
    """Write `alerts.yaml` and read it."""
    (project.root / FILE).write_text(yaml.safe_dump({"channels": channels, **more}), encoding="utf-8")
    settings = load_alerts(project)
    assert settings is not None
    return settings


def by_mail(box: Mailbox, **more: Any) -> dict[str, Any]:
    channel = {"kind": "mail", "server": "127.0.0.1", "port": box.port, "security": "none"}
    return {**channel, "from": "arobase@example.org", "recipients": ["equipe@example.org"], **more}


def broken(name: str = "villes", what: str = "le fichier manque") -> Observation:
    who = Said("la personne qui administre Arobase", "the operator of Arobase")
    alert = Alert(
        "run-failed",
        Subject(About.SOURCE, name),
        Said(what, "the file is missing"),
        f"sources/{name}.yaml",
        who,
        "absent",
    )
    return Observation(alert.key, alert)


def well(name: str = "villes") -> Observation:
    return Observation(broken(name).key, None)
