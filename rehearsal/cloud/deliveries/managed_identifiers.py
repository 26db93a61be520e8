"""Managed data identifiers of Macie: those for health information in English that patterns and check digits find.

A detection needs a keyword near the text, or in the name of the column, where Macie requires one. Source: Macie User
Guide, "Managed data identifiers for PHI", "Managed data identifiers for PII" and "Keyword requirements". AWS finds
names by machine learning; this module finds a common given name that a capitalised word follows.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

KEYWORD_DISTANCE: Final = 30
"""Maximum of characters between a keyword and a match in text (Macie User Guide, "Keyword requirements")."""
_GIVEN: Final = (
    "Aisha|Amara|Anthony|Barbara|Betty|Brian|Carlos|Carol|Charles|Christopher|Daniel|David|Donna|Dorothy|Edward|"
    "Elena|Elizabeth|Fatima|Gary|George|Hannah|Helen|James|Jason|Jeffrey|Jennifer|Jessica|John|Jose|Joseph|Karen|"
    "Kenneth|Kevin|Larry|Laura|Linda|Maria|Mark|Mary|Matthew|Michael|Nancy|Patricia|Paul|Richard|Robert|Ronald|Rosa|"
    "Ruth|Sandra|Sarah|Sharon|Steven|Susan|Thomas|Timothy|William"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Identifier:
    """A managed data identifier."""

    pattern: re.Pattern[str]
    keywords: Sequence[str] = ()
    """Keywords in lower case, one of which is required; empty: none is."""
    valid: Callable[[str], bool] = bool
    """Whether a match is valid: check digits."""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _luhn(digits: str) -> bool:
    total = 0
    for at, digit in enumerate(reversed([int(character) for character in digits])):
        doubled = digit * (1 + at % 2)
        total += doubled // 10 + doubled % 10
    return total % 10 == 0


def _provider(text: str) -> bool:
    """Whether the check digit of an NPI is right, which counts the prefix 80840 (45 CFR 162.406(a))."""
    return _luhn(f"80840{text}")


def _dea(text: str) -> bool:
    """Whether the check digit of a DEA number is right (21 CFR 1301.35; DEA, "Registration numbers")."""
    digits = [int(character) for character in text[2:]]
    return (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10 == digits[6]


IDENTIFIERS: Final[Mapping[str, Identifier]] = {
    "ADDRESS": Identifier(
        pattern=_pattern(r"\b\d{1,5} (?:[A-Z][a-z]+ ){1,3}(?:Avenue|Boulevard|Drive|Lane|Road|Street)\b")
    ),
    "DATE_OF_BIRTH": Identifier(
        pattern=_pattern(r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})\b"),
        keywords=("bday", "b-day", "birth date", "birthday", "date of birth", "dob"),
    ),
    "NAME": Identifier(pattern=_pattern(rf"\b(?:{_GIVEN}) [A-Z][a-z]+\b")),
    "PHONE_NUMBER": Identifier(
        pattern=_pattern(r"(?<!\d)(?:\([2-9]\d{2}\) |[2-9]\d{2}[-.])[2-9]\d{2}[-.]\d{4}(?!\d)"),
        keywords=(
            "cell",
            "contact",
            "fax",
            "fax number",
            "mobile",
            "phone",
            "phone number",
            "tel",
            "telephone",
        ),
    ),
    "USA_MEDICARE_BENEFICIARY_IDENTIFIER": Identifier(
        pattern=_pattern(
            r"\b[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?"
            r"[AC-HJKMNP-RT-Y]{2}\d{2}\b"
        ),
        keywords=("mbi", "medicare beneficiary"),
    ),
    "USA_NATIONAL_PROVIDER_IDENTIFIER": Identifier(
        pattern=_pattern(r"\b[12]\d{9}\b"),
        keywords=("hipaa", "n.p.i", "national provider", "npi"),
        valid=_provider,
    ),
    "USA_SOCIAL_SECURITY_NUMBER": Identifier(
        pattern=_pattern(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b"),
        keywords=("social security", "ssn", "ss#"),
    ),
    "US_DRUG_ENFORCEMENT_AGENCY_NUMBER": Identifier(
        pattern=_pattern(r"\b[A-Z][A-Z9]\d{7}\b"),
        keywords=("dea number", "dea registration"),
        valid=_dea,
    ),
}
"""Id of a managed data identifier -> how it is found. The emulated Macie has no others."""


def detections(key: str, content: bytes, identities: Sequence[str]) -> Mapping[str, int]:
    """Count the occurrences of sensitive data in an object.

    Args:
        key: key of the object; the extension `csv` is read as a table, all others as text.
        content: bytes of the object.
        identities: ids of managed data identifiers.

    Returns:
        Id -> number of occurrences, without those that do not occur.
    """
    text = content.decode("utf-8", "replace")
    counts: Counter[str] = Counter()
    for identity in identities:
        identifier = IDENTIFIERS[identity]
        if not identifier.pattern.search(text):
            continue
        places = _cells(text) if key.lower().endswith(".csv") else iter([("", text)])
        counts[identity] = sum(_occurrences(identifier, column, value) for column, value in places)
    return {identity: count for identity, count in counts.items() if count}


def _cells(text: str) -> Iterator[tuple[str, str]]:
    """The name of the column and the value of each cell; names are read with spaces in place of `_`."""
    rows = csv.reader(io.StringIO(text))
    columns = [name.lower().replace("_", " ") for name in next(rows, [])]
    for row in rows:
        yield from zip(columns, row, strict=False)


def _occurrences(identifier: Identifier, column: str, value: str) -> int:
    return sum(
        1
        for match in identifier.pattern.finditer(value)
        if identifier.valid(match[0]) and _near(identifier.keywords, column, value, match)
    )


def _near(keywords: Sequence[str], column: str, value: str, match: re.Match[str]) -> bool:
    if not keywords:
        return True
    before = value[max(match.start() - KEYWORD_DISTANCE, 0) : match.start()].lower()
    after = value[match.end() : match.end() + KEYWORD_DISTANCE].lower()
    return any(keyword in place for keyword in keywords for place in (column, before, after))
