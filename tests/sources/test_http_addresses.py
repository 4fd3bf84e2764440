"""Whom the HTTP client asks: redirects, private addresses, certificates, secrets."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from pipelines.sources.http import addresses as addressing
from pipelines.sources.http.addresses import is_public, public_address, refusal
from pipelines.sources.http.errors import (
    AddressRefused,
    CertificateWrong,
    RedirectRefused,
)
from tests.sources.clients import a_client
from tests.sources.server import Reply, serving


def test_redirects_are_followed_and_a_token_stays_with_its_host() -> None:
    with serving(there=Reply(b"ok")) as other:
        here = Reply(b"", 302, {"Location": f"{other.url}/there"})
        with serving(x=Reply(b"", 301, {"Location": "/here"}), here=here) as server:
            answer = a_client().ask(f"{server.url}/x", headers={"Authorization": "Bearer t", "X-Other": "1"})
        assert (answer.body, answer.address) == (b"ok", f"{other.url}/there")
        assert "authorization" in server.asked[1].headers
        assert "authorization" not in other.asked[0].headers
        assert other.asked[0].headers["x-other"] == "1"


def test_see_other_is_asked_with_get() -> None:
    with serving(x=Reply(b"", 303, {"Location": "/y"}), y=Reply(b"ok")) as server:
        a_client().ask(f"{server.url}/x", method="POST", json={})
    assert [request.method for request in server.asked] == ["POST", "GET"]


def test_a_redirect_in_circles_is_refused() -> None:
    with serving(x=Reply(b"", 301, {"Location": "/x"})) as server, pytest.raises(RedirectRefused):
        a_client().ask(f"{server.url}/x")
    assert len(server.asked) == 6


@pytest.mark.parametrize("headers", [{}, {"Location": " "}])
def test_a_redirect_that_says_not_where_to_is_told_as_such_and_asked_once(headers: dict[str, str]) -> None:
    with serving(x=Reply(b"", 302, headers)) as server:
        with pytest.raises(RedirectRefused, match="HTTP 302 without a Location"):
            a_client().ask(f"{server.url}/x")
        assert len(server.asked) == 1


def test_a_redirect_to_another_scheme_is_refused() -> None:
    with serving(x=Reply(b"", 301, {"Location": "file:///etc/passwd"})) as server, pytest.raises(AddressRefused):
        a_client().ask(f"{server.url}/x")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::808:808", True),
        ("64:ff9b:1::808:808", False),
        ("::127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("::ffff:169.254.169.254", False),
        ("2001:0:808:808::f5ff:fffe", False),
        ("fec0::1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("ff02::1", False),
        ("100::1", False),
        ("2606:4700::1%eth0", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_private_address_is_refused_by_number_by_name_and_by_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(x=Reply(b"internal")) as server:
        strict = a_client(allow_private=False)
        with pytest.raises(AddressRefused):
            strict.ask(f"{server.url}/x")
        with pytest.raises(AddressRefused):
            strict.ask(f"{server.url.replace('127.0.0.1', 'localhost')}/x")
        monkeypatch.setattr(addressing, "is_public", lambda _address: True)
        with pytest.raises(AddressRefused):
            strict.ask(f"{server.url}/x")
        assert server.asked == []


def test_a_redirect_inwards_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[str] = []

    def only_the_first(url: str, **_more: object) -> str | None:
        refused.append(url)
        return None if len(refused) == 1 else "private"

    monkeypatch.setattr("pipelines.sources.http.client.refusal", only_the_first)
    with serving(x=Reply(b"", 302, {"Location": "http://169.254.169.254/latest"})) as server:
        with pytest.raises(AddressRefused, match=r"169\.254"):
            a_client().ask(f"{server.url}/x")
        assert refused[1] == "http://169.254.169.254/latest"


def test_only_http_is_asked_and_a_proxy_resolves_names() -> None:
    assert refusal("ftp://example.org/x", allow_private=True, through_proxy=False)
    assert refusal("http:///x", allow_private=True, through_proxy=False)
    assert refusal("http://10.0.0.1/", allow_private=False, through_proxy=True)
    assert refusal("http://localhost/", allow_private=False, through_proxy=True) is None
    assert refusal("http://nothing.invalid/", allow_private=False, through_proxy=False) is None
    assert refusal("http://8.8.8.8/", allow_private=False, through_proxy=False) is None


def test_an_address_is_shown_without_its_secrets() -> None:
    url = "https://user:pw@example.org/d?apikey=abc&token=x&where=a%3D1&X-Amz-Signature=y#z"
    assert public_address(url) == "https://example.org/d?apikey=***&token=***&where=a%3D1&X-Amz-Signature=***"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "key",
            "KEY",
            "auth",
            "pwd",
            "jwt",
            "access_key",
            "accessKey",
            "access-key",
            "api_key",
            "apiKey",
            "user[pass]",
        ),
        *("client_secret", "authToken", "auth_token", "x-api-key", "mdp", "motDePasse", "sig", "Signature", "oauth2"),
        *("sessionid", "AWSAccessKeyId", "sas", "hmac", "cle_api", "Authorization", "X-Amz-Credential", "bearer"),
        *("jeton", "PHPSESSID", "session_key"),
    ],
)
def test_the_value_of_a_parameter_that_is_named_like_a_secret_is_not_shown(name: str) -> None:
    address = public_address(f"https://example.org/d?{name}=s3cret&page=2")
    assert "s3cret" not in address
    assert address.endswith("page=2")


def test_a_secret_after_a_semicolon_is_not_shown() -> None:
    address = public_address("https://example.org/d;jsessionid=s3cret;v=2/liste?a=1;key=s3cret&page=2")
    assert address == "https://example.org/d;jsessionid=***;v=2/liste?a=1%3Bkey%3D***&page=2"


@pytest.mark.parametrize(
    "name",
    ["code", "passage", "author", "keyword", "monkey", "page", "design", "spin", "clef_primaire", "session", "select"],
)
def test_the_value_of_another_parameter_is_shown(name: str) -> None:
    assert public_address(f"https://example.org/d?{name}=57463") == f"https://example.org/d?{name}=57463"


def test_a_name_that_changes_its_mind_between_the_check_and_the_call_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding, on real sockets: the name is public when it is looked at, and ours when it is asked."""
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, *rest: object, **more: object) -> object:
        if host != "rebinding.example.org":
            return real(host, *rest, **more)  # type: ignore[arg-type]  # as it came
        asked.append(host)
        return real("8.8.8.8" if len(asked) == 1 else "127.0.0.1", *rest, **more)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with serving(x=Reply(b"internal")) as server:
        with pytest.raises(AddressRefused):
            a_client(allow_private=False).ask(server.url.replace("127.0.0.1", "rebinding.example.org") + "/x")
        assert len(asked) > 1
        assert server.asked == []


