"""Parts of the validator by themselves, where a whole result would not show what they do."""

from __future__ import annotations

import datetime
import decimal
import hashlib
import random
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.text import number
from pipelines.validation import blocks, cutter, validate
from pipelines.validation.described import likely_delimiter
from pipelines.validation.fast.pattern_clock import PatternClock
from pipelines.validation.fast.patterns import may_explode, subset_in_re2
from pipelines.validation.hashing import Hasher, digest, hash_texts
from pipelines.validation.keys import HashLog, verified
from pipelines.validation.keytext import NotComparable, value_text
from pipelines.validation.phrases import advice, circumstance, expected, rule_title
from pipelines.validation.references import ParentKeys
from pipelines.validation.summary import counted, shown

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=40)), min_size=1, max_size=30)


@settings(deadline=None)
@given(TEXTS, st.integers(0, 5))
def test_a_hash_depends_on_its_text_alone(texts: list[str | None], skipped: int) -> None:
    whole = hash_texts(pa.array(texts, pa.string()))
    for place in range(min(skipped, len(texts)), len(texts)):
        alone = hash_texts(pa.array([*texts[: place + 1]], pa.string()).slice(place))
        assert alone[0] == whole[place]


def test_long_keys_are_hashed_wherever_they_stand() -> None:
    texts = ["x" * 600, "a", None, "x" * 600]
    whole = hash_texts(pa.array(texts))
    assert whole[0] == whole[3] == hash_texts(pa.array(["x" * 600]))[0]
    assert whole[1] == hash_texts(pa.array(["a"]))[0]


def test_a_hash_of_nothing() -> None:
    assert len(hash_texts(pa.array([], pa.string()))) == 0


def test_the_parts_of_a_key_do_not_run_together() -> None:
    assert digest(("ab", "c")) != digest(("a", "bc"))
    assert digest((None, "")) != digest(("", None))


def test_files_are_hashed_beside_their_reading() -> None:
    hasher = Hasher()
    for part in (b"ab", memoryview(b"c")):
        hasher.update(part)
    assert hasher.finish() == (hashlib.md5(b"abc").hexdigest(), hashlib.sha256(b"abc").hexdigest(), 3)


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=120), st.sampled_from([8, 64, 1 << 20]))
def test_repeats_are_found_in_memory_and_on_disk(values: list[int], budget: int) -> None:
    log = HashLog(budget)
    spread = np.array(values, np.uint64) * np.uint64(0x0F0F0F0F0F0F0F0F)
    for start in range(0, len(values), 7):
        log.add(spread[start : start + 7])
    wanted = [place for place, value in enumerate(values) if value and values.count(value) > 1]
    assert log.repeated().tolist() == wanted


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=40))
def test_a_repeat_names_the_row_that_last_held_the_key(keys: list[str]) -> None:
    found = verified(range(len(keys)), [digest((key,)) for key in keys])
    last: dict[str, int] = {}
    wanted = {}
    for row, key in enumerate(keys):
        if key in last:
            wanted[row] = last[key]
        last[key] = row
    assert found.between(0, len(keys)) == wanted


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS.map(lambda t: t[0]), TEXTS.map(lambda t: t[0])), max_size=20), st.integers(0, 200))
def test_orphans_are_those_that_no_parent_is(pairs: list[tuple[str | None, str | None]], budget: int) -> None:
    parents = ParentKeys(("text", "text"), budget)
    half = pairs[: len(pairs) // 2]
    for start in range(0, len(half), 3):
        parents.add([pa.array([pair[side] for pair in half[start : start + 3]], pa.string()) for side in (0, 1)])
    parents.close()
    asked = [pa.array([pair[side] for pair in pairs], pa.string()) for side in (0, 1)]
    known = set(half) | {(None, None)}
    assert parents.orphans(asked, ("text", "text")).tolist() == [n for n, pair in enumerate(pairs) if pair not in known]


def test_texts_that_share_a_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.validation import references

    monkeypatch.setattr(references, "combined_hashes", lambda texts: np.zeros(len(texts[0]), np.uint64))
    parents = ParentKeys(("text",), 1 << 20)
    parents.add([pa.array(["a", "b", "c"])])
    parents.close()
    assert parents.orphans([pa.array(["c", "z", "a", "b"])], ("text",)).tolist() == [1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "1"),
        (10**40, "1e40"),
        (decimal.Decimal("1E+5"), "100000"),
        (decimal.Decimal("-0.0"), "0"),
        (decimal.Decimal("-1.50"), "-1.5"),
        (decimal.Decimal("1e-40"), "1e-40"),
        (decimal.Decimal("1e999999"), "1e999999"),
        (decimal.Decimal("Infinity"), "Infinity"),
        (0.5, "0.5"),
        (datetime.date(1, 1, 1), "0001-01-01"),
    ],
)
def test_key_texts_of_values(value: Any, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize("value", [float("nan"), datetime.time(1), (1, 2)])
def test_values_that_no_text_stands_for(value: Any) -> None:
    with pytest.raises(NotComparable):
        value_text(value)


def test_an_instant_before_time_is_left_to_frictionless() -> None:
    with pytest.raises(NotComparable):
        value_text(datetime.datetime(1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=5))))


