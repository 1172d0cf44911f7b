"""Reads dates as people read them: with the name of the month, in one of several languages.

Moodle writes `Monday, 5 October 2026, 11:58 PM`, `Montag, 5. Oktober 2026, 23:58` or
`2026年10月5日 星期一 23:58`, in the language of whoever downloads; Brightspace writes
`Oct 5, 2026 1158 PM`. A date in figures such as 5/10/2026 has two meanings, so it is not read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, tzinfo

from grader.course.clock import at
from grader.course.moments import read_moment

__all__ = ["read_date"]

# In the order of the months; a word may also be cut, to three letters or more.
MONTHS = (
    "january januar janvier enero gennaio janeiro januari",
    "february februar fevrier febrero febbraio fevereiro februari feber",
    "march marz maerz mars marzo marco maart",
    "april avril abril aprile",
    "may mai mayo maggio maio mei",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august aout agosto augustus augusti",
    "september septembre septiembre setiembre settembre setembro",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember decembre diciembre dicembre dezembro",
)
CHINESE = re.compile(r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日")
DAY_FIRST = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:\.|er|º|st|nd|rd|th)?\s+(?:de\s+)?(?P<m>[^\W\d_]{3,12})\.?,?\s+"
    r"(?:de[l]?\s+)?(?P<y>\d{4})(?!\d)"
)
MONTH_FIRST = re.compile(
    r"(?P<m>[^\W\d_]{3,12})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})(?!\d)"
)
HALVES = r"(?P<half>am|pm|a\.\s?m\.|p\.\s?m\.|上午|下午)"
BEFORE = HALVES.replace("half", "before")
TIME = re.compile(
    rf"(?<![\d年月]){BEFORE}?\s*(?P<h>\d{{1,2}})(?:[:.h]|(?=\d\d\s*[ap]\.?\s?m))"
    rf"(?P<min>\d\d)(?::(?P<s>\d\d))?(?!\d)\s*{HALVES}?",
)


def read_date(text: str, zone: tzinfo) -> datetime:
    """Read a date with a time of day, or a moment as `read_moment` reads it.

    Args:
        text: the date, in English, Chinese, German, French, Spanish and some other languages.
        zone: the time zone of a date that names none; those with a month's name never do.

    Returns:
        The moment in UTC.

    Raises:
        ValueError: it is not understood; the message says why, in a few words.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    date = CHINESE.search(plain) or DAY_FIRST.search(plain) or MONTH_FIRST.search(plain)
    if date is None:
        return read_moment(text, zone)
    time = TIME.search(plain, date.end()) or TIME.search(plain[: date.start()])
    if time is None:
        raise ValueError("no time of day")
    try:
        shown = datetime(
            int(date["y"]),
            _month(date["m"]),
            int(date["d"]),
            _hour(time),
            int(time["min"]),
            int(time["s"] or 0),
        )
    except ValueError as error:
        raise ValueError(
            str(error) if "no month" in str(error) else "no such day or hour"
        ) from None
    try:
        return at(shown, zone)
    except OverflowError:
        raise ValueError("no such year") from None


def _month(word: str) -> int:
    if word.isdecimal():
        return int(word)
    decomposed = unicodedata.normalize("NFD", word)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    fits = [
        n
        for n, names in enumerate(MONTHS, 1)
        if any(name.startswith(plain) for name in names.split())
    ]
    if len(fits) != 1:
        raise ValueError(f"{repr(word)[:20]} is no month that we know")
    return fits[0]


def _hour(time: re.Match[str]) -> int:
    hour = int(time["h"])
    half = (time["half"] or time["before"] or "").replace(" ", "").replace(".", "")
    if half and not 1 <= hour <= (23 if half in ("上午", "下午") else 12):
        raise ValueError("no such hour")
    if half in ("pm", "下午") and hour < 12:
        return hour + 12
    return 0 if half in ("am", "上午") and hour == 12 else hour
