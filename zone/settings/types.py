"""The words settings are written in: identifiers, addresses, regions, each with the pattern AWS accepts."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from controls.residency import RESIDENCY_GROUPS

REGIONS: Final = frozenset(region for regions in RESIDENCY_GROUPS.values() for region in regions)


@dataclass(frozen=True, slots=True)
class Like:
    """Text that matches a pattern as a whole; `allowed` describes it in words."""

    pattern: str
    allowed: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The check of a value."""
        expression = re.compile(self.pattern)

        def check(value: str) -> str:
            if not expression.fullmatch(value):
                raise ValueError(f"not allowed; allowed: {self.allowed}")
            return value

        return no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The pattern in JSON Schema, whose patterns are searched for in a text."""
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$", "errorMessage": f"allowed: {self.allowed}"}


def like(pattern: str, allowed: str) -> Like:
    """Text that matches a pattern as a whole; `allowed` describes it in words."""
    return Like(pattern, allowed)


def _region(value: str) -> str:
    if value not in REGIONS:
        raise ValueError(f"not a region of any residency group; allowed: {', '.join(sorted(REGIONS))}")
    return value


def _residency(value: str) -> str:
    # Everything here names ARNs of the partition `aws`; GovCloud is another partition with its own organisation.
    allowed = sorted(set(RESIDENCY_GROUPS) - {"us-gov"})
    if value not in allowed:
        raise ValueError(f"not a residency group; allowed: {', '.join(allowed)}")
    return value


def _cidr(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"not an IPv4 network ({error}); allowed: for example 10.16.0.0/16") from None
    if not network.is_private:
        raise ValueError("not a private network; allowed: within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
    if not _LARGEST <= network.prefixlen <= _SMALLEST:
        raise ValueError(f"not a size that a VPC takes; allowed: from /{_LARGEST} to /{_SMALLEST}")
    return value


_LARGEST, _SMALLEST = 16, 28
"""Prefix lengths that a VPC takes (Amazon VPC User Guide, "VPC CIDR blocks")."""

AccountId = Annotated[str, like(r"\d{12}", 'a string of 12 digits, in quotes: "123456789012"')]
AccountName = Annotated[
    str,
    like(
        r"(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "at most 40 lower-case letters, digits and single hyphens, a letter first and no hyphen last",
    ),
]
"""The name ends the account's sign-in alias, in which IAM allows neither two hyphens in a row nor one at the end."""
Cidr = Annotated[str, AfterValidator(_cidr)]
Email = Annotated[
    str,
    like(
        r"(?=.{6,64}$)(?![.])[A-Za-z0-9_+=.#!-]+(?<![.])@[A-Za-z0-9]+([.-][A-Za-z0-9]+)*\.[A-Za-z0-9]+",
        "an e-mail address of 6 to 64 characters, name@domain, with letters, digits and _ + = . # ! - in the name",
    ),
]
"""The addresses that AWS Organizations (CreateAccount) and AWS Account Management (PutAlternateContact) both accept."""
GitHubOwner = Annotated[str, like(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}", "the name of a GitHub user or organisation")]
GitHubName = Annotated[str, like(r"[A-Za-z0-9._-]{1,100}", "1 to 100 letters, digits, dots, hyphens and underscores")]
GroupId = Annotated[str, like(r"([0-9a-f]{10}-)?[0-9a-fA-F-]{36}", "a group's id in the identity store")]
InstanceType = Annotated[str, like(r"ml\.[a-z0-9]+\.[a-z0-9]+", "an instance type such as ml.m5.large")]
InstanceArn = Annotated[
    str, like(r"arn:aws:sso:::instance/ssoins-[0-9a-f]{16}", "the ARN of an IAM Identity Center instance")
]
OrganizationId = Annotated[str, like(r"o-[a-z0-9]{10,32}", "an organisation's id, o- and 10 to 32 letters and digits")]
_OU: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}"
OuPath = Annotated[
    str, like(rf"{_OU}(/{_OU}){{0,4}}", "names of letters, digits, - and _, joined by /, at most five levels")
]
OuRole = Literal[
    "security", "infrastructure", "workloads", "dev", "staging", "prod", "sandbox", "policy-staging", "suspended"
]
"""What the accounts of an OU are for: guardrails, environment and classification of data follow from it."""
OuId = Annotated[str, like(r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}", "an OU's id, such as ou-ab12-cdefgh34")]
Phone = Annotated[
    str,
    like(
        r"(?=.*[0-9])[0-9 ()+-]{1,25}",
        "a telephone number of at most 25 digits, spaces, hyphens, + and parentheses, for example +1-555-0100",
    ),
]
"""AWS Account Management API Reference, PutAlternateContact."""
Prefix = Annotated[
    str,
    like(
        r"(?=.{3,20}$)(?!sthree-|amzn-s3-demo-)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "3 to 20 lower-case letters, digits and single hyphens, a letter first and no hyphen last",
    ),
]
"""Begins names of roles (64 characters) and buckets (63), so it is short."""
PrincipalArn = Annotated[
    str, like(r"arn:aws:iam::\d{12}:(user|role)/[\w+=,.@/-]+", "the ARN of an IAM user or role, without wildcards")
]
Region = Annotated[str, AfterValidator(_region)]
Residency = Annotated[str, AfterValidator(_residency)]
RoleName = Annotated[str, like(r"[\w+=,.@-]{1,64}", "the name of an IAM role, at most 64 characters")]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Title = Annotated[str, Field(min_length=1, max_length=50)]
TagValue = Annotated[
    str,
    like(
        r"(?!aws:)[\w +=.:/@-]{1,256}",
        "1 to 256 letters, digits, spaces and _ + - = . : / @, without aws: at the beginning",
    ),
]
"""IAM User Guide, "Tagging IAM resources": the characters that every service accepts in a tag."""
Dollars = Annotated[int, Field(ge=1, le=100_000_000)]

Environment = Literal["management", "security", "infrastructure", "dev", "staging", "prod", "sandbox", "test"]
Classification = Literal["phi", "de-identified", "synthetic", "records", "internal"]
"""What an account's resources may hold; PHI only in staging and prod."""
Service = Literal[
    "access-analyzer",
    "cloudtrail",
    "config",
    "guardduty",
    "identity-center",
    "inspector",
    "ipam",
    "macie",
    "securityhub",
]
"""Services with a delegated administrator."""

AccountState = Literal["active", "suspended", "closed"]
Singleton = Literal["access-analyzer-role", "config-role", "github-provider", "macie", "security-hub"]
"""Resources of which AWS allows one per account, and that an account may have before the zone is deployed."""

ContactKind = Literal["SECURITY", "OPERATIONS", "BILLING"]
PermissionSet = Literal["auditor", "cloud-team", "ml-engineer", "on-call", "reviewer"]
LogRetention = Literal[365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
"""Days CloudWatch Logs offers, from a year on (CloudWatch Logs API Reference, PutRetentionPolicy)."""
