"""What the parameters of an SFTP or S3 source may say, before any server is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.errors import CollectError
from tests.sources.builders import a_project, a_source, collected
from tests.sources.stores import OTHER_KEY


@pytest.mark.parametrize(
    ("host_keys", "told"),
    [
        ([OTHER_KEY, f"@revoked {OTHER_KEY}"], r"host_keys, 2: @revoked"),
        ([f"@cert-authority {OTHER_KEY}"], r"host_keys, 1: @cert-authority"),
        (["AAAA"], r"host_keys, 1: no key"),
        (["example.org ssh-ed25519 AAAA"], r"host_keys, 1: no key"),
        (["example.org ssh-future AAAA"], r"host_keys, 1: no key"),
        ([""], r"host_keys, 1: no key"),
        (OTHER_KEY, r"host_keys: str"),
    ],
)
def test_a_line_that_is_not_a_key_to_believe_is_refused(tmp_path: Path, host_keys: object, told: str) -> None:
    parameters = {"host_keys": host_keys, "allow_private": True}
    project = a_project(tmp_path)
    with pytest.raises(CollectError, match=told):
        collected(project, a_source(project, address="sftp://127.0.0.1/b.csv", parameters=parameters))


@pytest.mark.parametrize(
    ("storage", "place"),
    [
        ({"client_kwargs": {"aws_secret_access_key": "invented"}}, r"storage\.client_kwargs\.aws_secret_access_key"),
        ({"client_kwargs": {"aws_session_token": "invented"}}, r"storage\.client_kwargs\.aws_session_token"),
        ({"servers": [{"Password": "invented"}]}, r"storage\.servers\[0\]\.Password"),
        ({"client_key": "invented"}, r"storage\.client_key"),
    ],
)
def test_a_secret_stands_in_no_file_at_any_depth(tmp_path: Path, storage: dict[str, Any], place: str) -> None:
    project = a_project(tmp_path)
    with pytest.raises(CollectError, match=place) as raised:
        collected(project, a_source(project, address="s3://depot/b.csv", parameters={"storage": storage}))
    assert "invented" not in str(raised.value)


@pytest.mark.parametrize(
    ("scheme", "parameters", "place"),
    [
        ("sftp", {"storage": {"user": "invented"}}, r"storage, parameters\.credentials: user; expected: .*storage"),
        ("sftp", {"storage": {"client_keys": 3}}, r"client_keys; expected"),
        ("sftp", {"storage": None}, r"parameters\.storage; expected: parameters\.storage"),
        ("s3", {"storage": "invented"}, r"parameters\.storage; expected"),
        ("s3", {"storage": {"user": "invented"}}, r": user; expected"),
        ("s3", {"storage": {"client_kwargs": "invented"}}, r"storage\.client_kwargs; expected"),
        ("s3", {"storage": {"config_kwargs": "invented"}}, r"storage\.config_kwargs; expected"),
        ("s3", {"storage": {"config_kwargs": {"other": "invented"}}}, r": config_kwargs; expected"),
        ("s3", {"credentials": "invented"}, r"parameters\.credentials; expected: .*SECRET"),
        ("s3", {"credentials": None}, r"parameters\.credentials; expected"),
        ("s3", {"credentials": {"key": "invented"}}, r"credentials\.key; expected"),
        ("s3", {"credentials": {"key": ["invented"]}}, r"credentials\.key; expected"),
    ],
)
def test_a_wrong_parameter_of_a_store_is_named_without_its_value(
    tmp_path: Path, scheme: str, parameters: dict[str, Any], place: str
) -> None:
    parameters = {"allow_private": True} | ({"host_keys": [OTHER_KEY]} if scheme == "sftp" else {}) | parameters
    source = a_source(a_project(tmp_path), address=f"{scheme}://127.0.0.1/b.csv", parameters=parameters)
    with pytest.raises(CollectError, match=place) as raised:
        collected(a_project(tmp_path), source)
    assert "invented" not in str(raised.value) + raised.value.message("fr")


@pytest.mark.parametrize(
    ("scheme", "parameters", "told"),
    [
        ("sftp", {"storage": {"proxy_command": "touch /invented"}}, r"proxy_command; expected: .*directly"),
        ("sftp", {"storage": {"tunnel": "invented.example.org"}}, r"tunnel; expected: .*directly"),
        ("sftp", {"storage": {"config": ["invented"]}}, r"config; expected: .*directly"),
        ("sftp", {"credentials": {"sock": "HOTES"}}, r"sock; expected: .*directly"),
        (
            "s3",
            {"storage": {"client_kwargs": {"verify": False}}},
            r"client_kwargs\.verify; expected: .*authorities",
        ),
        ("s3", {"storage": {"client_kwargs": {"verify": ""}}}, r"storage\.client_kwargs\.verify; expected"),
        ("s3", {"storage": {"config_kwargs": {"verify": 0}}}, r"storage\.config_kwargs\.verify; expected"),
        ("s3", {"storage": {"verify": None}}, r"storage\.verify; expected"),
        ("s3", {"credentials": {"verify": "HOTES"}}, r"credentials\.verify; expected"),
    ],
)
def test_no_option_runs_a_command_or_believes_any_certificate(
    tmp_path: Path, scheme: str, parameters: dict[str, Any], told: str
) -> None:
    project = a_project(tmp_path)
    address = f"{scheme}://depot.example.org/b.csv"
    source = a_source(project, address=address, parameters={"host_keys": [OTHER_KEY]} | parameters, secrets=["HOTES"])
    with pytest.raises(CollectError, match=told) as raised:
        collected(project, source, HOTES="")
    assert "invented" not in str(raised.value) + raised.value.message("fr")
