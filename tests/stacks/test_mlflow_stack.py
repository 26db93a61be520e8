"""`mlflow-staging`: the server is reachable in its VPC only, encrypted everywhere, and nothing of it is a secret."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.recorder import Recording
from tests.stacks.zone import ROOT, recorded, run
from zone.plan import graph, plan_from_files
from zone.settings import SettingsError, files, parse_settings

STACK = "mlflow-staging"
SETTINGS = files.read(ROOT, STACK).values
ML: Mapping[str, Any] = SETTINGS["ml"]
TRACKING: Mapping[str, Any] = ML["tracking"]


def single(kind: str, recording: Recording | None = None) -> Mapping[str, Any]:
    [resource] = (recording or recorded(STACK)).of(kind)
    return resource.inputs


def containers() -> Mapping[str, Mapping[str, Any]]:
    definitions = json.loads(single("ecs/taskDefinition:TaskDefinition")["containerDefinitions"])
    return {container["name"]: container for container in definitions}


def with_tracking(**changes: Any) -> Mapping[str, Any]:
    return {**ML, "tracking": {**TRACKING, **changes}}


def problems(**changes: Any) -> str:
    with pytest.raises(SettingsError) as error:
        parse_settings({**SETTINGS, **changes}, {})
    return str(error.value)


def test_tasks_run_in_private_subnets_of_the_data_tier() -> None:
    network, service = recorded("ml-staging").outputs, single("ecs/service:Service")
    configuration = service["networkConfiguration"]
    assert configuration["assignPublicIp"] is False
    assert configuration["subnets"] == network["subnet_ids"]["data"]
    assert len(configuration["subnets"]) == 2
    assert network["security_group_ids"]["data"] in configuration["securityGroups"]
    assert service["desiredCount"] == 2
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service["enableExecuteCommand"] is False
    assert single("appautoscaling/target:Target")["minCapacity"] == 2


def test_containers_are_hardened_and_migrate_before_they_serve() -> None:
    assert containers()["serve"]["dependsOn"] == [{"containerName": "migrate", "condition": "SUCCESS"}]
    for container in containers().values():
        assert container["readonlyRootFilesystem"] is True
        assert container["user"] == "10001:10001"
        assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
        account = recorded("data-staging").outputs["account_id"]
        repository = f"{account}.dkr.ecr.us-east-1.amazonaws.com/hipaa-ml/mlflow"
        assert container["image"] == f"{repository}@{TRACKING['image_digest']}"
        assert container["logConfiguration"]["options"]["awslogs-group"] == "/hipaa-ml/mlflow/staging"


def test_no_secret_is_in_the_resources_of_the_stack() -> None:
    for container in containers().values():
        assert "secrets" not in container
        assert not [entry for entry in container["environment"] if "password" in entry["name"].lower()]
    assert single("rds/instance:Instance")["manageMasterUserPassword"] is True
    assert "password" not in single("rds/instance:Instance")
    assert not recorded(STACK).of("secretVersion:SecretVersion")


def test_database_is_encrypted_in_two_zones_requires_tls_and_is_backed_up_into_locked_vaults() -> None:
    instance = single("rds/instance:Instance")
    assert instance["multiAz"]
    assert instance["storageEncrypted"]
    assert instance["deletionProtection"]
    assert instance["kmsKeyId"] == recorded(STACK).outputs["key_arn"]
    assert instance["publiclyAccessible"] is False
    parameters = {entry["name"]: entry["value"] for entry in single("rds/parameterGroup:ParameterGroup")["parameters"]}
    assert parameters["rds.force_ssl"] == "1"
    assert parameters["ssl_min_protocol_version"] == "TLSv1.2"
    selection = single("backup/selection:Selection")
    assert selection["planId"] == recorded("data-staging").outputs["backup_plan_id"]
    assert selection["resources"] == [recorded(STACK).outputs["database_arn"]]
    [copies] = recorded(STACK).of("InstanceAutomatedBackupsReplication")
    assert copies.provider.endswith("us-west-2")


def test_balancer_is_internal_and_logs_into_the_bucket_of_access_logs() -> None:
    balancer = single("lb/loadBalancer:LoadBalancer")
    assert balancer["internal"]
    assert balancer["dropInvalidHeaderFields"]
    assert balancer["enableDeletionProtection"]
    bucket = recorded("data-staging").outputs["buckets"]["access-logs"]["us-east-1"]
    assert balancer["accessLogs"] == {"enabled": True, "bucket": bucket, "prefix": "hipaa-ml-mlflow-staging"}
    policies = [policy.document("policy") for policy in recorded("data-staging").of("s3/bucketPolicy:BucketPolicy")]
    assert [
        statement["Resource"]
        for policy in policies
        for statement in policy["Statement"]
        if statement["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    ] == [f"arn:aws:s3:::{bucket}/*/AWSLogs/{recorded('data-staging').outputs['account_id']}/*"]
    listener = single("lb/listener:Listener")
    assert (listener["protocol"], listener["sslPolicy"]) == ("HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert single("lb/targetGroup:TargetGroup")["protocol"] == "HTTPS"


def test_groups_form_one_chain_from_jobs_to_the_database() -> None:
    recording = recorded(STACK)
    names = {resource.request.name: resource for resource in recording.of("SecurityGroupIngressRule")}
    chain = {
        name: (rule.inputs["securityGroupId"], rule.inputs["referencedSecurityGroupId"], rule.inputs["fromPort"])
        for name, rule in names.items()
    }
    training = recorded("ml-staging").outputs["security_group_ids"]["training"]
    assert chain == {
        "mlflow-groups-clients-to-balancer-in": ("mlflow-groups-balancer", training, 443),
        "mlflow-groups-balancer-to-tasks-in": ("mlflow-groups-tasks", "mlflow-groups-balancer", 5000),
        "mlflow-groups-tasks-to-database-in": ("mlflow-groups-database", "mlflow-groups-tasks", 5432),
    }
    assert not [rule for rule in names.values() if "cidrIpv4" in rule.inputs]


def test_each_team_reads_its_own_password_only() -> None:
    secrets = recorded(STACK).outputs["secret_arns"]
    assert set(secrets) == {"mlflow-admin", "cardiology", "oncology"}
    for reader in ("cardiology", "oncology"):
        statements = recorded(STACK).by_name[f"mlflow-users-{reader}-reading"].document("policy")["Statement"]
        assert statements[0]["Resource"] == secrets[reader]
    for user in secrets:
        [statement] = recorded(STACK).by_name[f"mlflow-users-{user}-policy"].document("policy")["Statement"]
        readers = " ".join(statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"])
        assert statement["Effect"] == "Deny"
        assert [team for team in ("cardiology", "oncology") if f"data-team-{team}" in readers] == (
            [] if user == "mlflow-admin" else [user]
        )


def test_roles_of_the_tasks_reach_nothing_but_the_server_needs() -> None:
    statements = recorded(STACK).by_name["mlflow-task-rights"].document("policy")["Statement"]
    bucket = recorded("data-staging").outputs["buckets"]["artifacts"]["us-east-1"]
    assert {statement["Resource"] for statement in statements if isinstance(statement["Resource"], str)} == {
        f"arn:aws:s3:::{bucket}/mlflow/*",
        f"arn:aws:s3:::{bucket}",
        recorded("data-staging").outputs["key_arns"]["artifacts"]["us-east-1"],
    }
    actions = {action for statement in statements for action in _listed(statement["Action"])}
    assert "s3:DeleteObject" not in actions
    assert not [statement for statement in statements if statement["Resource"] == "*"]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_pipelines_of_the_environment_log_to_the_server_with_the_password_of_their_team() -> None:
    rights = recorded("ml-staging").by_name["readmission-pipeline-track-rights"].document("policy")["Statement"]
    [reading] = [entry for entry in rights if entry["Sid"] == "ReadTrackingPassword"]
    assert reading["Resource"].endswith(":secret:hipaa-ml/mlflow/cardiology-??????")
    machine = recorded("ml-staging").by_name["readmission-pipeline-machine"].inputs["definition"]
    assert "https://mlflow.staging.ml.internal" in machine
    assert '"MLFLOW_PASSWORD_SECRET": "hipaa-ml/mlflow/cardiology"' in machine


def test_without_an_image_everything_is_deployed_but_the_tasks() -> None:
    recording = run(STACK, ml=with_tracking(image_digest=None))
    assert not recording.of("ecs/service:Service")
    assert recording.of("rds/instance:Instance")
    assert recording.of("ecr/repository:Repository")


def test_stack_exists_for_the_environments_of_the_setting_only() -> None:
    stacks = plan_from_files(ROOT, "organization").stacks
    assert [name for name in stacks.names if name.startswith(graph.MLFLOW)] == [STACK]
    assert {"data-staging", "ml-staging", "network-us-east-1"} <= set(stacks.needs_of(STACK))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"environments": ["stagin"]}, "no environment 'stagin' (did you mean 'staging'?)"),
        ({"tasks": 8}, "6 is less than tasks (8)"),
        ({"tasks": 1}, "ml.tracking.tasks"),
        ({"image_digest": "latest"}, "sha256: and 64 hexadecimal digits"),
        (
            {"certificate_authority": TRACKING["certificate_authority"].replace("us-east-1", "us-west-2")},
            "the authority is in us-west-2; allowed: one in us-east-1",
        ),
        ({"grants": [{"team": "radiology", "experiment": "cardiology/x"}]}, "no team 'radiology'"),
        ({"grants": [{"team": "cardiology", "experiment": "cardiology/x"}]}, "without a grant"),
        ({"grants": [{"team": "oncology", "experiment": "cardiology/x"}] * 2}, "one per team and experiment"),
        ({"grants": [{"team": "oncology", "experiment": "x", "permission": "READ"}]}, "a team, a slash"),
    ],
)
def test_wrong_values_are_refused_with_what_is_allowed(changes: Mapping[str, Any], message: str) -> None:
    assert message in problems(ml=with_tracking(**changes))


def test_name_of_the_administrator_is_no_team() -> None:
    data = {**SETTINGS["data"], "teams": {**SETTINGS["data"]["teams"], "mlflow-admin": {"project": "x"}}}
    assert "name of the administrator of MLflow" in problems(data=data)
