"""What a file is by its first bytes, whatever its name says.

Belongs here: magic numbers. Does not: encodings of text (`encoding.py`).
"""

from __future__ import annotations

from pipelines.core.text import Said

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF-", "pdf"),
    (b"PAR1", "parquet"),
    (b"PARE", "encrypted parquet"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"{\\rtf", "rtf"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "rar"),
)
MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "html"),
    (b"<html", "html"),
    (b"<head", "html"),
    (b"<body", "html"),
    (b"<table", "html"),
    (b"<meta ", "html"),
    (b"<style", "html"),
    (b"<?xml", "xml"),
    (b"<?mso-application", "xml"),
)
MARKS: tuple[tuple[bytes, str], ...] = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
WORDS: dict[str, Said] = {
    "zip": Said("une archive zip (xlsx, ods ou zip)", "a zip archive (xlsx, ods or zip)"),
    "xls": Said("un ancien classeur Excel (xls)", "an old Excel workbook (xls)"),
    "encrypted parquet": Said("un fichier Parquet chiffré", "an encrypted Parquet file"),
    "html": Said("une page web (HTML)", "a web page (HTML)"),
    "text": Said("du texte", "text"),
}
TEXT: tuple[str, ...] = ("text",)
WANTED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("csv", "tsv", "json", "jsonl", "demarche", "jsonstat"), TEXT),
    "xlsx": ("zip",),
    "xlsb": ("zip",),
    "ods": ("zip",),
    # Business software writes web pages, SpreadsheetML and xlsx under the name of xls: each is read as what it is.
    "xls": ("xls", "html", "xml", "zip"),
    "parquet": ("parquet",),
    "html": ("html", "xml", "text"),
}


def signature(head: bytes) -> str:
    """The kind of a file from its first bytes (512 are enough): a name of `SIGNATURES`, `MARKUP`, or `text`."""
    for magic, kind in SIGNATURES:
        if head.startswith(magic):
            return kind
    encoding = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if encoding is not None:
        head = head[2:].decode(encoding, errors="ignore").encode("utf-8")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for magic, kind in MARKUP if start.startswith(magic)), "text")


def is_wanted(kind: str, file_format: str) -> bool:
    """Whether a file of that kind can be of that format; of the format that a domain reads, any kind can be."""
    return file_format not in WANTED or kind in WANTED[file_format]


def named(kind: str) -> str | Said:
    """The kind in a person's words."""
    return WORDS.get(kind, kind)
