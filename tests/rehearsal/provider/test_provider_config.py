import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from rehearsal.provider import Ledger, ProviderProcess, ProviderProcessError, WebIdentity, unsigned_token
from tests.rehearsal.cloud.samples import document
from tests.rehearsal.provider.provider_bench import Client, FakeEngine, urn_of
from tests.rehearsal.provider.provider_cases import World

ROLE = "OrganizationAccountAccessRole"


@pytest.fixture(scope="module")
def member(client: Client, cloud: Cloud) -> str:
    return World(client, cloud).member.id


@pytest.fixture
def fresh(provider: ProviderProcess) -> Client:
    return Client(provider.address)


def test_an_unknown_setting_is_refused_by_name(fresh: Client) -> None:
    failures = fresh.check_config({"region": "us-east-1", "allowedAccountsIds": "[]", "skipMetadataApiCheck": "true"})
    assert [name for name, _ in failures] == ["allowedAccountsIds"]
    assert "did you mean 'allowedAccountIds'" in failures[0][1]


def test_an_unknown_setting_of_a_role_is_refused_by_name(fresh: Client) -> None:
    failures = fresh.check_config({"assumeRoles": json.dumps([{"roleArn": "a", "sesionName": "b"}])})
    assert [name for name, _ in failures] == ["assumeRoles[0].sesionName"]


def test_malformed_or_conflicting_settings_are_refused(fresh: Client) -> None:
    assert [name for name, _ in fresh.check_config({"assumeRoles": "["})] == ["assumeRoles"]
    settings = {"allowedAccountIds": '["1"]', "forbiddenAccountIds": '["2"]'}
    assert [name for name, _ in fresh.check_config(settings)] == ["forbiddenAccountIds"]


def test_wrong_account_is_refused_naming_both_accounts(fresh: Client) -> None:
    with pytest.raises(Exception, match=r"not allowed: the credentials are of 123456789012; allowed: 999988887777"):
        fresh.configure({"region": "us-east-1", "allowedAccountIds": '["999988887777"]'})
    with pytest.raises(Exception, match="123456789012 is forbidden"):
        fresh.configure({"region": "us-east-1", "forbiddenAccountIds": '["123456789012"]'})
    with pytest.raises(Exception, match="was not configured on this connection"):
        fresh.check(urn_of("aws:sns/topic:Topic"), {})


def test_unknown_role_is_refused(fresh: Client, member: str) -> None:
    role = [{"roleArn": f"arn:aws:iam::{member}:role/nobody"}]
    with pytest.raises(Exception, match=r"cannot assume the role .*AccessDenied"):
        fresh.configure({"region": "us-east-1", "assumeRoles": json.dumps(role)})


@pytest.mark.parametrize("spelling", ["roleArn", "role_arn"])
def test_configurations_of_one_provider_are_independent(
    provider: ProviderProcess, cloud: Cloud, member: str, spelling: str, state: Path
) -> None:
    role = [{spelling: f"arn:aws:iam::{member}:role/{ROLE}", "sessionName": "deploy"}]
    with Client(provider.address) as first_client, Client(provider.address) as second_client:
        first_client.configure({"region": "us-east-1", "allowedAccountIds": '["123456789012"]'})
        second_client.configure(
            {
                "region": "us-west-2",
                "assumeRoles": json.dumps(role),
                "allowedAccountIds": json.dumps([member]),
                "defaultTags": json.dumps({"tags": {"zone": "prod", "owner": "all"}}),
            }
        )
        first, second = (
            first_client.make("aws:sns/topic:Topic", {}),
            second_client.make("aws:sns/topic:Topic", {"tags": {"owner": "me"}}),
        )
        assert first.outputs["arn"].split(":")[3:5] == ["us-east-1", "123456789012"]
        assert second.outputs["arn"].split(":")[3:5] == ["us-west-2", member]
        assert first.outputs["tagsAll"] == {}
        assert second.outputs["tagsAll"] == {"zone": "prod", "owner": "me"}
        assert second.outputs["tags"] == {"owner": "me"}
        entries = {entry.urn: (entry.account, entry.region) for entry in Ledger(state / "recorded.sqlite").entries()}
        assert entries[second.urn] == (member, "us-west-2")
        first_client.delete(first)
        second_client.delete(second)


