"""A first deployment into an organization that exists: what is declared is adopted, and nothing else changes.

The organizational units are those of the healthcare sample of AWS's Landing Zone Accelerator.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
import yaml

from rehearsal.cloud import Cloud, Credentials
from tests.end_to_end.zone import Ran, Zone
from tests.zone.test_unit_roles import HEALTHCARE_ROLES, HEALTHCARE_UNITS, UNIT_BY_ACCOUNT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.xdist_group("existing_organization")]

EAST: Final = "us-east-1"
ACCOUNTS: Final = ("log-archive", "security-tooling", "ml-prod")
STACKS: Final = (
    *("organization", "audit", "baseline-management"),
    *(f"baseline-{name}" for name in ACCOUNTS),
    "security",
)
LEGACY_ACCESS: Final = ("member.org.stacksets.cloudformation.amazonaws.com", "controltower.amazonaws.com")
GITHUB: Final = "https://token.actions.githubusercontent.com"
DENY: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}]}
)


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass
class Organization:
    """The organization of a hospital before the zone is deployed."""

    cloud: Cloud
    id: str = ""
    root: str = ""
    units: Mapping[str, str] = ()  # pyright: ignore[reportAssignmentType] - set when it is created
    accounts: Mapping[str, str] = ()  # pyright: ignore[reportAssignmentType] - the same
    detector: str = ""

    def client(self, service: str, account: str = "", region: str = EAST) -> Any:
        endpoints = self.cloud.endpoints(retries=2)
        if not account:
            return endpoints.client(service, region)
        session = endpoints.client("sts", EAST).assume_role(
            RoleArn=f"arn:aws:iam::{self.accounts[account]}:role/OrganizationAccountAccessRole",
            RoleSessionName="seed",
        )
        return endpoints.client(service, region, Credentials.of(session["Credentials"]))

    def create(self) -> None:
        client = self.client("organizations")
        self.id = client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
        self.root = client.list_roots()["Roots"][0]["Id"]
        client.enable_policy_type(RootId=self.root, PolicyType="SERVICE_CONTROL_POLICY")
        units: dict[str, str] = {"": self.root}
        for path in (*HEALTHCARE_UNITS, "HIS/Legacy"):
            parent, _, name = path.rpartition("/")
            unit = client.create_organizational_unit(ParentId=units[parent], Name=name)["OrganizationalUnit"]
            units[path] = unit["Id"]
        self.units = units
        self.accounts = {
            "log-archive": self._account("Log Archive", "aws+log-archive@hospital.example", "Security"),
            "security-tooling": self._account("Audit", "aws+security-tooling@hospital.example", "Security"),
            "ml-prod": self._account("ml-prod", "aws+ml-prod@hospital.example", "HIS/HIS-Prod"),
            "legacy": self._account("EHR (legacy)", "ehr@hospital.example", "HIS/Legacy"),
        }
        for service in (*LEGACY_ACCESS, "guardduty.amazonaws.com"):
            client.enable_aws_service_access(ServicePrincipal=service)
        policy = client.create_policy(
            Name="legacy", Description="before the zone", Type="SERVICE_CONTROL_POLICY", Content=DENY
        )["Policy"]["PolicySummary"]["Id"]
        client.attach_policy(PolicyId=policy, TargetId=units["HIS/Legacy"])
        self._services()

    def _account(self, name: str, email: str, unit: str) -> str:
        client = self.client("organizations")
        account = client.create_account(AccountName=name, Email=email)["CreateAccountStatus"]["AccountId"]
        client.move_account(AccountId=account, SourceParentId=self.root, DestinationParentId=self.units[unit])
        return str(account)

    def _services(self) -> None:
        """A detector, recorders, a trail, roles and an identity provider."""
        self.client("guardduty").enable_organization_admin_account(AdminAccountId=self.accounts["security-tooling"])
        tooling = self.client("guardduty", "security-tooling")
        self.detector = (
            tooling.list_detectors()["DetectorIds"] or [tooling.create_detector(Enable=True)["DetectorId"]]
        )[0]
        for account in ("legacy", "log-archive"):
            iam = self.client("iam", account)
            role = iam.create_role(RoleName="legacy-config", AssumeRolePolicyDocument=trust("config.amazonaws.com"))
            iam.put_role_policy(
                RoleName="legacy-config", PolicyName="read", PolicyDocument=DENY.replace("Deny", "Allow")
            )
            recorder = {"name": "legacy", "roleARN": role["Role"]["Arn"]}
            self.client("config", account).put_configuration_recorder(ConfigurationRecorder=recorder)
        self.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")
        self.client("iam").create_open_id_connect_provider(
            Url=GITHUB, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"]
        )
        s3 = self.client("s3")
        s3.create_bucket(Bucket="legacy-trail")
        bucket = ["arn:aws:s3:::legacy-trail", "arn:aws:s3:::legacy-trail/*"]
        allow = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
        writes = {**allow, "Action": ["s3:GetBucketAcl", "s3:PutObject"], "Resource": bucket}
        s3.put_bucket_policy(Bucket="legacy-trail", Policy=json.dumps({"Version": "2012-10-17", "Statement": [writes]}))
        trail = self.client("cloudtrail")
        trail.create_trail(Name="legacy", S3BucketName="legacy-trail")
        trail.start_logging(Name="legacy")

    def undeclared(self) -> Mapping[str, Any]:
        """Everything that the configuration of the zone does not declare."""
        client, trail = self.client("organizations"), self.client("cloudtrail")
        iam, config = self.client("iam", "legacy"), self.client("config", "legacy")
        legacy = self.units["HIS/Legacy"]
        attached = client.list_policies_for_target(TargetId=legacy, Filter="SERVICE_CONTROL_POLICY")["Policies"]
        accounts = client.list_accounts_for_parent(ParentId=legacy)["Accounts"]
        return {
            "policies": sorted(policy["Name"] for policy in attached),
            "accounts": [(account["Id"], account["Name"], account["Email"]) for account in accounts],
            "roles": sorted(role["RoleName"] for role in iam.list_roles()["Roles"]),
            "rights": iam.get_role_policy(RoleName="legacy-config", PolicyName="read")["PolicyDocument"],
            "recorder": config.describe_configuration_recorders()["ConfigurationRecorders"],
            "role of an adopted account": self.client("iam", "log-archive").get_role_policy(
                RoleName="legacy-config", PolicyName="read"
            )["PolicyDocument"],
            "trail": trail.get_trail(Name="legacy")["Trail"],
            "logging": trail.get_trail_status(Name="legacy")["IsLogging"],
            "bucket": self.client("s3").get_bucket_policy(Bucket="legacy-trail")["Policy"],
        }

    def trusted_access(self) -> set[str]:
        client = self.client("organizations")
        enabled = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
        return {entry["ServicePrincipal"] for entry in enabled}


def merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, dict):
            merge(into.setdefault(key, {}), value)
        else:
            into[key] = value


def adopt(zone: Zone) -> Mapping[str, Any]:
    return zone.rehearse("adopt", "--json").document


@dataclass
class Deployed:
    """A zone that was deployed into an existing organization."""

    zone: Zone
    organization: Organization
    first: Mapping[str, Any]
    second: Mapping[str, Any]
    """`zone adopt` before and after its values are set and its conflicts are solved."""
    before: Mapping[str, Any]
    ran: Ran


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    zone = Zone(tmp_path_factory.mktemp("existing") / "zone")
    zone.shrink(ACCOUNTS)
    zone.configure(
        organizational_units=HEALTHCARE_UNITS,
        organizational_unit_roles=HEALTHCARE_ROLES,
        accounts={name: {**account, "ou": UNIT_BY_ACCOUNT[name]} for name, account in zone.setting("accounts").items()},
    )
    assert zone.rehearse("cloud", "start").code == 0
    cloud = Cloud.attach(zone.root / ".rehearsal")
    assert cloud is not None
    organization = Organization(cloud)
    organization.create()
    first = adopt(zone)
    file = zone.root / "Pulumi.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    merge(content["config"], first["configuration"])
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    config = organization.client("config", "log-archive")
    config.delete_configuration_recorder(ConfigurationRecorderName="legacy")
    second = adopt(zone)
    before = organization.undeclared()
    yield Deployed(zone, organization, first, second, before, zone.rehearse("up", *STACKS, "--json", timeout=1500))
    zone.rehearse("cloud", "stop")


def test_conflict_names_what_stands_in_the_way(deployed: Deployed) -> None:
    assert deployed.first["ok"] is False
    [conflict] = [part for part in deployed.first["parts"] if part["outcome"] == "conflict"]
    assert (conflict["kind"], conflict["name"]) == ("recorder", f"log-archive, {EAST}")


def test_printed_configuration_leaves_nothing_to_set(deployed: Deployed) -> None:
    assert (deployed.second["ok"], deployed.second["configuration"]) == (True, {})


def test_foundation_comes_up(deployed: Deployed) -> None:
    assert deployed.ran.code == 0, deployed.ran.err
    assert {stack["name"] for stack in deployed.ran.document["stacks"]} >= set(STACKS)


def test_nothing_undeclared_changes(deployed: Deployed) -> None:
    assert deployed.organization.undeclared() == deployed.before


def test_trusted_access_is_kept(deployed: Deployed) -> None:
    assert deployed.organization.trusted_access() >= set(LEGACY_ACCESS)


def test_what_is_declared_is_adopted(deployed: Deployed) -> None:
    organization, client = deployed.organization, deployed.organization.client("organizations")
    accounts = {account["Id"]: account["Name"] for account in client.list_accounts()["Accounts"]}
    assert len(accounts) == len(organization.accounts) + 1
    assert accounts[organization.accounts["log-archive"]] == "Log Archive"
    assert client.describe_organization()["Organization"]["Id"] == organization.id
    units = client.list_organizational_units_for_parent(ParentId=organization.root)["OrganizationalUnits"]
    assert sorted(unit["Name"] for unit in units) == sorted(path for path in HEALTHCARE_UNITS if "/" not in path)
    detectors = organization.client("guardduty", "security-tooling").list_detectors()["DetectorIds"]
    assert detectors == [organization.detector]
    providers = organization.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert len(providers) == 1


def test_second_run_changes_nothing(deployed: Deployed) -> None:
    again = deployed.zone.rehearse("preview", "organization", "--json", timeout=600)
    assert again.code == 0, again.err
    assert again.stack("organization")["changes"] == []
