"""What an organisation needs before the zone is deployed, read with boto3 alone. Nothing is changed.

Every check reads AWS in the management account, or in a member account that the settings name by id.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

from inspection.aws import Aws, pages

Verdict = Literal["ok", "warning", "failed", "unknown"]
"""`unknown`: AWS could not be read; like `failed`, it stands in the way of a deployment."""
GLOBAL_REGION: Final = "us-east-1"
"""Region of Organizations' quotas and of AWS Artifact."""
ACCOUNTS_QUOTA: Final = ("organizations", "L-E619E033")
EXECUTIONS_QUOTA: Final = ("lambda", "L-B99A9384")
ADDENDUM: Final = "Business Associate Addendum"
ACTIVE: Final = "ACTIVE"
ACCEPT_ADDENDUM: Final = (
    "Accept it for the organization in AWS Artifact, Agreements, before any account holds patients' data "
    "(45 CFR 164.308(b)(1))."
)
_NO_ORGANIZATION: Final = "AWSOrganizationsNotInUseException"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A check, its verdict, and what to do."""

    name: str
    verdict: Verdict
    found: str
    """What AWS has."""
    remedy: str = ""
    """What to do; empty when nothing is to be done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedAccount:
    """A member account of the settings."""

    key: str
    """Its key in `accounts`."""
    name: str
    """Its name in AWS."""
    email: str
    id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What the settings say about the organisation."""

    management_account: str
    organization: str | None
    """`organization.id`: the id of an organisation that is adopted."""
    regions: Sequence[str]
    accounts: Sequence[ExpectedAccount]
    executions: int = 0
    """Concurrent executions of Lambda that an account needs at least; 0 if none are reserved."""
    adopted: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Account -> resources under `adopt`."""
    holds_phi: bool = True
    """Whether an account of the zone may hold patients' data."""


def preflight(expected: Expected, aws: Aws) -> list[Check]:
    """Reads the organisation and compares it with what the settings need.

    Args:
        expected: what the settings say.
        aws: read access to the management account, and to member accounts that exist.

    Returns:
        The checks, in order. A check that AWS did not answer is `unknown`.
    """
    checks: Sequence[tuple[str, Callable[[Expected, Aws], Iterator[Check]]]] = (
        ("credentials", _credentials),
        ("regions", _regions),
        ("organization", _organization),
        ("accounts", _accounts),
        ("quota of accounts", _accounts_quota),
        ("quota of Lambda executions", _executions_quota),
        ("Business Associate Addendum", _addendum),
        ("existing resources", _singletons),
    )
    results: list[Check] = []
    for name, check in checks:
        try:
            results.extend(check(expected, aws))
        except (ClientError, BotoCoreError) as error:
            results.append(Check(name=name, verdict="unknown", found=str(error), remedy="Grant the right to read it."))
    return results


def passed(checks: Sequence[Check]) -> bool:
    """Return whether no check stands in the way of a deployment."""
    return all(check.verdict in ("ok", "warning") for check in checks)


def addendum_is_active(aws: Aws) -> bool:
    """Return whether a Business Associate Addendum with AWS is in effect (45 CFR 164.308(b)(1), AWS Artifact)."""
    agreements = pages(aws.client("artifact", region=GLOBAL_REGION), "list_customer_agreements", "customerAgreements")
    return any(ADDENDUM in agreement["name"] and agreement["state"] == ACTIVE for agreement in agreements)


def closed_accounts(accounts: Sequence[ExpectedAccount], aws: Aws) -> list[Check]:
    """The accounts that are to be open and that AWS has closed: a failed check for each.

    AWS keeps a closed account for 90 days and never releases its e-mail address, so that it can neither be used nor
    created again (Account Management Reference Guide, "Close an account").

    Args:
        accounts: the accounts of the settings that are not closed there.
        aws: read access to the management account.

    Raises:
        ClientError: the organization cannot be read.
    """
    existing = _existing(aws)
    checks: list[Check] = []
    for account in accounts:
        entry = next((entry for entry in existing if _is(account, entry)), None)
        if entry is not None and entry["Status"] != ACTIVE:
            checks.append(_closed(account, entry))
    return checks


def _is(account: ExpectedAccount, entry: Mapping[str, Any]) -> bool:
    """Return whether an account of AWS is that of the settings: by id, otherwise by e-mail address."""
    if account.id is not None:
        return bool(entry["Id"] == account.id)
    return str(entry["Email"]).lower() == account.email.lower()


def _closed(account: ExpectedAccount, entry: Mapping[str, Any]) -> Check:
    return Check(
        name=f"account {account.key}",
        verdict="failed",
        found=f"{entry['Id']} is {entry['Status']}",
        remedy=f"Set accounts.{account.key}.state to closed, and its ou to the OU with the role suspended; or reopen "
        "the account within 90 days of its closure.",
    )


