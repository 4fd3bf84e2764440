"""What `arobase check` is given: typed tables, archives, pipes, addresses, and what is no table at all."""

from __future__ import annotations

import datetime
import gzip
import http.server
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipelines.commands.check import command
from pipelines.validation.rejects import read_rejects

SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
        {"name": "jour", "type": "date"},
        {"name": "nom", "type": "string"},
    ]
}
DAY = datetime.date(2024, 1, 5)
GOOD, BAD = [1, DAY, "Alès"], [0, DAY, "Évry"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "t.csv").write_text(as_csv(GOOD, BAD))
    return tmp_path


def as_csv(*rows: list[Any]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in (["id", "jour", "nom"], *rows))


def run(*arguments: str, schema: str | None = "schema.json", **options: Any) -> Result:
    named = ["--schema", schema] if schema else []
    return CliRunner().invoke(command, [*arguments, *named, "--lang", "fr"], **options)


def as_json(*arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(CliRunner().invoke(command, [*arguments, "--format", "json"]).stdout)
    return told


def make(path: Path, rows: list[list[Any]]) -> None:
    """A table in the format of the name of its file."""
    labels = ["id", "jour", "nom"]
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in (labels, *rows):
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".ods":
        path.write_bytes(open_document(rows))
    elif path.suffix == ".parquet":
        pq.write_table(pa.table({name: [row[n] for row in rows] for n, name in enumerate(labels)}), path)
    elif path.suffix == ".json":
        path.write_text(json.dumps([dict(zip(labels, row, strict=True)) for row in rows], default=str))
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, default=str) + "\n" for row in [labels, *rows]))
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(as_csv(*rows).encode()))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("dedans/table.csv", as_csv(*rows))
    else:
        path.write_text(as_csv(*rows))


