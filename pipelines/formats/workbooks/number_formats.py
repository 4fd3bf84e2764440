"""What a number format shows: whether it makes a date of a number, and how it writes a code such as `01004`.

Source: ECMA-376, part 1, 18.8.30 (number formats). Only formats of digits and literal text are read as codes: what
has a decimal point, a thousands separator, a percent sign or an exponent is a measure, and its stored value is the
better one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56), "time"),
    46: "duration",
    9: "0%",
    10: "0.00%",
}
"""What the numbered formats that no file spells out make of a number, where they show it as anything else."""
MOMENTS = ("date", "time", "duration")
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_LITERALS = frozenset(" -+/():!^&'~{}<>=$€\u00a0\u202f")
_MOST_DIGITS = 40


@dataclass(frozen=True)
class CodeFormat:
    """A format of digits: `parts` are placeholders (`0`, `#`, `?`) and literal texts, in order."""

    parts: tuple[tuple[bool, str], ...]
    least: int

    def shown(self, number: int) -> str:
        """The number as the format shows it: digits from the right, those that are left over before the first."""
        digits = str(number)
        places = sum(is_digit for is_digit, _text in self.parts)
        padded = digits.rjust(self.least, "0").rjust(places)
        surplus, padded = padded[: len(padded) - places], padded[len(padded) - places :]
        written: list[str] = []
        rank = 0
        for is_digit, text in self.parts:
            if not is_digit:
                written.append(text)
                continue
            written.append(f"{surplus}{padded[rank]}".strip() if rank == 0 else padded[rank].strip())
            rank += 1
        return "".join(written).strip()


@lru_cache(maxsize=1024)
def moment(code: str) -> str | None:
    """`date` where a format code shows days, months or years, `time` where it shows hours only, None where neither."""
    section = code.split(";", maxsplit=1)[0]
    if _ELAPSED.search(section):
        return "time"
    bare = _IN_BRACKETS.sub("", _QUOTED.sub("", section)).lower().replace("am/pm", "h").replace("a/p", "h")
    if "general" in bare or "standard" in bare:
        return None
    if any(letter in bare for letter in "yd"):
        return "date"
    if any(letter in bare for letter in "hs"):
        return "time"
    return "date" if "m" in bare else None


def is_elapsed(code: str) -> bool:
    """Whether a format counts hours, minutes or seconds on (`[h]:mm`): it shows a duration, and no time of day."""
    return bool(_ELAPSED.search(code.split(";", maxsplit=1)[0]))


@lru_cache(maxsize=1024)
def is_percent(code: str) -> bool:
    """Whether a format shows a hundred times the number that is stored, and a percent sign."""
    return "%" in _IN_BRACKETS.sub("", _QUOTED.sub("", code.split(";", maxsplit=1)[0]))


@lru_cache(maxsize=1024)
def code_format(code: str) -> CodeFormat | None:
    """How a format writes whole numbers, where it writes them with leading zeros; None for every other format."""
    section = code.split(";", maxsplit=1)[0]
    if _ELAPSED.search(section) or re.search(r"\[[<>=]", section):
        return None
    section = _IN_BRACKETS.sub("", section)
    parts: list[tuple[bool, str]] = []
    position = 0
    while position < len(section):
        quoted = _QUOTED.match(section, position)
        if quoted:
            text = quoted[0]
            position = quoted.end()
            if text[0] == '"':
                parts.append((False, text[1:-1]))
            elif text[0] == "\\":
                parts.append((False, text[1:]))
            continue
        letter = section[position]
        position += 1
        if letter in "0#?":
            parts.append((True, letter))
        elif letter in _LITERALS:
            parts.append((False, letter))
        else:
            return None
    return _of_zeros(parts)


def _of_zeros(parts: list[tuple[bool, str]]) -> CodeFormat | None:
    placeholders = [text for is_digit, text in parts if is_digit]
    if "0" not in placeholders or len(placeholders) > _MOST_DIGITS:
        return None
    # Every place to the right of the first `0` shows a digit.
    least = len(placeholders) - placeholders.index("0")
    return CodeFormat(tuple(parts), least) if least > 1 else None


def shown_code(value: float, code: str) -> str | None:
    """A number as a format of codes shows it, None where the stored value is as good or the format is no such one."""
    found = code_format(code)
    if found is None or value < 0 or not float(value).is_integer() or value >= 1e15:
        return None
    text = found.shown(int(value))
    return text if text != str(int(value)) else None
