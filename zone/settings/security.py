"""The `security` key: what the governance stack can be told; every value has a safe default."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from zone.settings import types as t
from zone.settings.sections import StrictModel


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression ({error})") from None
    if "(?<" in value or "(?=" in value or "(?!" in value or re.search(r"\\[1-9]", value):
        raise ValueError("Macie knows no look-around, named groups or back-references; allowed: the rest of PCRE")
    return value


Expression = Annotated[str, Field(min_length=1, max_length=512), AfterValidator(_expression)]
"""A pattern Macie takes: at most 512 characters of PCRE without look-around (Macie User Guide, "Custom data ids")."""
Keyword = Annotated[str, Field(min_length=3, max_length=90)]
IgnoreWord = Annotated[str, Field(min_length=4, max_length=90)]
"""Lengths: Macie API Reference, "Custom Data Identifiers"."""
RuleIdentifier = Annotated[
    str, t.like(r"[A-Z][A-Z0-9_]{1,127}", "the identifier of an AWS Config rule: IAM_PASSWORD_POLICY")
]
ParameterName = Annotated[str, t.like(r"[A-Za-z][A-Za-z0-9]{0,254}", "the name of a rule's parameter: maxAccessKeyAge")]
DetectorId = Annotated[str, t.like(r"[0-9a-f]{32}", "a GuardDuty detector's id, 32 hexadecimal digits")]


class DataIdentifier(StrictModel):
    """A custom data identifier of Amazon Macie."""

    regex: Expression
    """Regular expression of the data, at most 512 characters of PCRE without look-around."""
    keywords: Annotated[list[Keyword], Field(max_length=50)] = Field(default_factory=list)
    """Keywords, one of which must be near a match; if empty, every match counts."""
    ignore_words: Annotated[list[IgnoreWord], Field(max_length=10)] = Field(default_factory=list)
    """Texts that are excluded from the matches."""
    distance: Annotated[int, Field(ge=1, le=300)] = 50
    """Maximum number of characters between a keyword and the end of the match."""
    description: Annotated[str, Field(max_length=512)] = ""
    """Description that Macie shows, at most 512 characters."""


def _identifiers() -> dict[str, DataIdentifier]:
    return {
        "medical-record-number": DataIdentifier(
            regex=r"[A-Z]{0,3}[0-9]{6,10}",
            keywords=["medical record number", "medical record no", "mrn", "patient id", "patient number"],
            description="Medical record numbers: identifiers under 45 CFR 164.514(b)(2)(i)(H)",
        )
    }


class Security(StrictModel):
    """Settings of the `security` stack, for the whole organisation."""

    notify: Annotated[list[t.Email], Field(min_length=1)] | None = None
    """E-mail addresses that are notified of findings of high and critical severity; the security contact if not set."""
    conformance_parameters: dict[RuleIdentifier, Annotated[dict[ParameterName, str], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Identifier of an AWS Config rule -> its parameters, which override those of the conformance pack."""
    excluded_accounts: Annotated[list[t.AccountName], Field(max_length=1000)] = Field(default_factory=list)
    """Names of accounts without conformance packs, for example an account without an AWS Config recorder."""
    excluded_account_ids: Annotated[list[t.AccountId], Field(max_length=1000)] = Field(default_factory=list)
    """IDs of accounts of the organization that the zone does not declare, and that get no conformance packs: AWS Config
    refuses a pack of the organization while a member account without an AWS Config recorder is not excluded."""
    data_identifiers: Annotated[dict[t.AccountName, DataIdentifier], Field(max_length=30)] = Field(
        default_factory=_identifiers
    )
    """Name -> custom data identifier of Amazon Macie, for example the hospital's format of medical record numbers."""
    finding_frequency: Literal["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"] = "FIFTEEN_MINUTES"
    """How often GuardDuty and Macie publish repeated findings; new findings are published immediately."""
    unused_access_days: Annotated[int, Field(ge=1, le=365)] = 90
    """Days without use after which IAM Access Analyzer reports access as unused."""
    detectors: dict[t.Region, DetectorId] = Field(default_factory=dict)
    """Region -> ID of an existing GuardDuty detector, which is adopted (AWS allows one per account and region)."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        for name in ("excluded_accounts", "excluded_account_ids"):
            if len(set(getattr(self, name))) != len(getattr(self, name)):
                raise ValueError(f"an account stands in {name} a second time")
        return self
