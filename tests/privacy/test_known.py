"""Many records at once, in columns, are each record alone. Everybody here is invented."""

from __future__ import annotations

import hashlib

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import AllowList, PersonalValues, gate
from pipelines.privacy.marks import Marks
from pipelines.privacy.phrases import Phrases
from pipelines.privacy.places import Records
from tests.often import in_parts
from tests.privacy.builders import SOLENE
from tests.privacy.test_glances import FIELDS, ONE, VALUE

Own = list[tuple[str, str]]
WORDS = st.text("aéœ19.-@' ", min_size=1, max_size=9) | st.sampled_from(["Jean", "Dupont", "M.", "de", "contact"])
MAILS = st.lists(WORDS, min_size=1, max_size=3).map(lambda parts: f"{'.'.join(parts)}@ex-ample.org".replace(" ", ""))
SOME = st.tuples(st.sampled_from(FIELDS), VALUE | MAILS | WORDS).filter(lambda pair: bool(pair[1].strip()))
RECORDS = st.lists(st.lists(SOME, min_size=1, max_size=4), min_size=1, max_size=6)


def at(position: int) -> tuple[str, str, str, int]:
    return ("s", "0" * 64, "p", position)


def a_table(columns: dict[str, list[str | None]], positions: list[int], source: str = "s") -> pa.Table:
    size = len(positions)
    places = {"_source": [source] * size, "_snapshot": ["0" * 64] * size, "_part": ["p"] * size}
    return pa.table({**columns, **places, "_position": pa.array(positions, pa.int64())})


@in_parts(4)
@settings(max_examples=50, deadline=None)
@given(RECORDS)
def test_what_many_tell_is_what_each_tells(records: list[Own]) -> None:
    together = PersonalValues({at(place): tuple(own) for place, own in enumerate(records)}).everyone()
    alone = [PersonalValues({at(0): tuple(own)}).everyone() for own in records]
    for told in ("names", "mails"):
        sizes = {size for one in alone for size in getattr(one, told).by_size}
        for size in sizes | set(getattr(together, told).by_size):
            each = [getattr(one, told).by_size.get(size, Marks()) for one in alone]
            assert hashes(getattr(together, told).by_size.get(size, Marks())) == hashes(*each)
    for told in ("joined", "numbers", "anchors"):
        assert hashes(getattr(together, told)) == hashes(*(getattr(one, told) for one in alone))
    assert together.written.to_pylist() == [pair for one in alone for pair in one.written.to_pylist()]


def hashes(*marks: Marks) -> set[int]:
    return set().union(*(one.hashes.tolist() for one in marks))


@in_parts(4)
@settings(max_examples=50, deadline=None)
@given(RECORDS, st.data())
def test_many_rows_hold_what_each_holds_alone(records: list[Own], data: st.DataObject) -> None:
    own = [value for values in records for _, value in values]
    cells = st.sampled_from(own) | ONE
    texts: list[str | None] = [data.draw(cells) for _ in records]
    others: list[str | None] = [data.draw(cells) for _ in records]
    order = data.draw(st.permutations(range(len(records))))
    personal = PersonalValues({at(place): tuple(own) for place, own in enumerate(records)})
    held = gate({"p/t": a_table({"a": texts, "b": others}, list(order))}, personal, AllowList()).holds
    alone = []
    for row, place in enumerate(order):
        one = a_table({"a": texts[row : row + 1], "b": others[row : row + 1]}, [0])
        found = gate({"p/t": one}, PersonalValues({at(0): tuple(records[place])}), AllowList()).holds
        alone += [(row, hold.field, hold.rule) for hold in found]
    assert [(hold.row, hold.field, hold.rule) for hold in held] == alone
    assert {hold.record for hold in held} <= {at(place) for place in order}


def names_of(*people: dict[str, str]) -> dict[int, set[int]]:
    records = {at(place): tuple(person.items()) for place, person in enumerate(people)}
    return by_size(PersonalValues(records).everyone().names)


def by_size(phrases: Phrases) -> dict[int, set[int]]:
    return {size: hashes(marks) for size, marks in phrases.by_size.items()}


def are(*texts: str) -> set[int]:
    """The hashes of texts."""
    return hashes(Marks.of(pa.array(texts, pa.large_string())))


