"""The IAM permissions that each step declares: the one source of the role's policy and of the permission check.

Resources and conditions are templates over these fields, each with one or several values:
`{region}` and `{recovery}`, `{account}`, `{role}` (ARN of the runbooks' role), `{root}` and `{writer_parameter}` (of
Parameter Store), `{journal_table}`, `{heartbeat_key}`, `{namespace}` (of CloudWatch), `{endpoint}`, `{repository}`,
`{alarm}`, `{artifact_bucket}`, `{replicated_bucket}`, `{record_bucket}`, `{key}` and `{topic}` (ARNs).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from string import Formatter
from typing import Any, Final

Conditions = Mapping[str, Mapping[str, Sequence[str]]]
"""Condition operator -> condition key -> templates of the values, one of which must match."""
Values = Mapping[str, Sequence[Any]]
"""Field of a template -> its values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Right:
    """Actions on resources: one statement of the role's policy."""

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    """Templates of ARNs, or `*` for actions without resources."""
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, Sequence[str]]])
    unrecorded: str = ""
    """Why no request of a step names the actions; empty when the steps' requests show each of them."""


def expand(template: str, values: Values, formatted: Callable[..., Any] = str.format) -> Iterator[Any]:
    """Fills a template with every combination of the values of its fields.

    Args:
        template: text with fields such as `{region}`.
        values: field -> values; for one without values, nothing is yielded.
        formatted: fills the template with one value per field; `pulumi.Output.format` for values that are outputs.

    Yields:
        One result per combination, the first field varying slowest.
    """
    names = list(dict.fromkeys(name for _, name, _, _ in Formatter().parse(template) if name))
    for combination in product(*(values[name] for name in names)):
        yield formatted(template, **dict(zip(names, combination, strict=True)))


_SAGEMAKER_CONFIG: Final = "arn:aws:sagemaker:{region}:{account}:endpoint-config/*"
_ENDPOINT: Final = "arn:aws:sagemaker:{region}:{account}:endpoint/{endpoint}"

DISCOVER: Final = Right(
    sid="Discover",
    actions=["ssm:GetParametersByPath"],
    resources=[
        "arn:aws:ssm:{region}:{account}:parameter{root}",
        "arn:aws:ssm:{region}:{account}:parameter{root}/*",
    ],
    unrecorded="requested before the first step, when the documents are read",
)
JOURNAL: Final = Right(
    sid="Journal",
    actions=["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
    resources=["arn:aws:dynamodb:{recovery}:{account}:table/{journal_table}"],
    unrecorded="requested between the steps, for the lease and the journal",
)
VERIFY_PERMISSIONS: Final = Right(
    sid="VerifyPermissions",
    actions=["iam:SimulatePrincipalPolicy"],
    resources=["{role}"],
    unrecorded="requested before the first step, by the check of these permissions",
)
SEE_ENDPOINTS: Final = Right(
    sid="SeeEndpoints",
    actions=["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel"],
    resources=[_ENDPOINT, _SAGEMAKER_CONFIG, "arn:aws:sagemaker:{region}:{account}:model/*"],
    unrecorded="configuration and model are described before the first step, when the plan is made",
)
SERVE_ENDPOINTS: Final = Right(
    sid="ServeEndpoints",
    actions=[
        "sagemaker:CreateEndpoint",
        "sagemaker:DeleteEndpoint",
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    ],
    resources=[_ENDPOINT, _SAGEMAKER_CONFIG],
)
INVOKE_ENDPOINTS: Final = Right(
    sid="InvokeEndpoints",
    actions=["sagemaker:InvokeEndpoint"],
    resources=[_ENDPOINT],
)
SCALE: Final = Right(
    sid="Scale",
    actions=["application-autoscaling:DescribeScalableTargets", "application-autoscaling:RegisterScalableTarget"],
    # A scalable target has no ARN that a policy could name before the target exists.
    resources=["*"],
    conditions={"StringEquals": {"aws:RequestedRegion": ["{region}"]}},
    unrecorded="a target is registered only where the endpoint has one, which the steps find out",
)
GRANT_VOLUMES: Final = Right(
    sid="GrantVolumes",
    # Whoever creates an endpoint lets SageMaker use its volumes' key (API Reference, `CreateEndpointConfig`).
    actions=["kms:CreateGrant"],
    resources=["{key}"],
    conditions={
        "StringEquals": {"kms:ViaService": ["sagemaker.{region}.amazonaws.com"]},
        "Bool": {"kms:GrantIsForAWSResource": ["true"]},
    },
    unrecorded="requested by SageMaker on behalf of whoever creates an endpoint",
)
SEE_IMAGES: Final = Right(
    sid="SeeImages",
    actions=["ecr:DescribeImages"],
    resources=["arn:aws:ecr:{region}:{account}:repository/{repository}"],
)
READ_ARTIFACTS: Final = Right(
    sid="ReadArtifacts",
    actions=["s3:GetObject"],
    resources=["arn:aws:s3:::{artifact_bucket}/*"],
)
SEE_HEARTBEATS: Final = Right(
    sid="SeeHeartbeats",
    actions=["s3:GetObject"],
    resources=["arn:aws:s3:::{replicated_bucket}/{heartbeat_key}"],
)
COMPARE_VERSIONS: Final = Right(
    sid="CompareVersions",
    actions=["s3:ListBucketVersions"],
    resources=["arn:aws:s3:::{replicated_bucket}"],
)
SEE_REPLICATION: Final = Right(
    sid="SeeReplication",
    # HeadObject of a version, for its replication status, is this permission: S3 has no narrower one. No right below
    # allows to decrypt the content of these objects.
    actions=["s3:GetObjectVersion"],
    resources=["arn:aws:s3:::{replicated_bucket}/*"],
    unrecorded="requested only for versions whose replication is pending",
)
WRITE_RECORDS: Final = Right(
    sid="WriteRecords",
    actions=["s3:PutObject"],
    resources=["arn:aws:s3:::{record_bucket}/incidents/*"],
)
RECORD_ANSWERS_ONCE: Final = Right(
    sid="RecordAnswersOnce",
    actions=["s3:PutObject"],
    resources=["arn:aws:s3:::{artifact_bucket}/smoke/*"],
    # Recorded answers are never overwritten (S3 User Guide, "Enforce conditional writes on Amazon S3 buckets").
    conditions={"Null": {"s3:if-none-match": ["false"]}},
    unrecorded="requested by the command `record-answers`, after a release",
)
READ_THROUGH_S3: Final = Right(
    sid="ReadThroughS3",
    actions=["kms:Decrypt", "kms:GenerateDataKey"],
    resources=["{key}"],
    # Artifacts and records alone: objects of the other buckets are compared and never read. The context is the
    # bucket's ARN with a bucket key, else the object's (S3 User Guide, "Encryption context").
    conditions={
        "StringEquals": {"kms:ViaService": ["s3.{region}.amazonaws.com"]},
        "StringLike": {
            "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::{artifact_bucket}",
                "arn:aws:s3:::{artifact_bucket}/*",
                "arn:aws:s3:::{record_bucket}",
                "arn:aws:s3:::{record_bucket}/*",
            ]
        },
    },
    unrecorded="requested by S3 on behalf of whoever reads and writes objects",
)
JOURNAL_AND_TELL: Final = Right(
    sid="JournalAndTell",
    actions=["kms:Decrypt", "kms:GenerateDataKey"],
    resources=["{key}"],
    conditions={"StringEquals": {"kms:ViaService": ["dynamodb.{region}.amazonaws.com", "sns.{region}.amazonaws.com"]}},
    unrecorded="requested by DynamoDB and SNS on behalf of whoever writes the journal and publishes",
)
PROMOTE_KEYS: Final = Right(
    sid="PromoteKeys",
    actions=["kms:DescribeKey", "kms:UpdatePrimaryRegion"],
    resources=["{key}"],
    unrecorded="the primary of a key is changed only while the other region answers",
)
TELL_WRITERS: Final = Right(
    sid="TellWriters",
    actions=["ssm:PutParameter"],
    resources=["arn:aws:ssm:{region}:{account}:parameter{writer_parameter}"],
)
SWITCH: Final = Right(
    sid="Switch",
    actions=["cloudwatch:PutMetricData"],
    resources=["*"],
    conditions={"StringEquals": {"cloudwatch:namespace": ["{namespace}"]}},
)
SEE_SWITCH: Final = Right(
    sid="SeeSwitch",
    actions=["cloudwatch:DescribeAlarms"],
    resources=["arn:aws:cloudwatch:{region}:{account}:alarm:{alarm}"],
)
TELL: Final = Right(sid="Tell", actions=["sns:Publish"], resources=["{topic}"])

