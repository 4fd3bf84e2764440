"""The search index: from the first letters of any word of any name to the territories to choose from.

Belongs here: the files that `search.js` reads. Does not: which territories there are (`territories.py`).
Three kinds, so that a phone is never made to wait for a key that it has typed:

- `FIRST`: for each beginning of two letters, the few territories that most is published of. A browser fetches it while
  nobody has typed anything, and answers the second letter without asking anybody.
- the pieces: all territories for a beginning, as many letters as make a piece small. One is fetched for an answer.
- `PIECES`: the beginnings that have a piece, so that none is asked for that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import pairwise

from pipelines.catalogue.territories import FOLDER, Territories, Territory, folded
from pipelines.geo.other_names import OtherNames

INDEX = f"{FOLDER}/recherche"
SMALL_WORDS = frozenset(
    (
        "a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "saint", "sainte", "sous", "st",
        "ste", "sur",
    )
)  # fmt: skip
"""Words that too many names have: a name is looked for by them only where it has no other. `search.js` has the same."""
ELIDED = ("d", "l")
"""What an apostrophe parts from its word: "lhay" finds L'Haÿ too."""
SHARD_LETTERS, PIECE, ANSWERS = 2, 250, 5
PIECES, FIRST = "_debuts", "_premiers"
"""No word has an underscore: these are no beginnings."""
Line = list[str]
"""Name, kind, code, département's code, page (empty where it is the usual one), and other names."""
ByWord = Mapping[str, Mapping[int, Line]]


def index_files(territories: Territories, also: OtherNames) -> dict[str, str]:
    """Every file of the index, by path, as JSON. `also`: other names that territories are looked for by."""
    words = by_word(territories, also)
    pieces = shards(words)
    files = {PIECES: list(pieces), FIRST: first_answers(words), **pieces}
    return {
        f"{INDEX}/{name}.json": json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        for name, found in files.items()
    }


def shards(words: ByWord) -> dict[str, list[Line]]:
    """The pieces: for the beginning of any word of any name, the territories to choose from.

    A piece of more than `PIECE` lines is divided by one letter more, but for the names whose word ends there.
    """
    return dict(sorted(_pieces(words, SHARD_LETTERS)))


def first_answers(words: ByWord) -> dict[str, list[Line]]:
    """For each beginning of two letters, `ANSWERS` territories: first those named so, then those with most rows."""
    starts: dict[str, dict[int, Line]] = {}
    for word, lines in words.items():
        starts.setdefault(word[:SHARD_LETTERS], {}).update(lines)
    chosen = {}
    for start, lines in sorted(starts.items()):
        places = list(dict.fromkeys([*sorted(words.get(start, ())), *nsmallest(ANSWERS, lines)]))
        chosen[start] = [lines[place] for place in places[:ANSWERS]]
    return chosen


def by_word(territories: Territories, also: OtherNames) -> ByWord:
    """By word, the territories that have it in one of their names, each by its place among all."""
    found: dict[str, dict[int, Line]] = {}
    ranked = sorted(territories.all, key=lambda item: -item.count)  # stable: by name where each has as many rows
    for place, territory in enumerate(ranked):
        others = _others(territory, also.get((territory.kind, territory.code), ()))
        usual = f"{FOLDER}/{territory.kind}-{territory.code}.html"
        page = "" if territory.path == usual else territory.path
        line = [territory.name, territory.kind, territory.code, territory.departement, page, *others]
        for name in (territory.name, territory.code, *others):
            for word in _telling(folded(name)):
                found.setdefault(word, {})[place] = line
    return found


def _others(territory: Territory, also: Sequence[str]) -> list[str]:
    """The other names of a territory, each once however it is spelled."""
    names = {folded(name): name for name in (*reversed(also), *reversed(territory.other_names))}
    own = (folded(territory.name), folded(territory.code))
    return [name for key, name in reversed(names.items()) if key not in own]


def _pieces(words: ByWord, letters: int) -> Iterator[tuple[str, list[Line]]]:
    """Each beginning of so many letters, or of more where there are too many lines, and its lines in their order."""
    starts: dict[str, dict[str, Mapping[int, Line]]] = {}
    for word, lines in words.items():
        starts.setdefault(word[:letters], {})[word] = lines
    for start, begun in starts.items():
        longer = {word: lines for word, lines in begun.items() if word != start}
        found = _merged(begun)
        if len(found) <= PIECE or not longer:
            yield start, found
            continue
        yield from _pieces(longer, letters + 1)
        if start in begun:
            yield start, _merged({start: begun[start]})


def _merged(words: ByWord) -> list[Line]:
    places = {place: line for lines in words.values() for place, line in lines.items()}
    return [places[place] for place in sorted(places)]


def _telling(name: str) -> list[str]:
    """The words by which a name is looked for: small ones only where it has no other; elided ones also with their next
    word, as they are typed without the apostrophe."""
    words = name.split()
    telling = [word for word in words if word not in SMALL_WORDS]
    telling += [f"{word}{after}" for word, after in pairwise(words) if word in ELIDED]
    return list(dict.fromkeys(telling or words))
