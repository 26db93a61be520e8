"""Services of an existing organisation: trusted access, administrators, trails, recorders, detectors, hubs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from inspection.aws import Aws, pages
from inspection.preflight import SINGLETONS
from operations.adoption_model import Part
from zone.settings import MANAGEMENT, Settings

Accounts = Mapping[str, Mapping[str, Any]]
"""Key of an account of the settings -> the account of the organisation."""
PRINCIPALS: Final[Mapping[str, str]] = {
    "access-analyzer.amazonaws.com": "access-analyzer",
    "cloudtrail.amazonaws.com": "cloudtrail",
    "config-multiaccountsetup.amazonaws.com": "config",
    "config.amazonaws.com": "config",
    "guardduty.amazonaws.com": "guardduty",
    "inspector2.amazonaws.com": "inspector",
    "ipam.amazonaws.com": "ipam",
    "macie.amazonaws.com": "macie",
    "securityhub.amazonaws.com": "securityhub",
    "sso.amazonaws.com": "identity-center",
}
"""Service principal of a delegated administrator -> name of the service under `administers`."""
GRANT: Final = "Grant the right to read it"


def trusted_access(aws: Aws) -> Iterator[Part]:
    """Services that have trusted access: an adopted organisation keeps them."""
    client = aws.client("organizations")
    operation, key = "list_aws_service_access_for_organization", "EnabledServicePrincipals"
    for entry in pages(client, operation, key):
        yield Part(kind="trusted access", name=entry["ServicePrincipal"], found="enabled", outcome="keep")


def administrators(settings: Settings, aws: Aws, accounts: Accounts) -> Iterator[Part]:
    """Delegated administrators, compared with `administers` of the accounts."""
    client = aws.client("organizations")
    keys = {entry["Id"]: key for key, entry in accounts.items()}
    for administrator in pages(client, "list_delegated_administrators", "DelegatedAdministrators"):
        identifier = administrator["Id"]
        services = pages(client, "list_delegated_services_for_account", "DelegatedServices", AccountId=identifier)
        for service in services:
            principal = service["ServicePrincipal"]
            name = PRINCIPALS.get(principal)
            declared = next((key for key, account in settings.accounts.items() if name in account.administers), None)
            state = f"{identifier} ({keys.get(identifier, 'not in accounts')})"
            if declared is None:
                yield Part(kind="administrator", name=principal, found=state, outcome="keep")
            elif keys.get(identifier) == declared:
                yield Part(kind="administrator", name=principal, found=state, outcome="adopt")
            else:
                yield Part(
                    kind="administrator",
                    name=principal,
                    found=state,
                    outcome="conflict",
                    remedy=f"accounts.{declared}.administers names {name}: move it there, or deregister {identifier} "
                    "(`aws organizations deregister-delegated-administrator`)",
                )


def trails(settings: Settings, aws: Aws) -> Iterator[Part]:
    """Organization trails: the zone creates its own beside them."""
    client = aws.client("cloudtrail", region=settings.regions.primary)
    for trail in client.describe_trails(includeShadowTrails=False)["trailList"]:
        if trail.get("IsOrganizationTrail"):
            yield Part(
                kind="trail",
                name=trail["Name"],
                found=f"writes to {trail['S3BucketName']}",
                outcome="keep",
                remedy="The zone creates a trail of its own; delete this one when its records are no longer needed",
            )


def singletons(settings: Settings, aws: Aws, accounts: Accounts) -> Iterator[Part]:
    """Roles and providers that an account can have once."""
    ids = {MANAGEMENT: settings.management_account_id} | {key: entry["Id"] for key, entry in accounts.items()}
    for key, account in ids.items():
        for singleton, exists in SINGLETONS.items():
            name = f"{singleton} of {key}"
            try:
                present = any(exists(aws, account, region) for region in settings.regions.all)
            except (ClientError, BotoCoreError) as error:
                yield Part(kind="singleton", name=name, found=str(error), outcome="unknown", remedy=GRANT)
                break
            if present:
                yield Part(
                    kind="singleton", name=name, found="exists", outcome="adopt", **_adopt(settings, key, singleton)
                )


def in_accounts(settings: Settings, aws: Aws, accounts: Accounts) -> Iterator[Part]:
    """Recorders of existing accounts, and detectors and hubs in the accounts that administer them."""
    for key, entry in accounts.items():
        administers = settings.accounts[key].administers
        for region in settings.regions.all:
            readers: list[tuple[str, Callable[[], Iterator[Part]]]] = [
                ("recorder", lambda k=key, i=entry["Id"], r=region: _recorder(aws, k, i, r))
            ]
            if "guardduty" in administers:
                readers.append(("detector", lambda i=entry["Id"], r=region: _detector(settings, aws, i, r)))
            if "securityhub" in administers:
                readers.append(("hub", lambda k=key, i=entry["Id"], r=region: _hub(settings, aws, k, i, r)))
            if "macie" in administers:
                readers.append(("Macie", lambda k=key, i=entry["Id"], r=region: _macie(settings, aws, k, i, r)))
            for kind, read in readers:
                try:
                    yield from read()
                except (ClientError, BotoCoreError) as error:
                    name = f"{key}, {region}"
                    yield Part(kind=kind, name=name, found=str(error), outcome="unknown", remedy=GRANT)


def _adopt(settings: Settings, key: str, singleton: str) -> dict[str, Any]:
    known = singleton in settings.adopt.get(key, ())
    return {} if known else {"configuration": {("adopt", key): [singleton]}}


def _recorder(aws: Aws, key: str, account: str, region: str) -> Iterator[Part]:
    client = aws.client("config", account=account, region=region)
    for recorder in client.describe_configuration_recorders()["ConfigurationRecorders"]:
        yield Part(
            kind="recorder",
            name=f"{key}, {region}",
            found=str(recorder["name"]),
            outcome="conflict",
            remedy="AWS Config allows one recorder per account and region: delete this one (`aws configservice "
            f"delete-configuration-recorder`) before baseline-{key} is deployed",
        )


def _detector(settings: Settings, aws: Aws, account: str, region: str) -> Iterator[Part]:
    for detector in aws.client("guardduty", account=account, region=region).list_detectors()["DetectorIds"]:
        known = settings.security.detectors.get(region) == detector
        values = {} if known else {("security", "detectors", region): detector}
        yield Part(kind="detector", name=region, found=detector, outcome="adopt", configuration=values)


def _hub(settings: Settings, aws: Aws, key: str, account: str, region: str) -> Iterator[Part]:
    try:
        hub = aws.client("securityhub", account=account, region=region).describe_hub()["HubArn"]
    except ClientError as error:
        # Security Hub answers so where it is not enabled (Security Hub API Reference, "DescribeHub").
        if error.response.get("Error", {}).get("Code") in ("InvalidAccessException", "ResourceNotFoundException"):
            return
        raise
    yield Part(kind="hub", name=region, found=hub, outcome="adopt", **_adopt(settings, key, "security-hub"))


def _macie(settings: Settings, aws: Aws, key: str, account: str, region: str) -> Iterator[Part]:
    try:
        status = aws.client("macie2", account=account, region=region).get_macie_session()["status"]
    except ClientError as error:
        # Macie refuses requests of accounts where it is not enabled, with this message (Macie API Reference, "Errors");
        # the emulated AWS answers that there is no session.
        code = error.response.get("Error", {}).get("Code")
        if "not enabled" in str(error) or code == "ResourceNotFoundException":
            return
        raise
    yield Part(kind="Macie", name=region, found=status, outcome="adopt", **_adopt(settings, key, "macie"))