def open_document(rows: list[list[Any]], cell: str = "") -> bytes:
    """A small OpenDocument sheet, written by hand; `cell` is one more cell of the first row."""
    import io

    def written(value: Any) -> str:
        if isinstance(value, datetime.date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        if isinstance(value, int):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    lines = [[*map(written, row)] for row in (["id", "jour", "nom"], *rows)]
    lines[0].append(cell)
    body = "".join(f"<table:table-row>{''.join(line)}</table:table-row>" for line in lines)
    names = ("office", "table", "text")
    spaces = [f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names]
    spaces.append('xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"')
    sheet = f'<table:table table:name="Un">{body}</table:table>'
    root = "office:document-content"
    inside = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    content = f"<{root} {' '.join(spaces)}>{inside}</{root}>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
        archive.writestr("content.xml", '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return file.getvalue()


@pytest.mark.parametrize("name", ["t.xlsx", "t.ods", "t.json", "t.jsonl", "t.parquet", "t.csv.gz", "t.zip", "t.txt"])
def test_a_table_is_validated_whatever_its_format(name: str, folder: Path) -> None:
    make(folder / name, [GOOD])
    assert run(name).output.startswith(f"✔ {name} : valide, 1 ligne.\n")
    make(folder / name, [GOOD, BAD])
    result = run(name)
    assert result.exit_code == 1
    assert "ligne 3 : « 0 » ; attendu : au moins 1" in result.output


@pytest.mark.parametrize("name", ["t.xlsx", "t.ods", "t.json", "t.parquet"])
def test_a_typed_cell_is_validated_as_what_it_is(name: str, folder: Path) -> None:
    make(folder / name, [["1", DAY, 7]] if name != "t.parquet" else [[1.5, DAY, 7]])
    rules = {(item["rule"], item["field"]) for item in as_json(name, "--schema", "schema.json")["totals"]}
    wrong = {("type-error", "nom")} | ({("type-error", "id")} if name == "t.parquet" else set())
    assert rules == wrong  # a text that reads as an integer is one; a number is no text


def test_whole_numbers_beside_nulls_stay_whole_in_parquet(folder: Path) -> None:
    table = pa.table({"id": [1, None], "jour": [DAY, DAY], "nom": ["a", None]})
    pq.write_table(table, folder / "t.parquet")
    assert [item["rule"] for item in as_json("t.parquet", "--schema", "schema.json")["totals"]] == ["constraint-error"]


@pytest.mark.parametrize("cell", ["1e400", "1e5", "true", "[1]", "{}", "null", '"1"'])
@pytest.mark.parametrize(
    "kind", ["integer", "number", "string", "boolean", "any", "date", "time", "year", "array", "list"]
)
def test_any_json_value_in_any_field_gets_a_result(cell: str, kind: str, folder: Path) -> None:
    (folder / "s.json").write_text(json.dumps({"fields": [{"name": "a", "type": kind}, {"name": "b"}]}))
    (folder / "t.json").write_text(f'[{{"a": {cell}, "b": 1}}]')
    assert run("t.json", schema="s.json").exit_code in (0, 1)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_of_json_makes_the_file_invalid(word: str, folder: Path) -> None:
    (folder / "n.json").write_text(json.dumps({"fields": [{"name": "n", "type": "number"}]}))
    (folder / "t.json").write_text(f'[{{"n": {word}}}]')
    told = as_json("t.json", "--schema", "n.json")
    assert [(error["type"], error["note"]) for error in told["tasks"][0]["errors"]] == [
        ("source-error", f"{word} is not JSON")
    ]
    assert run("t.json", schema="n.json").exit_code == 1


def test_a_sheet_with_cells_in_error_is_not_read_as_if_they_were_empty(folder: Path) -> None:
    kind = 'office:value-type="string" calcext:value-type="error"'
    error = f"<table:table-cell {kind}><text:p>#N/A</text:p></table:table-cell>"
    (folder / "t.ods").write_bytes(open_document([GOOD], error))
    result = run("t.ods")
    assert result.exit_code == 2
    assert "#N/A" in result.output


def test_a_sheet_is_chosen_by_its_name_or_number(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["note"])
    sheet = book.create_sheet("Données")
    for row in (["id", "jour", "nom"], GOOD):
        sheet.append(row)
    book.save(folder / "t.xlsx")
    assert run("t.xlsx").exit_code == 1
    assert run("t.xlsx", "--sheet", "Données").exit_code == 0
    assert run("t.xlsx", "--sheet", "2").exit_code == 0
    assert run("t.xlsx", "--sheet", "3").exit_code == 2


def test_a_file_of_an_archive_is_named_when_there_are_several(folder: Path) -> None:
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        archive.writestr("bon.csv", as_csv(GOOD))
        archive.writestr("mauvais.csv", as_csv(BAD))
        archive.writestr("__MACOSX/x", b"")
    unsaid = run("t.zip")
    assert unsaid.exit_code == 2
    assert "--member ; elle contient : bon.csv, mauvais.csv" in unsaid.output
    assert run("t.zip", "--member", "bon.csv").exit_code == 0
    assert run("t.zip", "--member", "mauvais.csv").exit_code == 1
    assert run("t.zip", "--member", "absent.csv").exit_code == 2
    assert run("t.csv", "--member", "bon.csv").exit_code == 2


def test_what_file_managers_leave_in_an_archive_is_no_table_of_it(folder: Path) -> None:
    with zipfile.ZipFile(folder / "t.zip", "w") as archive:
        for name in ("donnees/bon.csv", "donnees/.DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/donnees/._bon.csv"):
            archive.writestr(name, as_csv(GOOD) if name.endswith("/bon.csv") else b"x")
    assert run("t.zip").exit_code == 0


def test_a_schema_in_yaml_keeps_dates_and_words_as_text(folder: Path) -> None:
    (folder / "s.yaml").write_text(
        "fields:\n- {name: id, type: integer}\n- name: jour\n  type: date\n  constraints: {minimum: 2024-01-05}\n"
        "- name: nom\n  type: boolean\n  trueValues: [yes]\n  falseValues: [no]\n"
    )
    (folder / "oui.csv").write_text("id,jour,nom\n1,2024-01-05,yes\n2,2024-01-06,no\n")
    assert run("oui.csv", schema="s.yaml").exit_code == 0
    assert run("t.csv", schema="s.yaml").exit_code == 1
    (folder / "faux.yaml").write_text("fields: [\n")
    assert run("t.csv", schema="faux.yaml").exit_code == 2


def test_a_dialect_is_named_by_its_file(folder: Path) -> None:
    (folder / "d.json").write_text(json.dumps({"delimiter": "|", "commentChar": "#", "quoteChar": "'"}))
    (folder / "p.csv").write_text("# note\nid|jour|nom\n1|2024-01-05|'a|b'\n")
    assert run("p.csv", "--dialect", "d.json").exit_code == 0
    assert run("p.csv").exit_code == 1
    assert run("p.csv", "--dialect", "absent.json").exit_code == 2


def test_the_first_rows_may_be_enough(folder: Path) -> None:
    result = run("t.csv", "--limit-rows", "1")
    assert result.exit_code == 0
    assert "lecture limitée aux premières lignes (1)" in result.output
    assert as_json("t.csv", "--schema", "schema.json", "--limit-rows", "1")["tasks"][0]["warnings"] == [
        "reached row limit: 1"
    ]
    assert run("t.csv", "--limit-rows", "3").exit_code == 1


def test_several_tables_each_have_their_schema_and_refer_to_one_another(folder: Path) -> None:
    key = {"fields": ["id"], "reference": {"resource": "t", "fields": ["id"]}}
    (folder / "enfants.json").write_text(
        json.dumps({"fields": [{"name": "id", "type": "integer"}], "foreignKeys": [key]})
    )
    (folder / "enfants.csv").write_text("id\n1\n9\n")
    arguments = ["t.csv", "enfants.csv", "--schema", "schema.json"]
    told = as_json(*arguments, "--schema", "enfants.json")
    assert [item["rule"] for item in told["totals"]] == ["constraint-error", "foreign-key"]
    result = run(*arguments, schema="enfants.json")
    assert result.exit_code == 1
    result = run("t.csv", "enfants.csv", "t.csv", "--schema", "schema.json", schema="enfants.json")
    assert "2 schémas pour 3 fichiers" in result.output
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.7\n" + b"x" * 200, "pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "png"),
        (b"PK\x03\x04" + bytes(100), "une archive zip"),
        (b"SQLite format 3\x00" + bytes(100), "sqlite"),
        (b"\x7fELF" + bytes(100), "un programme"),
        (b"GIF89a" + bytes(100), "gif"),
        (b"<!DOCTYPE html><html>", "une page web"),
        (b'<?xml version="1.0"?><a/>', "xml"),
        (bytes(5000), "pas du texte"),
        (bytes(range(256)) * 20, "pas du texte"),
        (b"PAR1" + bytes(100), "parquet"),
    ],
)
def test_what_is_no_table_of_text_says_what_it_is(data: bytes, said: str, folder: Path) -> None:
    (folder / "t.csv").write_bytes(data)
    result = run("t.csv")
    assert result.exit_code == 2
    assert "t.csv : ce n'est pas une table de texte" in result.output
    assert said in result.output