def _credentials(expected: Expected, aws: Aws) -> Iterator[Check]:
    caller = aws.client("sts").get_caller_identity()
    account, arn = caller["Account"], caller["Arn"]
    if account != expected.management_account:
        yield Check(
            name="credentials",
            verdict="failed",
            found=f"{arn} is in the account {account}",
            remedy=f"Use credentials of the management account {expected.management_account} (management_account_id).",
        )
    elif arn.endswith(":root"):
        yield Check(
            name="credentials",
            verdict="failed",
            found="the root user of the management account",
            remedy="Use a role with administrator rights; guardrails deny the root user.",
        )
    else:
        yield Check(name="credentials", verdict="ok", found=arn)


def _regions(expected: Expected, aws: Aws) -> Iterator[Check]:
    described = aws.client("ec2").describe_regions(AllRegions=True)["Regions"]
    status = {region["RegionName"]: region.get("OptInStatus", "opt-in-not-required") for region in described}
    for region in expected.regions:
        state = status.get(region, "not a region of this partition")
        enabled = state in ("opt-in-not-required", "opted-in")
        remedy = (
            "" if enabled else f"Enable {region} in the management account (Account, AWS Regions), or change regions."
        )
        yield Check(name=f"region {region}", verdict="ok" if enabled else "failed", found=state, remedy=remedy)