def test_a_wrong_certificate_is_refused(tmp_path: Path) -> None:
    key, certificate = str(tmp_path / "k.pem"), str(tmp_path / "c.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []

    def shake() -> None:
        peer, _ = listening.accept()
        try:
            seen.append(context.wrap_socket(peer, server_side=True).recv(10))
        except OSError:
            peer.close()

    thread = threading.Thread(target=shake)
    thread.start()
    with pytest.raises(CertificateWrong):
        a_client().ask(f"https://127.0.0.1:{listening.getsockname()[1]}/")
    thread.join()
    listening.close()
    assert seen in ([], [b""])


def test_a_password_of_a_netrc_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password s3cret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(x=Reply(b"ok")) as server:
        a_client().ask(f"{server.url}/x")
    assert "authorization" not in server.asked[0].headers


def test_a_redirect_that_gives_up_encryption_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Redirecting:
        status_code, headers = 302, {"location": "http://example.org/x"}

        def close(self) -> None:
            """Nothing is open."""

    client = a_client()
    monkeypatch.setattr(client, "_send", lambda _request: Redirecting())
    with pytest.raises(RedirectRefused, match="https"):
        client.ask("https://example.org/x")


def test_a_public_peer_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addressing, "is_public", lambda _address: True)
    monkeypatch.setattr("pipelines.sources.http.session.is_public", lambda _address: True)
    with serving(x=Reply(b"ok")) as server:
        assert a_client(allow_private=False).ask(f"{server.url}/x").body == b"ok"


def test_a_private_peer_is_refused_over_tls_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addressing, "is_public", lambda _address: True)
    with serving() as server, pytest.raises(AddressRefused):
        a_client(allow_private=False).ask(server.url.replace("http:", "https:"))