OPERATION: Final[Sequence[Right]] = (
    DISCOVER,
    JOURNAL,
    JOURNAL_AND_TELL,
    VERIFY_PERMISSIONS,
    SEE_ENDPOINTS,
    SEE_SWITCH,
    SEE_HEARTBEATS,
)
"""What every operation needs besides its steps: to read the state and to keep the journal."""
COMMANDS: Final[Mapping[str, Sequence[Right]]] = {"record-answers": (INVOKE_ENDPOINTS, RECORD_ANSWERS_ONCE)}
"""Command that is no operation -> what it needs."""
STEPS: Final[Mapping[str, Sequence[Right]]] = {
    "freeze-writers": (TELL_WRITERS,),
    "measure-replication": (SEE_HEARTBEATS,),
    "wait-for-replication": (COMPARE_VERSIONS, SEE_REPLICATION),
    "list-conflicts": (COMPARE_VERSIONS,),
    "promote-keys": (PROMOTE_KEYS,),
    "verify-artifact": (READ_ARTIFACTS, READ_THROUGH_S3, SEE_IMAGES),
    "start-endpoint": (SEE_ENDPOINTS, SERVE_ENDPOINTS, SCALE, GRANT_VOLUMES),
    "smoke-test": (READ_ARTIFACTS, READ_THROUGH_S3, INVOKE_ENDPOINTS),
    "move-traffic": (SWITCH, SEE_SWITCH),
    "verify-traffic": (READ_ARTIFACTS, READ_THROUGH_S3, INVOKE_ENDPOINTS, SEE_SWITCH),
    "stand-down": (SEE_ENDPOINTS, SERVE_ENDPOINTS, SCALE),
    "thaw-writers": (TELL_WRITERS,),
    "notify": (TELL,),
    "write-record": (WRITE_RECORDS, READ_THROUGH_S3),
}
"""Kind of a step -> what it needs besides `OPERATION`."""


def needed(steps: Sequence[str]) -> Sequence[Right]:
    """The rights of an operation with the given kinds of steps, each once."""
    return _once([*OPERATION, *(right for step in steps for right in STEPS[step])])


def all_rights() -> Sequence[Right]:
    """The rights of every operation and command, each once."""
    return _once([*needed(list(STEPS)), *(right for rights in COMMANDS.values() for right in rights)])


def _once(rights: Sequence[Right]) -> Sequence[Right]:
    return list({right.sid: right for right in rights}.values())
