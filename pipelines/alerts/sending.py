"""Sending a message over a channel: by mail, or to an address that takes JSON (Slack, Mattermost, Matrix, any other).

Belongs here: the shapes. Does not: deciding what is sent. An address of a webhook is a secret: it is in the
environment, and in no message of an error.
Sources: RFC 5322 and RFC 6409 (mail); Slack's and Mattermost's incoming webhooks; Matrix Client-Server API v1.11,
`PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}`.
"""

from __future__ import annotations

import hashlib
import html
import smtplib
import ssl
import time
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import quote, urljoin

from pipelines.alerts.alert import Message
from pipelines.alerts.errors import AlertNotSent
from pipelines.alerts.settings import Channel
from pipelines.core.text import Language, Said
from pipelines.sources.http.addresses import refusal
from pipelines.sources.http.session import PeerRefused, a_session

LONGEST_ANSWER = 65_536


def send(
    channel: Channel, message: Message, *, language: Language, environment: Mapping[str, str], now: datetime
) -> None:
    """Send a message. Returns once the channel has taken it. Raises `AlertNotSent`."""
    if channel.kind == "mail":
        _mail(channel, message, language, environment, now)
    else:
        _post(channel, message, language, environment)


def _mail(
    channel: Channel, message: Message, language: Language, environment: Mapping[str, str], now: datetime
) -> None:
    mail = EmailMessage()
    mail["Subject"] = f"[Arobase] {message.title(language)}"
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.recipients)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=channel.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = language
    mail.set_content(message.text(language) + "\n")
    user, password = channel.secret("user", environment), channel.secret("password", environment)
    try:
        with _server(channel) as server:
            if channel.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if user:
                server.login(user, password)
            refused = server.send_message(mail)
    except UnicodeEncodeError:
        found = Said("l'identifiant n'est pas en ASCII", "the login is not ASCII")  # smtplib sends nothing else
        raise AlertNotSent(channel=channel.name, found=found) from None
    except smtplib.SMTPResponseException as error:
        raise AlertNotSent(channel=channel.name, found=f"SMTP {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise AlertNotSent(channel=channel.name, found=type(error).__name__) from None
    if refused:
        found = Said(f"{len(refused)} destinataires refusés", f"{len(refused)} recipients refused")
        raise AlertNotSent(channel=channel.name, found=found)


def _server(channel: Channel) -> smtplib.SMTP:
    if channel.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(channel.server, channel.port, timeout=channel.timeout, context=context)
    return smtplib.SMTP(channel.server, channel.port, timeout=channel.timeout)


def _post(channel: Channel, message: Message, language: Language, environment: Mapping[str, str]) -> None:
    import requests

    address, headers = channel.secret("address", environment), {"User-Agent": "arobase (alerts)"}
    method, body = "POST", _body(channel, message, language)
    if channel.kind == "matrix":
        method, address = "PUT", _matrix_address(channel, message, address)
        headers["Authorization"] = f"Bearer {channel.secret('token', environment)}"
    found = refusal(address, allow_private=channel.allow_private, through_proxy=False)
    if found:
        raise AlertNotSent(channel=channel.name, found=found)
    session = a_session(allow_private=channel.allow_private)
    ends = time.monotonic() + channel.timeout
    asking: dict[str, Any] = {"json": body, "headers": headers, "allow_redirects": False, "stream": True}
    try:
        with session.request(method, address, timeout=channel.timeout, **asking) as response:
            _read_to_its_end(response, ends)
            status = response.status_code
    except PeerRefused:
        raise AlertNotSent(channel=channel.name, found=Said("adresse privée", "private address")) from None
    except (requests.exceptions.RequestException, TimeoutError) as error:
        raise AlertNotSent(channel=channel.name, found=type(error).__name__) from None
    if not 200 <= status < 300:
        raise AlertNotSent(channel=channel.name, found=f"HTTP {status}")


def _read_to_its_end(response: Any, ends: float) -> None:
    """Read the answer, so that the connection ends well, but for no longer and no further than is reasonable."""
    received = 0
    # One read of the socket at a time: a server that sends a byte now and then is met by the clock.
    while received < LONGEST_ANSWER and (block := response.raw.read1(4096)):
        received += len(block)
        if time.monotonic() > ends:
            raise TimeoutError


def _body(channel: Channel, message: Message, language: Language) -> dict[str, Any]:
    if channel.kind == "json":
        return message.document(language)
    title, lines = message.title(language), message.lines(language)
    if channel.kind == "slack":
        marked = "\n".join(f"*{_for_slack(label)}* {_for_slack(text)}" for label, text in lines)
        return {"text": f"*{_for_slack(title)}*\n{marked}"}
    if channel.kind == "mattermost":
        marked = "\n".join(f"**{label}** {_for_markdown(text)}" for label, text in lines)
        return {"text": f"#### {_for_markdown(title)}\n{marked}"}
    as_html = "<br>".join(f"<b>{html.escape(label)}</b> {html.escape(text)}" for label, text in lines)
    return {
        "msgtype": "m.text",
        "body": message.text(language),
        "format": "org.matrix.custom.html",
        "formatted_body": f"<h4>{html.escape(title)}</h4>{as_html}",
    }


def _for_slack(text: str) -> str:
    """Slack's three characters, and nothing else, are escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _for_markdown(text: str) -> str:
    """Names with `_` and `*` stay as they are written; an address stays a link."""
    if text.startswith(("https://", "http://")):
        return text
    return "".join(f"\\{character}" if character in "\\`*_{}[]#|<>~@" else character for character in text)


def _matrix_address(channel: Channel, message: Message, server: str) -> str:
    """The address of the message: the same message sent twice has the same one, so that Matrix shows it once."""
    message_key = f"{channel.name}\n{message.alert.key}\n{message.state}\n{message.at}"
    identity = hashlib.sha256(message_key.encode()).hexdigest()[:32]
    path = f"_matrix/client/v3/rooms/{quote(channel.room, safe='')}/send/m.room.message/{identity}"
    return urljoin(server.rstrip("/") + "/", path)