@pytest.mark.parametrize(
    "pattern",
    [r"\ba", r"(?i)a", r"(?i:a)", r"(a)\1", r"a(?=b)", "(", "a{2000}", "(^a?)*", "(?>a|ab)c", "a*+b", r"[^\s\S]"],
)
def test_patterns_whose_meaning_may_differ_are_not_translated(pattern: str) -> None:
    assert subset_in_re2(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "risky"),
    [
        ("[a-z]+", False),
        ("(a+)+", True),
        ("(a|ab)*c", True),
        (".*a.*", True),
        ("a{2}b{3}", False),
        (r"(a)?(?(1)b|c)", True),
        (r"(?=a+)a+", True),
        (r"(?>a+)b+", True),
        ("(a{0,15}){0,15}", True),
        ("([A-Za-z]{1,15}[ -]?){1,10}", True),
        ("(a|b|ab){1,20}c", True),
        ("(?:(?:^|,)(^[A-Z]{2}[A-Z0-9]{4,33}$|Non concerné))+$", True),
        ("(.*?)((\\d{1,2}:\\d{2})-(\\d{1,2}:\\d{2})|24/7)", False),
        ("^([013-9]\\d|2[AB1-9])\\d{3}$", False),
    ],
)
def test_patterns_that_may_take_for_ever(pattern: str, risky: bool) -> None:
    assert may_explode(pattern) is risky


def test_a_clock_serves_several_threads() -> None:
    clock = PatternClock("a", "(a+)+b")
    wrong: list[str] = []

    def ask(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(40):
            text = "a" * rng.randint(1, 6) + rng.choice(["b", "c"])
            if clock.matches([text, "c"]) != [text.endswith("b"), False]:
                wrong.append(text)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.close()
    assert wrong == []


def test_many_blocks_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = {
        "fields": [{"name": "a", "type": "integer", "constraints": {"unique": True}}, {"name": "b", "type": "time"}]
    }
    text = "a,b\n" + "".join(f"{n % 90},10:20:30\n" for n in range(100)) + "x,\n"
    (tmp_path / "t.csv").write_text(text)
    (tmp_path / "t.tsv").write_text(text.replace(",", "\t"))
    monkeypatch.setattr(cutter, "SIZE", 200)
    monkeypatch.setattr(blocks, "ROWS", 7)
    steps: list[int] = []
    heard = {**schema, "primaryKey": ["b", "a"]}
    totals = [
        validate(tmp_path / name, described, delimiter=mark, progress=lambda rows, part: steps.append(rows)).totals
        for name, mark in (("t.csv", ","), ("t.tsv", "\t"))
        for described in (schema, heard)
    ]
    assert totals[0] == totals[2] == {("type-error", "a"): 1, ("unique-error", "a"): 10}
    assert totals[1] == totals[3] == totals[0] | {("primary-key", None): 11}
    assert len(steps) > 40


def test_a_parent_that_cannot_be_read_is_the_only_error(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": "a", "type": "integer"}],
        "foreignKeys": [{"fields": ["a"], "reference": {"resource": "p", "fields": ["k"]}}],
    }
    (tmp_path / "p.csv").write_bytes(b"k\n" + b"1\n" * 20_000 + b"\xff\n")
    validation = validate(pa.table({"a": ["1", "x"]}), schema, parents={"p": tmp_path / "p.csv"})
    assert validation.totals == {("encoding-error", None): 1}
    assert validation.report().tasks[0].labels == []


def test_a_parent_without_the_field_has_no_keys(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": "a", "type": "integer"}],
        "foreignKeys": [{"fields": ["a"], "reference": {"resource": "p", "fields": ["k"]}}],
    }
    parent = (pa.table({"z": ["1"]}), {"fields": [{"name": "z", "type": "integer"}]})
    assert validate(pa.table({"a": ["1"]}), schema, parents={"p": parent}).totals == {("foreign-key", None): 1}


def test_the_delimiter_is_the_one_that_finds_the_fields() -> None:
    schema = {"fields": [{"name": "a"}, {"name": "b"}]}
    for mark in (",", ";", "\t", "|"):
        assert likely_delimiter(f'\ufeffa{mark}"b"\n'.encode(), schema, "utf-8") == mark
    assert likely_delimiter(b"", schema, "utf-8") == ","
    assert likely_delimiter(b"a|b\n", schema, "no-such-encoding") == ","


def test_what_was_expected_is_said_without_the_value() -> None:
    assert expected('type is "date/%d/%m/%Y"', "fr") == "une date (%d/%m/%Y)"
    assert expected('type is "string/email"', "en") == "an e-mail address"
    # The note does not tell how the schema writes numbers: a point was asked for where it wants a comma.
    assert expected('type is "number/default"', "en") == (
        "a number, with a point for decimals (or the schema's decimalChar)"
    )
    assert expected('constraint "enum" is "' + "x" * 200 + '"', "en").endswith("…")
    assert expected("autre", "fr") == ""
    assert circumstance('cells composing the primary keys are all "None"', "en") == "empty key"
    assert circumstance("autre", "fr") == "autre"
    assert rule_title("inconnue", "fr") == "inconnue"
    assert advice("inconnue", "fr") == ""


def test_numbers_and_cells_on_a_terminal() -> None:
    assert number(1234567, "fr") == "1\u202f234\u202f567"
    assert counted(0, "ligne", "fr") == "0 ligne"
    assert counted(0, "row", "en") == "0 rows"
    assert shown("a\tb\x1b[31m") == "a\\tb\\x1b[31m"
    assert shown("x" * 100) == "x" * 60 + "…"
