"""How long to wait before asking again: what the server says, else longer each time, with jitter."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST, LONGEST = 0.5, 60.0
# Beyond this a number is an instant (seconds since 1970), not a duration.
EPOCH = 1_000_000_000


def wait_asked_for(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the server asks to wait, by `Retry-After` or its rate headers; None when it says nothing readable.

    `now` is in seconds since 1970. Source: RFC 9110 section 10.2.3; draft-ietf-httpapi-ratelimit-headers.
    """
    retry = headers.get("retry-after", "").strip()
    if retry:
        found = _seconds(retry, now)
        return found if found is not None else _until(retry, now)
    spent = headers.get("ratelimit-remaining", headers.get("x-ratelimit-remaining"))
    if spent is None or spent.strip() != "0":
        return None
    return _seconds(headers.get("ratelimit-reset", headers.get("x-ratelimit-reset", "")).strip(), now)


def _seconds(text: str, now: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return max(0.0, value - now if value > EPOCH else value)


def _until(text: str, now: float) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.fromtimestamp(now, UTC)).total_seconds())


def own_wait(attempt: int) -> float:
    """Seconds before the attempt after `attempt` (from 1): doubled each time, between half and all of it at random."""
    whole = min(LONGEST, FIRST * 2.0 ** (attempt - 1))
    return whole * random.uniform(0.5, 1.0)