def test_resource_region_overrides_the_provider_region(client: Client) -> None:
    queue = client.make("aws:sqs/queue:Queue", {"region": "us-west-2"})
    assert queue.outputs["arn"].split(":")[3] == "us-west-2"
    assert client.read(queue) is not None
    client.delete(queue)


def test_another_account_or_region_replaces_a_provider(fresh: Client) -> None:
    old = {"region": "us-east-1", "allowedAccountIds": '["1"]', "skipRegionValidation": "true"}
    assert list(fresh.diff_config(old, {**old, "region": "us-west-2"}).replaces) == ["region"]
    assert list(fresh.diff_config(old, {**old, "skipRegionValidation": "false"}).replaces) == []
    assert fresh.diff_config(old, old).changes == 1


def test_provider_without_a_cloud_reports_it(tmp_path: Path) -> None:
    with pytest.raises(ProviderProcessError, match="The emulated cloud is not running"):
        ProviderProcess.start(tmp_path)


def test_a_provider_serves_another_emulator(tmp_path: Path, cloud: Cloud) -> None:
    running = ProviderProcess.start(tmp_path, endpoint=cloud.status().endpoints["global"])
    with Client(running.address) as client:
        client.configure({"region": "us-west-2"})
        queue = client.make("aws:sqs/queue:Queue", {}, "elsewhere")
        assert queue.outputs["arn"].split(":")[3] == "us-west-2"
        client.delete(queue)
    running.stop()
    assert running.process.poll() == 0


def test_operations_that_another_emulator_lacks_are_recorded_and_reported(tmp_path: Path, cloud: Cloud) -> None:
    engine = FakeEngine()
    running = ProviderProcess.start(tmp_path, endpoint=cloud.status().endpoints["global"])
    try:
        cloud.inject("sns:CreateTopic", error="NotImplemented", status=501)
        with Client(running.address, engine=engine.address) as client:
            client.configure({"region": "us-east-1"})
            topic = client.make("aws:sns/topic:Topic", {}, "not-there")
            assert client.read(topic) is not None
            client.delete(topic)
            assert client.read(topic) is None
    finally:
        cloud.clear_faults()
        running.stop()
        engine.server.stop(0)
    assert [urn for urn, _ in engine.logs] == [topic.urn]
    assert "is recorded, not emulated" in engine.logs[0][1]


ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:hospital/zone:environment:production"


@pytest.fixture(scope="module")
def pipeline(client: Client, cloud: Cloud, state: Path) -> Iterator[ProviderProcess]:
    """A provider whose runs of the stack `pipelined` start with a web identity that a role trusts."""
    iam = cloud.endpoints().client("iam", "us-east-1")
    issuer = client.make(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        {"url": ISSUER, "clientIdLists": ["sts.amazonaws.com"], "thumbprintLists": ["0" * 40]},
    )
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": issuer.outputs["arn"]},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{ISSUER.removeprefix('https://')}:sub": SUBJECT}},
    }
    role = iam.create_role(RoleName="pipeline", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    token = unsigned_token({"iss": ISSUER, "aud": "sts.amazonaws.com", "sub": SUBJECT})
    identity = WebIdentity(role_arn=role, token=token, session_name="job", stacks=["pipelined"])
    running = ProviderProcess.start(state, web_identity=identity)
    yield running
    running.stop()
    client.delete(issuer)


def test_runs_of_a_pipeline_start_as_the_role_of_its_web_identity(pipeline: ProviderProcess) -> None:
    with Client(pipeline.address) as job, Client(pipeline.address) as operator:
        job.configure({"region": "us-east-1"}, stack="pipelined")
        operator.configure({"region": "us-east-1"}, stack="organization")
        with pytest.raises(Exception, match=r"assumed-role/pipeline/job is not authorized to perform: sns:CreateTopic"):
            job.make("aws:sns/topic:Topic", {})
        assert operator.make("aws:sns/topic:Topic", {}).outputs["arn"]


def test_another_role_of_the_account_replaces_nothing(fresh: Client, member: str) -> None:
    def roles(name: str) -> dict[str, str]:
        return {"region": "us-east-1", "assumeRoles": json.dumps([{"roleArn": f"arn:aws:iam::{member}:role/{name}"}])}

    elsewhere = {**roles("first"), "region": "us-west-2"}
    assert list(fresh.diff_config(roles("first"), roles("second")).replaces) == []
    assert list(fresh.diff_config(roles("first"), elsewhere).replaces) == ["region"]
