"""What holds for every test: none depends on the day that it is run on."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

# Many tests date events by a day of their own, then run a command by the machine's clock, which may be years from it.
DATED = datetime(2026, 11, 1, tzinfo=UTC)
if not DATED <= datetime.now(UTC) <= DATED + timedelta(days=365):
    os.environ.setdefault("AROBASE_CLOCK_IS_RIGHT", "1")
