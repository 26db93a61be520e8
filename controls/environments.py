"""The environment that an OU's name states, and invariants of environments: facts that no setting can change.

The policy pack, `zone reach` and `zone audit` read environments from the names of OUs, since guardrails are attached to
OUs. The settings are not a source: a mistake in them must not hide itself.
"""

import re
from collections.abc import Mapping
from typing import Final

APART: Final = ("prod", "staging", "dev", "sandbox")
"""Environments that have OUs of their own and may not reach one another."""
PHI: Final = "phi"
"""Value of the tag `data-classification` of patients' data."""
HOLDS_PHI: Final = ("staging", "prod")
"""Environments whose accounts may hold patients' data, 45 CFR 164.312(a)(1)."""
REACHES_PROD: Final = ("prod", "infrastructure", "security")
"""Environments that may have a route to prod: itself, the account of endpoints and firewall, and security's."""
WORDS: Final[Mapping[str, str]] = {
    "sandbox": "sandbox",
    "sandboxes": "sandbox",
    "nonprod": "dev",
    "nonproduction": "dev",
    "dev": "dev",
    "development": "dev",
    "stage": "staging",
    "staging": "staging",
    "preprod": "staging",
    "preproduction": "staging",
    "prod": "prod",
    "production": "prod",
    "infra": "infrastructure",
    "infrastructure": "infrastructure",
    "security": "security",
    "policy": "test",
}
"""Word of an OU's name in lower case -> environment."""
_PREFIXES: Final = ("non", "pre")


def environment_of(unit: str) -> str:
    """Returns the environment that the path of an OU states.

    Args:
        unit: path of an OU, for example `Workloads/ML-Prod`.

    Returns:
        The environment; empty if the path names none. A part that names the sandbox, infrastructure, security or
        `Policy-Staging` (`test`) decides for every OU below it. Otherwise the last part that names an environment
        decides. `Non-Prod` names `dev`.
    """
    parts = [[WORDS[word] for word in _words(part) if word in WORDS] for part in unit.split("/")]
    for named in parts:
        for environment in ("test", "sandbox", "infrastructure", "security"):
            if environment in named:
                return environment
    return next((named[-1] for named in reversed(parts) if named), "")


def _words(part: str) -> list[str]:
    """The words of an OU's name in lower case; `non-prod` and `pre-prod` are one word."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", part)
    joined: list[str] = []
    for word in (word.lower() for word in words):
        if joined and joined[-1] in _PREFIXES:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def contradicts(stated: str, environment: str) -> bool:
    """Return whether a resource's or account's environment contradicts the one that its OU states.

    An OU that states none may hold `dev` only: nothing is trusted to reach prod or to hold patients' data without it.
    """
    return environment in APART and environment != stated and not (environment == "dev" and not stated)
