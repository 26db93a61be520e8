"""One sandbox from its creation to its end: no way out, keys, synthetic data, expiry, and nothing left behind."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.rehearsed_aws import RehearsedAws
from rehearsal.cloud import Cloud
from tests.end_to_end.zone import Ran, Zone
from zone.settings import settings_from_files

pytestmark = [pytest.mark.whole_zone, pytest.mark.timeout(1800), pytest.mark.xdist_group("sandbox")]

NAME, STACK = "alice", "sandbox-alice"


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Zone, Ran, str]]:
    project = Zone(tmp_path_factory.mktemp("sandbox") / "zone")
    project.configure(data=project.setting("data"))  # as the test writes YAML, so that later texts can be compared
    before = (project.root / "Pulumi.yaml").read_text(encoding="utf-8")
    words = ("sandbox", "create", NAME, "--model", "readmission", "--hours", "2", "--budget-usd", "50")
    yield project, project.rehearse(*words, timeout=900), before
    project.rehearse("cloud", "stop")


class Account:
    """Clients for the account of the sandbox."""

    def __init__(self, root: Path, outputs: Mapping[str, Any]) -> None:
        cloud = Cloud.attach(root / ".rehearsal")
        assert cloud is not None
        settings = settings_from_files(root, "organization")
        self.outputs, self.settings = outputs, settings
        self._aws = RehearsedAws(
            cloud.endpoints(),
            management_account=cloud.management_account,
            access_role=settings.account_access_role,
            region=settings.regions.primary,
        )

    def client(self, service: str) -> Any:
        return self._aws.client(service, account=self.outputs["account_id"])

    def management(self, service: str) -> Any:
        return self._aws.client(service)


@pytest.fixture(scope="module")
def account(created: tuple[Zone, Ran, str]) -> Account:
    zone, ran, _ = created
    assert ran.code == 0, ran.err + ran.out
    return Account(zone.root, json.loads(zone.rehearse("outputs", STACK, "--json").out))


def test_create_prints_time_and_cost(created: tuple[Zone, Ran, str]) -> None:
    _, ran, _ = created
    assert "4 data sets have 2000 synthetic rows each." in ran.out
    assert "is ready after" in ran.out
    assert "USD in 2 hours" in ran.out


def test_network_has_no_way_out(account: Account) -> None:
    ec2 = account.client("ec2")
    vpc = {"Name": "vpc-id", "Values": [account.outputs["vpc_id"]]}
    assert not ec2.describe_internet_gateways()["InternetGateways"]
    assert not ec2.describe_nat_gateways()["NatGateways"]
    assert not ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    assert not ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    tables = ec2.describe_route_tables(Filters=[vpc])["RouteTables"]
    targets = {
        route.get("GatewayId", "another target")
        for table in tables
        for route in table["Routes"]
        if not str(route.get("GatewayId", "")).startswith("vpce-")
    }
    assert targets == {"local"}
    endpoints = ec2.describe_vpc_endpoints(Filters=[vpc])["VpcEndpoints"]
    assert {endpoint["VpcEndpointType"] for endpoint in endpoints} == {"Gateway", "Interface"}


def test_studio_is_in_the_vpc_only(account: Account) -> None:
    domain = account.client("sagemaker").describe_domain(DomainId=account.outputs["domain_id"])
    assert (domain["AppNetworkAccessType"], domain["AuthMode"]) == ("VpcOnly", "SSO")
    assert domain["VpcId"] == account.outputs["vpc_id"]
    role = account.client("iam").get_role(RoleName="hipaa-ml-ml-studio-cardiology")["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(":policy/hipaa-ml-boundary")


def test_buckets_are_encrypted_and_hold_synthetic_rows_of_every_data_set(account: Account) -> None:
    s3 = account.client("s3")
    buckets = account.outputs["buckets"]
    for purpose, bucket in buckets.items():
        [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        wanted = "AES256" if purpose == "access-logs" else "aws:kms"
        assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == wanted
    for name, data_set in account.settings.data.data_sets.items():
        prefix = account.settings.data.prefix_of(name)
        [entry] = s3.list_objects_v2(Bucket=buckets[data_set.bucket], Prefix=f"{prefix}/")["Contents"]
        head = s3.head_object(Bucket=buckets[data_set.bucket], Key=entry["Key"])
        assert head["ServerSideEncryption"] == "aws:kms"


def test_team_reads_its_synthetic_data_from_studio(account: Account) -> None:
    """The role of Studio assumes the role of the team, inside the VPC; from outside it reads nothing."""
    bucket, key = account.outputs["buckets"]["raw-phi"], "cardiology/cardiology_encounters/synthetic.csv"
    policy = account.client("iam").get_role_policy(
        RoleName="hipaa-ml-ml-studio-cardiology", PolicyName=_only_policy(account, "hipaa-ml-ml-studio-cardiology")
    )["PolicyDocument"]
    [act] = [statement for statement in policy["Statement"] if statement["Sid"] == "ActAsTeam"]
    assert act["Resource"] == account.outputs["team_role_arn"]
    with pytest.raises(ClientError, match="AccessDenied"):
        account.client("s3").get_object(Bucket=bucket, Key=key)


def _only_policy(account: Account, role: str) -> str:
    [name] = account.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    return str(name)


def test_spending_stop_is_ready_and_attached_to_nothing(account: Account) -> None:
    organizations, budgets = account.management("organizations"), account.management("budgets")
    policy = organizations.describe_policy(PolicyId=account.outputs["spending_policy_id"])["Policy"]
    [statement] = json.loads(policy["Content"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert "sagemaker:CreateTrainingJob" in statement["Action"]
    targets = organizations.list_targets_for_policy(PolicyId=account.outputs["spending_policy_id"])["Targets"]
    assert not targets
    budget = budgets.describe_budget(
        AccountId=account.settings.management_account_id, BudgetName="hipaa-ml-sandbox-alice-spending"
    )["Budget"]
    assert float(budget["BudgetLimit"]["Amount"]) == 50


def test_audit_finds_nothing_undeclared_in_the_sandbox(created: tuple[Zone, Ran, str], account: Account) -> None:
    zone, _, _ = created
    observations = zone.rehearse("audit", "--json", timeout=1200).document["observations"]
    subjects = ("sandbox", NAME, str(account.outputs["account_id"]))
    about = [entry for entry in observations if any(subject in entry["subject"] for subject in subjects)]
    assert about
    assert not [entry for entry in about if not entry["ok"]]


def test_function_ends_the_sandbox_when_its_time_is_over(created: tuple[Zone, Ran, str], account: Account) -> None:
    zone, _, _ = created
    sagemaker, s3 = account.client("sagemaker"), account.client("s3")
    domain = {"DomainId": account.outputs["domain_id"]}
    sagemaker.create_space(**domain, SpaceName="work")
    sagemaker.create_app(**domain, SpaceName="work", AppType="JupyterLab", AppName="default")
    assert _run(zone)["state"] == "active"
    assert sagemaker.list_apps(DomainIdEquals=domain["DomainId"])["Apps"]
    sagemaker.add_tags(
        ResourceArn=account.outputs["domain_arn"], Tags=[{"Key": "expires-at", "Value": "2026-01-01T00:00:00Z"}]
    )
    ended = _run(zone)
    assert (ended["state"], ended["apps"], ended["spaces"]) == ("expired", 1, 1)
    assert not sagemaker.list_apps(DomainIdEquals=domain["DomainId"])["Apps"]
    for purpose in ("raw-phi", "deidentified"):
        assert "Versions" not in s3.list_object_versions(Bucket=account.outputs["buckets"][purpose])
    schedule = account.client("scheduler").get_schedule(Name="hipaa-ml-sandbox-keeper")
    assert (schedule["State"], schedule["ScheduleExpression"]) == ("ENABLED", "rate(15 minutes)")


def _run(zone: Zone) -> dict[str, Any]:
    """Runs the function by its schedule, whose role invokes it."""
    ran = zone.rehearse("cloud", "fire", "hipaa-ml-sandbox-keeper", "--json")
    assert ran.code == 0, ran.err + ran.out
    response = ran.document["response"]
    assert "FunctionError" not in response, response
    result: dict[str, Any] = json.loads(response["Payload"])
    return result


def test_destroy_leaves_nothing(created: tuple[Zone, Ran, str], account: Account) -> None:
    zone, _, before = created
    listed = zone.rehearse("sandbox", "list", "--json").document["sandboxes"]
    assert [(sandbox["name"], sandbox["state"]) for sandbox in listed] == [(NAME, "active")]
    ran = zone.rehearse("sandbox", "destroy", NAME, timeout=600)
    assert ran.code == 0, ran.err + ran.out
    names = [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]]
    assert not set(names) & set(account.outputs["buckets"].values())
    assert not account.client("sagemaker").list_domains()["Domains"]
    vpcs = account.client("ec2").describe_vpcs()["Vpcs"]
    assert account.outputs["vpc_id"] not in {vpc["VpcId"] for vpc in vpcs}
    assert (zone.root / "Pulumi.yaml").read_text(encoding="utf-8") == before
    assert zone.rehearse("sandbox", "list", "--json").document == {"sandboxes": []}
