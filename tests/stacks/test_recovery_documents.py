"""What `recovery-prod` writes for runbooks, read by what reads it there: field by field, in either region, its own."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from components import recovery as r
from runbooks.aws import Aws
from runbooks.discovery import discover
from runbooks.documents import BucketPair, EndpointDocument, RecoveryDocument
from runbooks.errors import RunbookError
from tests.recorder import ACCOUNT
from tests.stacks.test_ml_stacks import RELEASE, with_model
from tests.stacks.zone import recorded, run

EAST, WEST = REGIONS = ("us-east-1", "us-west-2")
ROOT = "/hipaa-ml/recovery/prod"
OUTPUTS = {EAST: "ml-prod", WEST: "recovery-prod"}
"""Region -> the stack whose endpoint serves there."""


def written(region: str) -> Mapping[str, str]:
    """Parameter -> text, as the stack makes them in a region; the SDK takes the value of any for a secret."""
    return {
        resource.inputs["name"]: resource.inputs["value"]["value"]
        for resource in recorded("recovery-prod").of("ssm/parameter:Parameter")
        if resource.provider == f"ml-prod-{region}"
    }


def document(region: str, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(written(region)[f"{ROOT}/{name}"])
    return content


@pytest.fixture
def aws() -> Iterator[Aws]:
    """Parameter Store of both regions, with what the stack writes there and nothing else."""
    with mock_aws():
        for region in REGIONS:
            client: Any = boto3.client("ssm", region_name=region)
            for name, value in written(region).items():
                client.put_parameter(Name=name, Value=value, Type="String")
        yield Aws()


def bucket(purpose: str, region: str) -> str:
    return str(recorded("data-prod").outputs["buckets"][purpose][region])


def key_id(domain: str) -> str:
    return str(recorded("data-prod").outputs["key_arns"][domain][EAST]).rpartition("/")[2]


def expected(region: str) -> RecoveryDocument:
    """The environment as a region must know it."""
    artifacts = bucket("artifacts", region)
    return RecoveryDocument(
        environment="prod",
        primary=EAST,
        recovery=WEST,
        journal_table=recorded("recovery-prod").outputs["journal_table"],
        topics={region: recorded(stack).outputs["topic_arn"] for region, stack in OUTPUTS.items()},
        record_buckets={region: bucket("artifacts", region) for region in REGIONS},
        writer_parameter=f"{ROOT}/state/writer-region",
        pairs=[
            BucketPair(
                purpose=purpose,
                primary=bucket(purpose, EAST),
                recovery=bucket(purpose, WEST),
                heartbeat=purpose != "artifacts",
            )
            for purpose in ("artifacts", "deidentified", "features", "raw-phi")
        ],
        heartbeat_key=r.HEARTBEAT_KEY,
        key_ids=[key_id(domain) for domain in ("artifacts", "features", "phi", "secrets")],
        rto_minutes=15,
        rpo_minutes=15,
        drill_days=90,
        two_people=True,
        approver_role=f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-service-approval-prod",
        endpoints=[
            EndpointDocument(
                name="readmission-prod",
                mode="warm",
                record="readmission.prod.ml.internal",
                variant="primary",
                instances=2,
                standby_instances=1,
                config=recorded(OUTPUTS[region]).outputs["configs"]["readmission"],
                model_version="1",
                artifact_bucket=artifacts,
                artifact_key="readmission/1/model.tar.gz",
                artifact_sha256=RELEASE["artifact_sha256"],
                image_repository="hipaa-ml/readmission",
                image_digest=RELEASE["image_digest"],
                smoke_bucket=artifacts,
                smoke_key="smoke/readmission-prod-1.json",
                alarm="hipaa-ml-readmission-prod-failed-over",
                withdrawal_alarm="",
                metric_namespace="hipaa-ml/Recovery",
                metric_name=r.FAILED_OVER,
            )
        ],
    )


@pytest.mark.parametrize("region", REGIONS)
def test_documents_of_a_region_are_discovered(aws: Aws, region: str) -> None:
    zone = discover(aws, prefix="hipaa-ml", environment="prod", region=region)
    assert asdict(zone) == asdict(expected(region))


def test_documents_differ_only_in_regional_names(aws: Aws) -> None:
    east, west = (discover(aws, prefix="hipaa-ml", environment="prod", region=region) for region in REGIONS)
    [primary_endpoint], [recovery_endpoint] = east.endpoints, west.endpoints
    differing = {
        field.name
        for field in fields(EndpointDocument)
        if getattr(primary_endpoint, field.name) != getattr(recovery_endpoint, field.name)
    }
    assert differing == {"config", "artifact_bucket", "smoke_bucket"}
    assert {**asdict(east), "endpoints": []} == {**asdict(west), "endpoints": []}


@pytest.mark.parametrize("region", REGIONS)
def test_nothing_is_written_that_no_runbook_reads(region: str) -> None:
    zone = document(region, "zone")
    assert zone.keys() == names(RecoveryDocument) - {"endpoints"}
    assert {frozenset(pair) for pair in zone["pairs"]} == {frozenset(names(BucketPair))}
    assert document(region, "endpoints/readmission-prod").keys() == names(EndpointDocument)


def names(kind: type) -> set[str]:
    assert is_dataclass(kind)
    return {field.name for field in fields(kind)}


LACKING = [
    *(("zone", name) for name in sorted(names(RecoveryDocument) - {"endpoints"})),
    *(("endpoints/readmission-prod", name) for name in sorted(names(EndpointDocument))),
]


@pytest.mark.parametrize(("where", "name"), LACKING, ids=[name for _, name in LACKING])
def test_document_without_a_field_is_refused(aws: Aws, where: str, name: str) -> None:
    lacking = {key: value for key, value in document(WEST, where).items() if key != name}
    aws.client("ssm", WEST).put_parameter(Name=f"{ROOT}/{where}", Value=json.dumps(lacking), Overwrite=True)
    message = f"{ROOT} in {WEST}: a document is not valid: '{name}' is missing. Deploy the stack recovery-prod again"
    with pytest.raises(RunbookError, match=message):
        discover(aws, prefix="hipaa-ml", environment="prod", region=WEST)


@pytest.mark.parametrize("region", REGIONS)
def test_primary_region_is_the_initial_writer(aws: Aws, region: str) -> None:
    parameter = discover(aws, prefix="hipaa-ml", environment="prod", region=region).writer_parameter
    assert aws.client("ssm", region).get_parameter(Name=parameter)["Parameter"]["Value"] == EAST


def test_unknown_environment_is_refused_with_the_known_ones(aws: Aws) -> None:
    with pytest.raises(RunbookError, match=f"no environment 'staging' in {WEST}; environments there: prod"):
        discover(aws, prefix="hipaa-ml", environment="staging", region=WEST)


@pytest.mark.parametrize(("mode", "instances"), [("pilot-light", 0), ("warm", 1), ("active-active", 3)])
def test_document_has_the_standby_instance_count(mode: str, instances: int) -> None:
    recording = run("recovery-prod", ml=with_model(standby=mode, instances=3))
    for region in REGIONS:
        value = recording.by_name[f"documents-{region}-endpoint-readmission-prod"].inputs["value"]["value"]
        endpoint = EndpointDocument.parse(json.loads(value))
        assert (endpoint.mode, endpoint.instances, endpoint.standby_instances) == (mode, 3, instances)
        assert bool(endpoint.withdrawal_alarm) == (mode == "active-active")


def test_targets_are_those_of_the_settings() -> None:
    recovery = {"rto_minutes": 5, "rpo_minutes": 10, "drill_days": 30}
    recording = run("recovery-prod", ml={**with_model(), "recovery": recovery})
    for region in REGIONS:
        zone = json.loads(recording.by_name[f"documents-{region}-zone"].inputs["value"]["value"])
        assert {name: zone[name] for name in recovery} == recovery
