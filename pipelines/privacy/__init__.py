"""People kept out of the data: the gate that everything passes before it is published.

Belongs here: detectors of personal data, the strong test on a record's own values, the private folder, small counts.
Does not: privacy classes of fields (`schema/`), dropping personal fields (`pipeline/records.py`), withdrawing records
(`mapping/withdrawals.py`), retracting versions (`releases/`).

How its files work together:

- `gate.py` decides about tables, `files.py` about files: it opens each (`opening.py`, `large_files.py`) and gives its
  texts to `scanning.py`. Both end in *holds*, or in nothing when the allow list (`allowlist.py`) lets a passage
  through.
- Three searches. `rows.py`, the strong test: a record's own personal values in the rows published of it. `everyone.py`:
  everybody's values in texts that belong to no record. `sifting.py`: patterns (`detectors/`) in any text; `columns.py`:
  what only a whole column shows.
- What is searched for: `known.py` has the personal values of each record, `searched_values.py` the same in columns,
  classed by `kinds.py`; `related.py` joins people of other parts to them. `search_terms.py` and `phrases.py`
  make of them what is looked for.
- What makes it fast, without deciding: `needles.py`, then `prefilter.py` (rows in which a value may show at all);
  `seen.py` and `clean_files.py` (what was checked already).
- In which form: `normalisation.py`, `readings.py`, `folding.py`, `multi_value.py` undo disguises and spellings.
- Afterwards: `quarantine.py` keeps held rows in the private folder (`vault.py`). Apart from the gate: `counts.py` and
  `published.py` suppress small counts, `across_versions.py` those that two versions would give away together.
- Two files are called `places.py`: this folder's is about positions of records, `detectors/places.py` about home
  addresses.
"""

from pipelines.privacy.across_versions import suppress_across
from pipelines.privacy.allowlist import Allowed, AllowList, load_allow_list
from pipelines.privacy.clean_files import CleanFiles
from pipelines.privacy.counts import THRESHOLD, ProtectedCounts, protect_counts
from pipelines.privacy.errors import (
    AllowListInvalid,
    CountsInvalid,
    PersonalDataFound,
    PersonalValuesGone,
    ReasonInvalid,
    ReasonPersonal,
    VaultDamaged,
    VaultUnsafe,
)
from pipelines.privacy.files import scan_file, scan_folder, scan_text
from pipelines.privacy.gate import GateReport, Hold, gate
from pipelines.privacy.known import PersonalValues
from pipelines.privacy.places import PartId
from pipelines.privacy.published import protect_published
from pipelines.privacy.quarantine import clear_quarantine, set_aside
from pipelines.privacy.related import Link, related_values
from pipelines.privacy.seen import Seen
from pipelines.privacy.vault import Vault

__all__ = [
    "THRESHOLD",
    "AllowList",
    "AllowListInvalid",
    "Allowed",
    "CleanFiles",
    "CountsInvalid",
    "GateReport",
    "Hold",
    "Link",
    "PartId",
    "PersonalDataFound",
    "PersonalValues",
    "PersonalValuesGone",
    "ProtectedCounts",
    "ReasonInvalid",
    "ReasonPersonal",
    "Seen",
    "Vault",
    "VaultDamaged",
    "VaultUnsafe",
    "clear_quarantine",
    "gate",
    "load_allow_list",
    "protect_counts",
    "protect_published",
    "related_values",
    "scan_file",
    "scan_folder",
    "scan_text",
    "set_aside",
    "suppress_across",
]
