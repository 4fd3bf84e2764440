"""The connector `files`: an address, a folder, a store."""

from __future__ import annotations

from pathlib import Path

from tests.sources.builders import NOON, a_project, collected, kept_bytes
from tests.sources.portals import asking
from tests.sources.server import Reply, Request, serving


def test_a_file_at_an_address_is_asked_for_again_only_if_it_changed(tmp_path: Path) -> None:
    def conditional(request: Request) -> Reply:
        headers = {"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 06:00:00 GMT", "Content-Type": "text/csv"}
        return (
            Reply(b"", 304) if request.headers.get("if-none-match") == '"1"' else Reply(b"a,b\n1,2\n", headers=headers)
        )

    project = a_project(tmp_path)
    with serving(x=conditional) as server:
        source = asking(project, server, "files", "/x")
        first = collected(project, source)
        second = collected(project, source, NOON)
    assert (first.parts[0].media_type, first.parts[0].fetch["status"]) == ("text/csv", 200)
    assert (second.changed, second.parts) == (False, first.parts)
    assert server.asked[1].headers["if-modified-since"] == "Mon, 23 Nov 2026 06:00:00 GMT"


def test_declared_noise_is_no_change(tmp_path: Path) -> None:
    def clock(request: Request) -> Reply:
        return Reply(f'{{"a": 1, "now": "{request.number}"}}'.encode())

    project = a_project(tmp_path)
    with serving(x=clock) as server:
        source = asking(project, server, "files", "/x", parameters={"noise": ['"now": "[0-9]+"']})
        outcomes = [collected(project, source).changed for _ in range(3)]
    assert outcomes == [True, False, False]
    assert len(list((project.snapshots / "objects").glob("*/*"))) == 1


def test_a_folder_at_an_address_gives_each_part_its_file_with_the_token(tmp_path: Path) -> None:
    project = a_project(tmp_path)
    parts = {"un": {"format": "csv", "path": "un.csv"}, "deux": {"format": "csv", "path": "deux.csv"}}
    with serving(**{"d/un.csv": Reply(b"1"), "d/deux.csv": Reply(b"2")}) as server:
        capture = collected(project, asking(project, server, "files", "/d/", parts=parts, secrets=["JETON"]), JETON="t")
    assert (kept_bytes(project, capture, "un"), kept_bytes(project, capture, "deux")) == (b"1", b"2")
    assert server.asked[0].headers["authorization"] == "Bearer t"