def test_full_names_are_made_within_a_record_and_never_across_two() -> None:
    assert names_of({"nom": "M. Quéméneur", "prenom": "Anne"}) == {2: are("anne quemeneur", "quemeneur anne")}
    assert names_of({"nom": "Quéméneur"}, {"prenom": "Anne"}) == {}
    assert names_of({"nom": "Jean Paul"}, {"nom": "Jean Quiniou"}) == {2: are("jean quiniou", "quiniou jean")}
    double = names_of({"nom": "Kerdoncuff-Quiniou", "prenom": "Solène"})
    assert double[3] >= are("kerdoncuff quiniou solene", "s kerdoncuff quiniou")
    either = [("solene", "kerdoncuff"), ("solene", "quiniou"), ("kerdoncuff", "quiniou")]
    assert double[2] == are(*(f"{a} {b}" for a, b in either), *(f"{b} {a}" for a, b in either))
    both = names_of({"nom": "Quéméneur", "prenom": "Anne", "nom_usage": "Payet"})
    assert both[2] >= are("anne quemeneur", "anne payet")


def test_addresses_are_known_by_their_words_and_the_first_label_of_their_domain() -> None:
    written = ["solene.quemeneur@example.org", "contact@example.org", "quemeneur1970@sub.example.co.uk"]
    everyone = PersonalValues({at(place): (("courriel", mail),) for place, mail in enumerate(written)}).everyone()
    assert by_size(everyone.mails) == {2: are("quemeneur1970 sub"), 3: are("solene quemeneur example")}
    assert hashes(everyone.joined) == are("solenequemeneur", "quemeneur1970")
    assert hashes(everyone.anchors) == are("quemeneur1970", "quemeneur", "solenequemeneur")


def test_the_last_of_several_rows_says_what_a_record_holds() -> None:
    cells: dict[str, list[str | None]] = {"nom": ["Payet", "Kerléo", None, "Quiniou"]}
    table = a_table({**cells, "prenom": [None, "Anne", "\u3000", "Léa"]}, [7, 2, 7, 7])
    assert PersonalValues.of_table(table, ["nom", "prenom"]).by_record == {
        at(7): (("nom", "Quiniou"), ("prenom", "Léa")),
        at(2): (("nom", "Kerléo"), ("prenom", "Anne")),
    }


def test_values_of_a_record_are_put_together_wherever_their_lines_stand() -> None:
    lines = PersonalValues({at(1): (("nom", "Payet"),), at(2): (("nom", "Kerléo"),)}).lines
    more = PersonalValues({at(1): (("prenom", "Léa"),)}).lines
    found = PersonalValues.of_lines(pa.concat_tables([lines, more]))
    assert found.by_record == {at(1): (("nom", "Payet"), ("prenom", "Léa")), at(2): (("nom", "Kerléo"),)}
    assert found.of([at(2), at(1), at(3)]) == (("nom", "Kerléo"), ("nom", "Payet"), ("prenom", "Léa"))


def test_a_record_is_found_by_its_source_snapshot_part_and_position() -> None:
    own = pa.concat_tables([a_table({}, [5, 9, 9]), a_table({}, [9, 1], source="t")])
    records = Records(own)
    assert (len(records), records.of_line.tolist()) == (4, [0, 1, 1, 2, 3])
    asked = pa.concat_tables([a_table({}, [1, 9, 4]), a_table({}, [1, 5], source="t"), a_table({}, [5], source="u")])
    assert records.numbers_of(asked).tolist() == [-1, 1, -1, 3, -1, -1]


def test_several_records_of_a_row_are_all_looked_for() -> None:
    personal = PersonalValues({at(1): (("nom", "Kerléo"),), at(2): tuple(SOLENE.items())})
    rows = pa.table({"id": ["a", "b"], "n": ["1", "1"], "titre": ["vu avec Kerléo", "rien de Kerléo"]})
    keys = {"id": ["b", "a", "a", "c"], "n": ["1", "1", "1", "1"]}
    provenance = a_table({name: list(column) for name, column in keys.items()}, [3, 2, 1, 1])
    report = gate({"p/t": rows}, personal, AllowList(), provenance={"p/t": provenance}, keys={"p/t": ("id", "n")})
    assert [(hold.row, hold.field, hold.record) for hold in report.holds] == [(0, "titre", at(2))]


def test_a_digest_of_any_spelling_of_an_address_or_number_is_known() -> None:
    kept = ["Solene.Quemeneur@Example.org", "ewen@example.org", " léa@example.org "]
    records = {at(place): (("courriel", mail),) for place, mail in enumerate(kept)}
    everyone = PersonalValues({**records, at(9): (("telephone", "06 12 34 56 78"),)}).everyone()
    spelled = {spelling for mail in kept for spelling in (mail, mail.strip().lower(), mail.strip().upper())}
    for spelling in spelled:
        assert everyone.kind_in(hashlib.sha256(spelling.encode()).hexdigest()) == "courriel"
    assert everyone.kind_in(hashlib.md5(b"0612345678").hexdigest()) == "telephone"
    assert everyone.kind_in(hashlib.sha1(b"autre@example.org").hexdigest()) is None
