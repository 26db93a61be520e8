"""The accounts, regions and prefix that the tables of requests are written with, and their translation to a zone."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from inspection.comparison.facts import GuardrailFacts

ACCOUNTS: Final[Mapping[str, str]] = {
    "management": "123456789012",
    "log-archive": "111111111111",
    "ml-dev": "222222222222",
    "ml-staging": "333333333333",
    "ml-prod": "444444444444",
    "sandbox": "555555555555",
    "network": "666666666666",
    "policy-staging": "888888888888",
    "closed": "777777777777",
}
"""Account name -> account id in every `controls/*/*/requests.csv`."""
REGIONS: Final[Sequence[str]] = ("us-east-1", "us-west-2")
"""Primary and recovery region there."""
PREFIX: Final = "hipaa-ml"
ORGANIZATION: Final = "o-example"
_WORDS: Final = re.compile("|".join(map(re.escape, (*ACCOUNTS.values(), *REGIONS, ORGANIZATION, PREFIX))))


def translation(facts: GuardrailFacts, row_account: str, account: str) -> Mapping[str, str]:
    """What replaces the reference's ids and names when a request is asked in an account of a zone.

    Args:
        facts: the zone.
        row_account: account of the row.
        account: account of the zone in which the request is decided.
    """
    own = facts.accounts[account][0]
    other = next((number for number, _ in facts.accounts.values() if number != own), own)
    words = {
        number: facts.accounts[name][0] if name in facts.accounts and name != account else other
        for name, number in ACCOUNTS.items()
    }
    words[ACCOUNTS["management"]] = facts.management_account
    words[ACCOUNTS.get(row_account, "")] = own
    return {**words, **dict(zip(REGIONS, facts.regions, strict=False)), ORGANIZATION: facts.organization} | {
        PREFIX: facts.prefix
    }


def translated(text: str, words: Mapping[str, str]) -> str:
    """A text of a row with the ids and names of a zone."""
    return _WORDS.sub(lambda match: words.get(match[0], match[0]), text)