@pytest.mark.parametrize("text", ["ORC;x\n", "ARROW1,x\n", "RIFF,x\n", "II*,x\n", "été\n", "id\n\x1b[0m\n"])
def test_a_text_that_begins_like_something_else_is_a_text(text: str, folder: Path) -> None:
    (folder / "t.csv").write_text(text)
    assert run("t.csv").exit_code == 1


@pytest.mark.parametrize("name", ["t.xlsx", "t.parquet", "t.ods"])
def test_a_workbook_that_is_none_is_not_called_invalid(name: str, folder: Path) -> None:
    (folder / name).write_text("id,jour,nom\n")
    assert run(name).exit_code == 2
    (folder / name).write_bytes({"t.parquet": b"PAR1"}.get(name, b"PK\x03\x04") + bytes(100))
    assert run(name).exit_code == 2


def test_a_wide_encoding_is_a_text(folder: Path) -> None:
    (folder / "t.csv").write_bytes((as_csv(GOOD) * 1).encode("utf-16"))
    assert run("t.csv", "--encoding", "utf-16").exit_code == 0
    (folder / "t.csv").write_bytes(as_csv(*[GOOD] * 10).encode("utf-16-le"))
    assert run("t.csv", "--encoding", "utf-16-le").exit_code == 0


# Pipes and devices


