"""Check digits of American identifiers: National Provider Identifier and DEA registration number."""

import re


def luhn(digits: str) -> bool:
    """Return whether a string of digits passes the Luhn check (ISO/IEC 7812-1)."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (1 + position % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digits of a two-digit product are added
    return total % 10 == 0


def npi(text: str) -> bool:
    """Return whether ten digits are a National Provider Identifier: Luhn with the prefix 80840 (45 CFR 162.406)."""
    return re.fullmatch("[12][0-9]{9}", text) is not None and luhn("80840" + text)


def dea(text: str) -> bool:
    """Return whether two letters and seven digits are a DEA number: the last digit is a weighted sum of the others."""
    match = re.fullmatch("[ABCDEFGHJKLMPRSTUX][A-Z9]([0-9]{7})", text.upper())
    if not match:
        return False
    digits = [int(character) for character in match[1]]
    return (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10 == digits[6]


def ssn(text: str) -> bool:
    """Return whether nine digits can be a Social Security number: area, group and serial that the agency assigns."""
    digits = re.sub("[^0-9]", "", text)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"
