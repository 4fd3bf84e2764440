"""What else a territory of today is looked for by: names that it had, communes that it absorbed, its postal codes.

Belongs here: reading them from the reference. Does not: choosing a territory for a name that a source printed
(`resolution.py`), which asks for more than a search that shows what it found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.geo.gazetteer import VINTAGE, read_reference

OtherNames = Mapping[tuple[str, str], Sequence[str]]
"""By nature and code of a territory of today."""
COMMUNES, FORMER, FORMER_EPCI = f"communes-{VINTAGE}", "anciennes_communes", "anciens_epci"


def other_names(folder: Path) -> OtherNames:
    """The other names and the postal codes of communes and EPCI, each once, in the order of the reference.

    Nothing where a project has no reference of its own. Raises `ReferenceMissing` where it has a part of it only.
    """
    if not (folder / f"{COMMUNES}.parquet").is_file():
        return {}
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    columns = ["nom", "type", "commune_code", "codes_postaux"]
    for row in read_reference(folder, COMMUNES, columns).to_pylist():
        names = found["commune", row["commune_code"]]
        if row["type"] == "commune":
            names.update(dict.fromkeys((row["codes_postaux"] or "").split()))
        elif row["type"] != "arrondissement_municipal":
            names[row["nom"]] = None
    for kind, name in (("commune", FORMER), ("epci", FORMER_EPCI)):
        for row in read_reference(folder, name, ["nom", "code_actuel"]).to_pylist():
            found[kind, row["code_actuel"]][row["nom"]] = None
    return {key: list(names) for key, names in found.items() if names}
