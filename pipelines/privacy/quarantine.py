"""The quarantine: where held rows wait for somebody to look at them, in the private folder and nowhere else.

Belongs here: what is kept of a hold. Does not: deciding what is held (`gate.py`), nor how a private file is written
(`vault.py`). One file a package, `quarantaine/<package>.jsonl`: a line for each hold, with its place and its rule, and
the cells of the row where the row is known. It contains the last refusal only, and goes when the package passes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pyarrow as pa

from pipelines.privacy.gate import GateReport, Hold
from pipelines.privacy.vault import Vault
from pipelines.schema.arrow import as_text

QUARANTINE = "quarantaine"


def set_aside(vault: Vault, package: str, report: GateReport, tables: Mapping[str, pa.Table]) -> None:
    """Write the holds of a package, with the rows of `tables` (by place) that they are in. The vault is open.

    Raises `VaultUnsafe` when it is not, or could be read by somebody else.
    """
    texts = {place: as_text(table) for place, table in tables.items()}
    lines = [json.dumps(_told(hold, texts.get(hold.place)), ensure_ascii=False) for hold in report.holds]
    vault.write_file(QUARANTINE, f"{package}.jsonl", "".join(f"{line}\n" for line in lines).encode())


def clear_quarantine(vault: Vault, package: str) -> None:
    """Delete the quarantine file of a package that now passes."""
    (vault.folder / QUARANTINE / f"{package}.jsonl").unlink(missing_ok=True)


def _told(hold: Hold, table: pa.Table | None) -> dict[str, object]:
    cells = table.slice(hold.row, 1).to_pylist()[0] if table is not None and hold.row >= 0 else None
    return {
        "lieu": hold.place,
        "ligne": hold.row + 1,
        "champ": hold.field,
        "regle": hold.rule,
        "cle": hold.key,
        "origine": list(hold.record) if hold.record else None,
        "cellules": cells,
    }