def check(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    line = [sys.executable, "-m", "pipelines.commands.check", *arguments, "--schema", "schema.json", "--lang", "fr"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        line, capture_output=True, encoding="utf-8", timeout=60, check=False, env=environment, **options
    )


def test_standard_input_is_a_table(folder: Path) -> None:
    found = check("-", input=as_csv(GOOD, BAD))
    assert found.returncode == 1
    assert found.stdout.startswith("✘ stdin : 1 erreur ; 1 ligne écartée sur 2.")


def test_a_named_pipe_is_read_to_its_end(folder: Path) -> None:
    os.mkfifo(folder / "tube")
    writer = threading.Thread(target=lambda: (folder / "tube").write_text(as_csv(GOOD)))
    writer.start()
    assert run("tube").output.startswith("✔ tube : valide, 1 ligne.\n")
    writer.join()


def test_a_pipe_that_never_ends_is_left(folder: Path) -> None:
    os.mkfifo(folder / "tube")
    silent = run("tube", "--wait", "0.3")
    assert silent.exit_code == 2
    assert "rien n'est arrivé pendant 0.3 s" in silent.output
    reading, writing = os.pipe()
    os.write(writing, as_csv(GOOD).encode())
    try:
        found = check("-", "--wait", "0.5", stdin=reading)
    finally:
        os.close(reading)
        os.close(writing)
    assert found.returncode == 2
    assert "le tube n'est pas fermé" in found.stderr


def test_an_endless_pipe_is_bounded_or_its_first_rows_are_enough(folder: Path) -> None:
    with subprocess.Popen(["yes", "1,2024-01-05,x"], stdout=subprocess.PIPE) as endless:
        found = check("-", "--limit-bytes", "5M", stdin=endless.stdout)
        endless.kill()
    assert found.returncode == 2
    assert "--limit-bytes" in found.stderr
    script = "echo id,jour,nom; yes 1,2024-01-05,x"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True) as endless:
        found = check("-", "--limit-rows", "10", stdin=endless.stdout)
        os.killpg(endless.pid, signal.SIGKILL)
    assert found.returncode == 0


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/full", "/dev/urandom", "."])
def test_a_device_or_a_folder_is_no_table(device: str, folder: Path) -> None:
    assert run(device).exit_code == 2


