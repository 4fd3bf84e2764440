"""The page of settings: every variable of the environment that the project reads."""

from __future__ import annotations

from pipelines.core.settings import SETTINGS
from scripts.reference.markdown import page, table


def settings_page() -> str:
    """Every setting, with what it is for, what it may be, and what holds without it."""
    lines = [
        (f"`{item.name}`", item.use.en, item.expected.en, item.default.en, "yes" if item.secret else "")
        for item in SETTINGS
    ]
    introduction = (
        "Variables of the environment. `arobase settings` shows each value and where it came from. Secrets that "
        "descriptions of sources, portals and alerts name are listed there too, as set or not, never with their value."
    )
    return page("Settings", introduction, table(("variable", "what for", "may be", "without it", "secret"), lines))