def _described(aws: Aws) -> Mapping[str, Any] | None:
    """The organisation; None when the account is in none."""
    try:
        organization: Mapping[str, Any] = aws.client("organizations").describe_organization()["Organization"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == _NO_ORGANIZATION:
            return None
        raise
    return organization


def _organization(expected: Expected, aws: Aws) -> Iterator[Check]:
    name = "organization"
    organization = _described(aws)
    if organization is None:
        if expected.organization is None:
            yield Check(name=name, verdict="ok", found="none; the zone creates it")
            return
        yield Check(
            name=name,
            verdict="failed",
            found="none",
            remedy=f"organization.id is {expected.organization}. Remove it, and the zone creates an organization.",
        )
        return
    identifier = organization["Id"]
    if organization["MasterAccountId"] != expected.management_account:
        yield Check(
            name=name,
            verdict="failed",
            found=f"{identifier} with the management account {organization['MasterAccountId']}",
            remedy="Set management_account_id to the management account of the organization.",
        )
    elif expected.organization != identifier:
        yield Check(
            name=name,
            verdict="failed",
            found=f"{identifier} exists",
            remedy=f"Set organization.id to {identifier}; `zone up` then adopts the organization.",
        )
    elif organization["FeatureSet"] != "ALL":
        yield Check(
            name=name,
            verdict="failed",
            found=f"{identifier} has the feature set {organization['FeatureSet']}",
            remedy='Enable all features (Organizations User Guide, "Enabling all features"): policies need them.',
        )
    else:
        yield Check(name=name, verdict="ok", found=f"{identifier} with all features")


def _existing(aws: Aws) -> Sequence[Mapping[str, Any]]:
    if _described(aws) is None:
        return []
    return list(pages(aws.client("organizations"), "list_accounts", "Accounts"))


def _accounts(expected: Expected, aws: Aws) -> Iterator[Check]:
    existing = _existing(aws)
    by_id = {account["Id"]: account for account in existing}
    by_email = {str(account["Email"]).lower(): account for account in existing}
    new: list[str] = []
    for account in expected.accounts:
        name = f"account {account.key}"
        if account.id is not None:
            yield _adopted(name, account, by_id.get(account.id))
            continue
        owner = by_email.get(account.email.lower())
        if owner is not None and owner["Status"] != ACTIVE:
            yield _closed(account, owner)
            continue
        namesake = next((entry for entry in existing if entry["Name"] == account.name), None)
        if owner is not None or namesake is not None:
            entry: Any = owner or namesake
            yield Check(
                name=name,
                verdict="failed",
                found=f"{entry['Id']} ({entry['Name']}, {entry['Email']}) exists",
                remedy=f"Set accounts.{account.key}.id to {entry['Id']} to adopt it, or change name and email.",
            )
        else:
            new.append(account.key)
    if new:
        yield Check(name="new accounts", verdict="ok", found=f"{len(new)} to create: {', '.join(new)}")


def _adopted(name: str, account: ExpectedAccount, entry: Mapping[str, Any] | None) -> Check:
    """The check of an account that is adopted by its id."""
    if entry is None:
        return Check(
            name=name,
            verdict="failed",
            found=f"{account.id} is not in the organization",
            remedy=f"Correct accounts.{account.key}.id, or invite the account.",
        )
    if entry["Status"] != ACTIVE:
        return _closed(account, entry)
    if entry["Name"] != account.name:
        return Check(
            name=name,
            verdict="failed",
            found=f"{account.id} has the name {entry['Name']!r}",
            remedy=f"Set accounts.{account.key}.name to {entry['Name']!r}; otherwise the account is renamed.",
        )
    return Check(name=name, verdict="ok", found=f"{account.id} is adopted")


def _quota(aws: Aws, quota: tuple[str, str], region: str) -> int:
    service, code = quota
    client = aws.client("service-quotas", region=region)
    return int(client.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"])


def _accounts_quota(expected: Expected, aws: Aws) -> Iterator[Check]:
    existing = _existing(aws)
    ids = {account["Id"] for account in existing} or {expected.management_account}
    emails = {str(account["Email"]).lower() for account in existing}
    new = [account for account in expected.accounts if account.id is None and account.email.lower() not in emails]
    needed, allowed = len(ids) + len(new), _quota(aws, ACCOUNTS_QUOTA, GLOBAL_REGION)
    sufficient = needed <= allowed
    yield Check(
        name="quota of accounts",
        verdict="ok" if sufficient else "failed",
        found=f"{allowed}; {needed} needed, {len(ids)} of them exist",
        remedy="" if sufficient else f"Request {needed} in Service Quotas (organizations, {ACCOUNTS_QUOTA[1]}).",
    )


def _executions_quota(expected: Expected, aws: Aws) -> Iterator[Check]:
    if not expected.executions:
        return
    for region in expected.regions:
        allowed = _quota(aws, EXECUTIONS_QUOTA, region)
        sufficient = allowed >= expected.executions
        yield Check(
            name=f"quota of Lambda executions in {region}",
            verdict="ok" if sufficient else "warning",
            found=f"{allowed} in the management account; an account of the zone needs at least {expected.executions}",
            remedy=""
            if sufficient
            else f"Request {expected.executions} in each account (lambda, {EXECUTIONS_QUOTA[1]}), "
            "or remove functions.reserved_concurrency.",
        )


def _addendum(expected: Expected, aws: Aws) -> Iterator[Check]:
    active = addendum_is_active(aws)
    needed = expected.holds_phi
    yield Check(
        name="Business Associate Addendum",
        verdict="ok" if active else "failed" if needed else "warning",
        found="active" if active else "not accepted",
        remedy="" if active else ACCEPT_ADDENDUM,
    )


def _singletons(expected: Expected, aws: Aws) -> Iterator[Check]:
    accounts = {"management": expected.management_account} | {
        account.key: account.id for account in expected.accounts if account.id is not None
    }
    for key, account in accounts.items():
        for singleton, exists in SINGLETONS.items():
            name = f"{singleton} of {key}"
            try:
                present = any(exists(aws, account, region) for region in expected.regions)
            except (ClientError, BotoCoreError) as error:
                yield Check(name=name, verdict="unknown", found=str(error), remedy="Grant the right to read it.")
                continue
            adopted = singleton in expected.adopted.get(key, ())
            if present and not adopted:
                remedy = f"Add {singleton} to adopt.{key}."
                yield Check(name=name, verdict="failed", found="exists", remedy=remedy)
            elif adopted and not present:
                remedy = f"Remove {singleton} from adopt.{key}; the zone creates it."
                yield Check(name=name, verdict="failed", found="does not exist", remedy=remedy)
            elif present:
                yield Check(name=name, verdict="ok", found="is adopted")


def _linked_role(service: str) -> Callable[[Aws, str, str], bool]:
    """Return a function that tells whether an account has the service-linked role of a service."""

    def exists(aws: Aws, account: str, _region: str) -> bool:
        client = aws.client("iam", account=account)
        return any(pages(client, "list_roles", "Roles", PathPrefix=f"/aws-service-role/{service}.amazonaws.com/"))

    return exists


def _github_provider(aws: Aws, account: str, _region: str) -> bool:
    listed = aws.client("iam", account=account).list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return any(entry["Arn"].endswith("/token.actions.githubusercontent.com") for entry in listed)


SINGLETONS: Final[Mapping[str, Callable[[Aws, str, str], bool]]] = {
    "access-analyzer-role": _linked_role("access-analyzer"),
    "config-role": _linked_role("config"),
    "github-provider": _github_provider,
}
"""Resource that an account can have once, as `adopt` names it -> whether an account has it. `macie` and `security-hub`
are enabled by the stack `organization`, so they are not read before it is deployed."""
