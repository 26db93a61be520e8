"""The cost of deployed resources is what a person adds up, and a resource without a price is listed."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.errors import UsageError
from cli.main import app
from inspection.deployed_cost import DeployedCost, deployed_cost
from inspection.network.layout import LEAK
from tests import deployed_states

HOURS = 730
ACCOUNT = "111122223333"
PROVIDER = "urn:pulumi:network::z::pulumi:providers:aws::p"


def provider(region: str = "us-east-1") -> dict[str, Any]:
    configuration = {"region": region, "allowedAccountIds": json.dumps([ACCOUNT])}
    return {"urn": PROVIDER, "type": "pulumi:providers:aws", "id": "id", "inputs": configuration}


def entry(kind: str, name: str = "x", /, **values: Any) -> dict[str, Any]:
    urn = f"urn:pulumi:network::z::{kind}::{name}"
    return {"urn": urn, "type": kind, "provider": f"{PROVIDER}::id", "inputs": {}, "outputs": values}


def cost(*entries: dict[str, Any], region: str = "us-east-1") -> DeployedCost:
    return deployed_cost({"network": [provider(region), *entries]})


ENDPOINT, FIREWALL = "aws:ec2/vpcEndpoint:VpcEndpoint", "aws:networkfirewall/firewall:Firewall"
NAT, DATABASE = "aws:ec2/natGateway:NatGateway", "aws:rds/instance:Instance"
SERVICE, TASK = "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition"
POSTGRES: dict[str, Any] = {
    "engine": "postgres",
    "multiAz": True,
    "instanceClass": "db.m7g.large",
    "allocatedStorage": 100,
}


@pytest.mark.parametrize(
    ("entries", "monthly"),
    [
        ([entry(ENDPOINT, vpcEndpointType="Interface", subnetIds=["a", "b"])], 2 * 0.01 * HOURS),
        ([entry(ENDPOINT, vpcEndpointType="Gateway")], 0),
        ([entry("aws:ec2transitgateway/vpcAttachment:VpcAttachment")], 0.05 * HOURS),
        ([entry(FIREWALL, subnetMappings=[{}, {}])], 2 * 0.395 * HOURS),
        ([entry("aws:ec2/eip:Eip")], 0.005 * HOURS),
        ([entry("aws:kms/key:Key"), entry("aws:kms/replicaKey:ReplicaKey")], 2),
        ([entry("aws:lb/loadBalancer:LoadBalancer")], (0.0225 + 0.008) * HOURS),
        ([entry(DATABASE, **POSTGRES)], 0.337 * HOURS + 23),
        (
            [
                entry(SERVICE, taskDefinition="arn:t", launchType="FARGATE", desiredCount=2),
                entry(TASK, arn="arn:t", cpu="1024", memory="4096"),
            ],
            2 * (0.04048 + 4 * 0.004445) * HOURS,
        ),
        ([entry("aws:route53/zone:Zone", str(number)) for number in range(27)], 25 * 0.5 + 2 * 0.1),
        ([entry("aws:route53/profilesProfile:ProfilesProfile", str(number)) for number in range(2)], 0.75 * HOURS),
        (
            [entry("aws:route53/profilesAssociation:ProfilesAssociation", str(number)) for number in range(102)],
            2 * 0.0014 * HOURS,
        ),
        ([entry(FIREWALL, subnetMappings=[{}]), entry(NAT)], 0.395 * HOURS),
    ],
)
def test_resources_cost_what_a_person_adds_up(entries: list[dict[str, Any]], monthly: float) -> None:
    result = cost(*entries)
    assert result.total == pytest.approx(monthly)
    assert not result.not_priced


@pytest.mark.parametrize(
    "unpriced",
    [
        entry("aws:guardduty/detector:Detector"),
        entry(NAT),
        entry(DATABASE, **{**POSTGRES, "multiAz": False}),
        entry(DATABASE, **{**POSTGRES, "engine": "mysql"}),
        entry("aws:lb/loadBalancer:LoadBalancer", loadBalancerType="network"),
        entry(ENDPOINT, vpcEndpointType="GatewayLoadBalancer"),
        entry(SERVICE, taskDefinition="arn:absent", launchType="FARGATE", desiredCount=2),
        entry("aws:ec2/routeServer:RouteServer"),
    ],
)
def test_resources_without_a_price_are_listed(unpriced: dict[str, Any]) -> None:
    result = cost(unpriced)
    assert result.total == 0
    assert result.not_priced == {unpriced["type"]: 1}
    assert not result.free


def test_a_region_or_class_without_a_price_is_named() -> None:
    assert list(cost(entry("aws:kms/key:Key"), region="eu-west-1").not_priced) == [
        "aws:kms/key:Key (no price of kms-key in eu-west-1)"
    ]
    unknown = cost(entry(DATABASE, **{**POSTGRES, "instanceClass": "db.r8g.large"}))
    assert "no price of postgresql-db.r8g.large in us-east-1" in "".join(unknown.not_priced)


def test_resources_of_other_stacks_are_counted_once() -> None:
    assert cost({**entry("aws:kms/key:Key"), "external": True}).items == []


def test_free_types_are_no_prefix_of_priced_ones() -> None:
    result = cost(entry("aws:ec2/subnet:Subnet"), entry("aws:iam/role:Role"))
    assert result.free == {"aws:ec2/subnet:Subnet": 1, "aws:iam/role:Role": 1}
    assert not result.not_priced


def test_every_resource_of_the_reference_zone_is_priced_free_or_listed() -> None:
    stacks = deployed_states.states()
    result = deployed_cost(stacks)
    counted = sum(item["type"].startswith("aws:") for state in stacks.values() for item in state)
    in_tiers = sum(
        item["type"] in ("aws:route53/zone:Zone", "aws:ecs/taskDefinition:TaskDefinition")
        or (item["type"].startswith("aws:route53/profiles") and "Resource" not in item["type"])
        for state in stacks.values()
        for item in state
    )
    priced = counted - in_tiers - sum(result.not_priced.values()) - sum(result.free.values())
    kinds = {"interface-endpoint", "firewall-endpoint", "kms-key", "transit-gateway-attachment", "public-address"}
    assert kinds <= {item.item for item in result.items}
    keys = sum(item.count for item in result.items if item.item == "kms-key")
    assert keys == 84 + 15
    assert priced > keys
    assert sum(result.by(lambda item: item.stack).values()) == pytest.approx(result.total)
    assert sum(result.by(lambda item: item.account).values()) == pytest.approx(result.total)
    assert max(result.by(lambda item: item.account).items(), key=lambda pair: pair[1])[0] == "953746141960"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    text = (Path(__file__).parents[2] / "Pulumi.yaml").read_text(encoding="utf-8")
    (tmp_path / "Pulumi.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for stack in ("network-us-east-1", "organization"):
        (tmp_path / f"{stack}.json").write_text(json.dumps(deployed_states.export(stack)), encoding="utf-8")
    return tmp_path


def invoked(*words: str) -> Any:
    exports = ("--export", "network-us-east-1.json", "--export", "organization.json")
    result = CliRunner().invoke(app, [*words, *exports])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.usefixtures("project")
def test_exports_are_priced_by_stack_and_account() -> None:
    document = json.loads(invoked("cost", "--json"))
    assert {"items", "distributed", "central", "as_of", "unverified", "total", "assumed"} <= document.keys()
    deployed = document["deployed"]
    assert deployed["by_stack"]["network-us-east-1"] > 1000
    assert deployed["by_account"]["953746141960"] == pytest.approx(deployed["total"])
    assert deployed["emulated"] is True
    assert deployed["not_priced"]["aws:ec2/flowLog:FlowLog"] > 0
    text = invoked("cost")
    assert "By stack" in text
    assert "Not priced: " in text
    assert "EMULATED export" in text


@pytest.mark.usefixtures("project")
def test_the_graph_marks_the_stacks_of_exports() -> None:
    stacks = {stack["name"]: stack["up"] for stack in json.loads(invoked("graph", "--json"))["stacks"]}
    assert stacks["organization"]
    assert stacks["network-us-east-1"]
    assert not stacks["security"]


NETWORKS = (
    *("network-us-east-1", "network-us-west-2", "ml-prod", "ml-staging", "ml-dev"),
    *("recovery-prod", "recovery-staging", "recovery-dev", "mlflow-staging", "organization"),
)


def drawn(project: Path, changed: str = "") -> str:
    """The picture of the exported network, without the ingress rules of a stack."""
    words: list[str] = []
    for stack in NETWORKS:
        document = deployed_states.export(stack)
        if stack == changed:
            document["deployment"]["resources"] = [
                item
                for item in document["deployment"]["resources"]
                if item["type"] != "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
            ]
        (project / f"{stack}.json").write_text(json.dumps(document), encoding="utf-8")
        words += ["--export", f"{stack}.json"]
    result = CliRunner().invoke(app, ["graph", "--network", *words])
    assert result.exit_code == 0, result.output
    return str(result.output)


def test_the_picture_of_exports_shows_what_differs_in_red(project: Path) -> None:
    assert drawn(project).count(LEAK) < drawn(project, "ml-prod").count(LEAK)


@pytest.mark.usefixtures("project")
def test_exports_without_a_network_are_no_picture() -> None:
    result = CliRunner().invoke(app, ["graph", "--network", "--export", "organization.json"])
    assert isinstance(result.exception, UsageError)
    assert "No VPC is deployed" in str(result.exception)
