"""Reading printed notices of inquiries: dates, hours, durations, sessions and order numbers, as the sentence says them.

Belongs here: a pure parser of French notices. Does not: fetching a page, checking what was read (`law/`).
A fact is read, left open with its candidates, or kept with what contradicts it; it is never guessed.
"""

from pipelines.domains.inquiries.notices.notice import read_notice
from pipelines.domains.inquiries.notices.reading import Fact, Notice, Session, Status

__all__ = ["Fact", "Notice", "Session", "Status", "read_notice"]
