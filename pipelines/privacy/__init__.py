"""People kept out of the data: the gate that everything passes before it is published.

Belongs here: detectors of personal data, the strong test on a record's own values, the private folder, small counts.
Does not: privacy classes of fields (`schema/`), dropping personal fields (`records/`), withdrawal (`releases/`).
"""

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
    VaultUnsafe,
)
from pipelines.privacy.files import scan_file, scan_folder, scan_text
from pipelines.privacy.gate import GateReport, Hold, gate
from pipelines.privacy.known import PersonalValues
from pipelines.privacy.places import PartId
from pipelines.privacy.published import protect_published
from pipelines.privacy.quarantine import release, set_aside
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
    "VaultUnsafe",
    "gate",
    "load_allow_list",
    "protect_counts",
    "protect_published",
    "related_values",
    "release",
    "scan_file",
    "scan_folder",
    "scan_text",
    "set_aside",
]