# Addresses


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """The folder, served on loopback."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Quiet(*a, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_table_and_a_schema_are_read_by_their_addresses(address: str) -> None:
    result = run(f"{address}/t.csv", "--allow-private", schema=f"{address}/schema.json")
    assert result.exit_code == 1
    assert f"✘ {address}/t.csv : 1 erreur" in result.output
    assert (
        as_json(f"{address}/t.csv", "--allow-private", "--schema", "schema.json")["tasks"][0]["place"]
        == f"{address}/t.csv"
    )


def test_an_address_is_guarded_as_those_of_sources_are(address: str) -> None:
    refused = run(f"{address}/t.csv")  # this machine is a private address
    absent = run(f"{address}/absent.csv", "--allow-private")
    large = run(f"{address}/t.csv", "--allow-private", "--limit-bytes", "10")
    nobody = run("http://127.0.0.1:9/t.csv", "--allow-private")
    assert [result.exit_code for result in (refused, absent, large, nobody)] == [2, 2, 2, 2]
    assert "--allow-private" in refused.output
    assert f"{address}/absent.csv n'a pas donné de table ni de schéma : n'existe pas, ou plus (404)." in absent.output
    assert "plus de 10 octets ; augmentez --limit-bytes" in large.output
    assert nobody.output.count("127.0.0.1:9") == 1
    for result in (refused, absent, large, nobody):
        assert "Source «" not in result.output, "nobody who checks a file has the file of a source to correct"
        assert "YAML" not in result.output


def test_a_package_names_addresses_that_are_read_only_when_asked_for(address: str, folder: Path) -> None:
    resource = {"name": "t", "path": f"{address}/t.csv", "schema": SCHEMA, "encoding": "utf-8"}
    (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    refused = run("datapackage.json", schema=None)
    assert refused.exit_code == 2
    assert "--remote" in refused.output
    assert as_json("datapackage.json")["valid"] is False
    read = run("datapackage.json", "--remote", "--allow-private", schema=None)
    assert read.exit_code == 1
    assert "ligne 3 : « 0 »" in read.output


@pytest.mark.parametrize("path", ["sqlite:///base.db", "s3://seau/t.csv", "postgresql://example.org/base"])
def test_databases_and_buckets_are_never_opened(path: str, folder: Path) -> None:
    key = {"fields": ["id"], "reference": {"resource": "base", "fields": ["id"]}}
    child = {"name": "t", "path": "t.csv", "schema": {**SCHEMA, "foreignKeys": [key]}, "encoding": "utf-8"}
    resources = [child, {"name": "base", "path": path, "schema": SCHEMA}]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}))
    told = as_json("datapackage.json")
    assert [task["errors"][0]["type"] for task in told["tasks"]] == ["scheme-error", "scheme-error"]
    assert not (folder / "base.db").exists()
    assert run("datapackage.json", schema=None).exit_code == 2


@pytest.mark.parametrize(
    ("descriptor", "code"),
    [
        ('{"resources": [', 2),
        ("[]", 2),
        ('{"name": "x"}', 1),
        ('{"resources": [{"name": "a", "path": "t.csv", "schema": "absent.json"}]}', 2),
        ('{"resources": [{"name": "a", "path": "t.csv", "dialect": "absent.json"}]}', 2),
        ('{"resources": [{"name": "a", "path": "t.csv", "encoding": "foo"}]}', 2),
        ('{"resources": [{"name": "a", "path": "absent.csv", "schema": "schema.json"}]}', 1),
        ('{"resources": [{"name": "a", "path": "../t.csv"}]}', 1),
        ('{"resources": [{"name": "a", "path": "tube", "format": "csv", "type": "table"}]}', 2),
    ],
)
def test_a_package_that_cannot_be_read_is_not_called_invalid(descriptor: str, code: int, folder: Path) -> None:
    os.mkfifo(folder / "tube")
    (folder / "datapackage.json").write_text(descriptor)
    assert run("datapackage.json", schema=None).exit_code == code
    told = as_json("datapackage.json")
    assert told["valid"] is False


def test_a_description_that_cannot_be_read_is_told_as_what_it_is(folder: Path) -> None:
    (folder / "datapackage.json").write_text('{"resources": [\n  {"name": }]}')
    (folder / "dialecte.json").write_text("[]")
    package = run("datapackage.json", schema=None).output
    dialect = run("t.csv", "--dialect", "dialecte.json").output
    assert "datapackage.json : description illisible (le JSON s'interrompt ligne 2, colonne 12)" in package
    assert "dialecte.json : description illisible" in dialect
    assert "schéma" not in package + dialect


def test_a_package_may_be_yaml_a_folder_or_a_zip_file(folder: Path) -> None:
    (folder / "datapackage.yaml").write_text("resources:\n- {name: t, path: t.csv, schema: schema.json}\n")
    assert run("datapackage.yaml", schema=None).exit_code == 1
    resource = {"name": "t", "path": "t.csv", "schema": "schema.json"}
    (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    assert run(".", schema=None).exit_code == 1
    with zipfile.ZipFile(folder / "paquet.zip", "w") as archive:
        for name in ("datapackage.json", "t.csv", "schema.json"):
            archive.write(folder / name, name)
        archive.writestr("../dehors.csv", "x")
    found = run("paquet.zip", schema=None)
    assert found.exit_code == 1
    assert "✘ t.csv : 1 erreur" in found.output
    assert not (folder.parent / "dehors.csv").exists()


def test_a_package_is_read_by_its_address(address: str, folder: Path) -> None:
    resource = {"name": "t", "path": "t.csv", "schema": "schema.json", "encoding": "utf-8"}
    (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    result = run(f"{address}/datapackage.json", "--allow-private", schema=None)
    assert result.exit_code == 1
    assert "ligne 3 : « 0 »" in result.output


# Exit codes, rejects, kills


def test_no_failure_looks_like_an_invalid_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.commands import _check_run

    def broken(*_: object, **__: object) -> None:
        raise MemoryError("no more")

    monkeypatch.setattr(_check_run, "validate", broken)
    result = run("t.csv")
    assert result.exit_code == 2
    assert "sans résultat (MemoryError: no more)" in result.output
    monkeypatch.setattr(_check_run, "validate", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    assert run("t.csv").exit_code == 130


@pytest.mark.parametrize("checks", ["siret", {"name": "x"}, ["siret"], 7, [None], [{"name": ["x"]}]])
def test_custom_checks_that_are_no_list_of_checks_are_the_schemas_fault(checks: Any, folder: Path) -> None:
    (folder / "schema.json").write_text(json.dumps({**SCHEMA, "custom_checks": checks}))
    assert run("t.csv").exit_code == 2


def test_rejects_of_two_files_of_one_name_are_both_kept(folder: Path) -> None:
    for place in ("un", "deux"):
        (folder / place).mkdir()
        (folder / place / "t.csv").write_text(as_csv(BAD))
    (folder / "t.2023.csv").write_text(as_csv(BAD))
    run("un/t.csv", "deux/t.csv", "t.2023.csv", "--rejects", "refus/r")
    names = sorted(path.name for path in (folder / "refus").glob("*.csv"))
    assert names == ["r-t-2.csv", "r-t-3.csv", "r-t.csv"]
    sources = [read_rejects(folder / "refus" / name).column("source").to_pylist() for name in names]
    assert sources == [["deux/t.csv"], ["t.2023.csv"], ["un/t.csv"]]


def test_rejects_hold_the_errors_of_no_row_too(folder: Path) -> None:
    (folder / "t.csv").write_text("id,jour,autre\n0,2024-01-05,x\n")
    run("t.csv", "--rejects", "r.2024.csv")
    assert read_rejects(folder / "r.2024.csv").column("regle").to_pylist() == ["constraint-error", "incorrect-label"]


def test_rejects_that_cannot_be_written_are_no_result(folder: Path) -> None:
    (folder / "fichier").write_text("")
    result = run("t.csv", "--rejects", "fichier/r")
    assert result.exit_code == 2
    assert "--rejects" in result.output


def test_rejects_never_take_the_place_of_what_is_read(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run("t.csv", "--rejects", "t")
    assert result.exit_code == 2
    assert "t.csv" in result.output
    described = {"fields": [{"name": name} for name in ("id", "jour", "nom")]}
    package = {"name": "p", "resources": [{"name": "n", "path": "p-n.csv", "schema": described}]}
    (folder / "datapackage.json").write_text(json.dumps(package))
    (folder / "p-n.csv").write_text(as_csv(GOOD))
    assert run("datapackage.json", "--rejects", "p", schema=None).exit_code == 2
    assert (folder / "p-n.csv").read_text() == as_csv(GOOD)
    assert {name: (folder / name).read_bytes() for name in before} == before


@pytest.mark.parametrize("description", ["schema", "dialect"])
def test_a_pipe_or_a_device_is_no_description(description: str, folder: Path) -> None:
    os.mkfifo(folder / "tube")
    for named in ("/dev/zero", "tube"):
        assert run("--package", named, schema=None).exit_code == 2
    resource = {"name": "n", "path": "t.csv", description: "tube"}
    (folder / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [resource]}))
    result = run("datapackage.json", schema=None)
    assert result.exit_code == 2
    assert "tube" in result.output


def test_what_a_killed_run_left_goes_with_the_next(folder: Path) -> None:
    temporary = folder / "temporaire"
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(temporary)}
    line = [
        sys.executable,
        "-m",
        "pipelines.commands.check",
        "-",
        "t.csv",
        "--schema",
        "schema.json",
        "--rejects",
        "refus/r",
    ]
    with subprocess.Popen(line, stdin=subprocess.PIPE, env=environment) as process:
        assert process.stdin is not None
        process.stdin.write(as_csv(GOOD).encode())
        process.stdin.flush()
        for _ in range(200):
            if list(temporary.rglob("*stdin*")):
                break
            time.sleep(0.1)
        process.kill()
    assert list(temporary.rglob("*stdin*"))
    (folder / "refus").mkdir(exist_ok=True)
    (folder / "refus" / ".aside-rejets-x").write_text("laissé")
    subprocess.run([*line[:3], *line[4:]], env=environment, check=False, capture_output=True)
    assert [path.name for path in temporary.rglob("*") if path.is_file()] == ["lock"]
    assert sorted(path.name for path in (folder / "refus").iterdir()) == ["r.csv", "r.parquet"]


def test_two_runs_do_not_sweep_each_other(folder: Path) -> None:
    from pipelines.validation.workspace import workspace

    before = tempfile.tempdir
    with workspace() as first:
        (first / "x").write_text("")
        tempfile.tempdir = before
        with workspace() as second:
            assert (first / "x").exists()
            assert second != first
        assert (first / "x").exists()
    assert not first.exists()
