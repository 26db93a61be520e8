"""The rights of a pipeline's roles: each job reads its inputs and writes its output; the state machine starts them."""

from collections.abc import Mapping
from typing import Any, Final

from components.documents import Statement
from components.ml.pipeline_jobs import TRAINING
from components.ml.pipeline_plan import RUN, PipelinePlan, Place, Step
from components.ml.repository import image_pull

MANAGED_RULES: Final = (
    "StepFunctionsGetEventsForSageMakerProcessingJobsRule",
    "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
)
"""Rules by which Step Functions learns that a job ended (Developer Guide, "Integrating SageMaker AI")."""


def step_rights(plan: PipelinePlan, step: Step) -> list[Statement]:
    """Statements of the role of a step's job.

    Source: SageMaker Developer Guide, "CreateProcessingJob API: execution role permissions", with resources instead of
    `*`.
    """
    inputs, output = plan.inputs(step), plan.output(step.name)
    if plan.spot and step.name == TRAINING:
        # SageMaker copies the checkpoints to the instance that continues (Developer Guide, "Checkpoints").
        inputs = {**inputs, "checkpoints": plan.checkpoints(step.name)}
    keys = {plan.output_key(step.name), *(plan.key_arns[_purpose(plan, place)] for place in inputs.values())}
    statements: list[Statement] = [
        {
            "Sid": "ReadInputs",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": sorted({place.arn() for place in inputs.values()}),
        },
        *_listing(inputs),
        {
            "Sid": "WriteOutput",
            "Effect": "Allow",
            "Action": ["s3:AbortMultipartUpload", "s3:PutObject"],
            "Resource": output.arn(),
        },
        {
            "Sid": "UseDataKeys",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": sorted(keys),
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{plan.region}.amazonaws.com"}},
        },
        *running(
            region=plan.region,
            account_id=plan.account_id,
            repository_arn=plan.repository_arn,
            image_key_arn=plan.volume_key_arn,
            kind="TrainingJobs" if step.name == TRAINING else "ProcessingJobs",
        ),
    ]
    if "keys" in step.inputs:
        statements += _read_secret(plan, "PseudonymKeys", plan.secret_arn)
    if step.name == "track" and plan.tracking_secret:
        statements += _read_secret(plan, "TrackingPassword", plan.tracking_secret)
    if step.name == "register":
        statements += _registering(plan)
    return statements


def _purpose(plan: PipelinePlan, place: Place) -> str:
    return next(purpose for purpose, bucket in plan.buckets.items() if bucket == place.bucket)


def _listing(inputs: Mapping[str, Place]) -> list[Statement]:
    """SageMaker lists the objects below the prefix of an input; names of files can identify patients."""
    prefixes: dict[str, set[str]] = {}
    for place in inputs.values():
        prefixes.setdefault(place.bucket, set()).add(place.prefix.replace(RUN, "*").rstrip("/") + "*")
    return [
        {
            "Sid": f"ListInputs{number if number > 1 else ''}",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": f"arn:aws:s3:::{bucket}",
            "Condition": {"StringLike": {"s3:prefix": sorted(below)}},
        }
        for number, (bucket, below) in enumerate(sorted(prefixes.items()), start=1)
    ]


def running(*, region: str, account_id: str, repository_arn: str, image_key_arn: str, kind: str) -> list[Statement]:
    """The image, the network interfaces, the log and the metrics of a job.

    Args:
        region: of the job.
        account_id: of the job.
        repository_arn: of the image.
        image_key_arn: key of the image.
        kind: `ProcessingJobs` or `TrainingJobs`, as in the name of the log group.
    """
    group = f"arn:aws:logs:{region}:{account_id}:log-group:/aws/sagemaker/{kind}"
    return [
        *image_pull(repository_arn),
        {
            "Sid": "ImageKey",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": image_key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"ecr.{region}.amazonaws.com"}},
        },
        {
            "Sid": "Interfaces",
            "Effect": "Allow",
            # Interfaces are described and made without a resource that a policy could name beforehand (SageMaker
            # Developer Guide, "Give SageMaker AI processing jobs access to resources in your VPC").
            "Action": [
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
        },
        {
            "Sid": "Log",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{group}:*",
        },
        {
            "Sid": "Metrics",
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": f"/aws/sagemaker/{kind}"}},
        },
    ]


def _read_secret(plan: PipelinePlan, name: str, arn: str) -> list[Statement]:
    """Statements that read one secret; `name` ends the ids of the statements."""
    return [
        {
            "Sid": f"Read{name}",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": arn,
        },
        {
            "Sid": f"Decrypt{name}",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": plan.secret_key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"secretsmanager.{plan.region}.amazonaws.com"}},
        },
    ]


def _registering(plan: PipelinePlan) -> list[Statement]:
    """The versions of the model: created with the status PendingManualApproval only (M8 and the group's policy)."""
    base = f"arn:aws:sagemaker:{plan.region}:{plan.account_id}"
    return [
        {
            "Sid": "Register",
            "Effect": "Allow",
            "Action": ["sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage"],
            "Resource": [
                f"{base}:model-package-group/{plan.package_group}",
                f"{base}:model-package/{plan.package_group}/*",
            ],
        },
        _list_packages(plan),
        {
            "Sid": "WriteArtifact",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": plan.registry.arn(),
        },
        {
            "Sid": "UseArtifactKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": plan.key_arns["artifacts"],
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{plan.region}.amazonaws.com"}},
        },
    ]


def _list_packages(plan: PipelinePlan) -> Statement:
    """The listing of versions, which is decided without a resource when the request names a group."""
    return {
        "Sid": "ListPackages",
        "Effect": "Allow",
        "Action": "sagemaker:ListModelPackages",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": plan.region}},
    }


def machine_rights(plan: PipelinePlan) -> list[Statement]:
    """Statements of the role of the state machine.

    Source: Step Functions Developer Guide, "IAM policies for Amazon SageMaker AI", "X-Ray", "Logging".
    """
    base, name = f"{plan.region}:{plan.account_id}", plan.names.model
    jobs = [f"arn:aws:sagemaker:{base}:{kind}-job/{name}-*" for kind in ("processing", "training")]
    own = f"arn:aws:states:{base}:execution:{plan.names.state_machine}:*"
    statements: list[Statement] = [
        {
            "Sid": "RunJobs",
            "Effect": "Allow",
            "Action": [
                "sagemaker:AddTags",
                "sagemaker:CreateProcessingJob",
                "sagemaker:CreateTrainingJob",
                "sagemaker:DescribeProcessingJob",
                "sagemaker:DescribeTrainingJob",
                "sagemaker:StopProcessingJob",
                "sagemaker:StopTrainingJob",
            ],
            "Resource": jobs,
        },
        {
            "Sid": "PassJobRoles",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": [
                f"arn:aws:iam::{plan.account_id}:role/{plan.names.step_role(step.name)}" for step in plan.steps
            ],
            "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        },
        {
            "Sid": "LearnThatJobsEnd",
            "Effect": "Allow",
            "Action": ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            "Resource": [f"arn:aws:events:{base}:rule/{rule}" for rule in MANAGED_RULES],
        },
        {
            "Sid": "VolumeKey",
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:DescribeKey"],
            "Resource": plan.volume_key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"sagemaker.{plan.region}.amazonaws.com"}},
        },
        {
            "Sid": "Champion",
            "Effect": "Allow",
            "Action": "sagemaker:DescribeModelPackage",
            "Resource": f"arn:aws:sagemaker:{base}:model-package/{plan.package_group}/*",
        },
        _list_packages(plan),
        {
            "Sid": "Lock",
            "Effect": "Allow",
            "Action": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
            "Resource": f"arn:aws:dynamodb:{base}:table/{plan.lock_table}",
            "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"lock#{name}", f"version#{name}#*"]}},
        },
        {"Sid": "Holder", "Effect": "Allow", "Action": "states:DescribeExecution", "Resource": own},
        *_version(plan),
        *observing(plan.region, plan.machine_arn, plan.volume_key_arn),
    ]
    if plan.writer_parameter:
        arn = f"arn:aws:ssm:{base}:parameter{plan.writer_parameter}"
        statements.append({"Sid": "Writer", "Effect": "Allow", "Action": "ssm:GetParameter", "Resource": arn})
    if plan.macie_identifiers:
        statements += _classifying(plan)
    return statements


def _version(plan: PipelinePlan) -> list[Statement]:
    """The document of a data version: hashes and counts, no data."""
    place = plan.output("select")
    return [
        {
            "Sid": "DataVersion",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{place.bucket}/{place.prefix.replace(RUN, '*')}version.json",
        },
        {
            "Sid": "DecryptDataVersion",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": plan.output_key("select"),
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{plan.region}.amazonaws.com"}},
        },
    ]


def _classifying(plan: PipelinePlan) -> list[Statement]:
    """The classification job and its findings. The objects are read by Macie's service-linked role.

    Source: Service Authorization Reference, "Amazon Macie".
    """
    return [
        {
            "Sid": "Classify",
            "Effect": "Allow",
            "Action": ["macie2:CreateClassificationJob", "macie2:DescribeClassificationJob"],
            # Macie gives a job its id: no policy can name it beforehand.
            "Resource": f"arn:aws:macie2:{plan.region}:{plan.account_id}:classification-job/*",
        },
        {
            "Sid": "Findings",
            "Effect": "Allow",
            # These actions have no resource type.
            "Action": ["macie2:GetFindings", "macie2:GetMacieSession", "macie2:ListFindings"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": plan.region}},
        },
    ]


def observing(region: str, machine: str, key_arn: str) -> list[Statement]:
    """The key, the log and the traces of a state machine, by its ARN."""
    in_region = {"StringEquals": {"aws:RequestedRegion": region}}
    return [
        {
            "Sid": "OwnKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key_arn,
            "Condition": {"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": machine}},
        },
        {
            "Sid": "LogDelivery",
            "Effect": "Allow",
            # These actions of vended logs have no resource type.
            "Action": [
                "logs:CreateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:DescribeLogGroups",
                "logs:DescribeResourcePolicies",
                "logs:GetLogDelivery",
                "logs:ListLogDeliveries",
                "logs:PutResourcePolicy",
                "logs:UpdateLogDelivery",
            ],
            "Resource": "*",
            "Condition": in_region,
        },
        {
            "Sid": "Traces",
            "Effect": "Allow",
            # X-Ray's actions for writing have no resource type.
            "Action": [
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
                "xray:PutTelemetryRecords",
                "xray:PutTraceSegments",
            ],
            "Resource": "*",
            "Condition": in_region,
        },
    ]


def schedule_rights(region: str, machine: str, key_arn: str, queue_arn: Any) -> list[Statement]:
    """Statements of the role of a schedule: it starts a state machine, and reports what could not be started."""
    return [
        {"Sid": "Start", "Effect": "Allow", "Action": "states:StartExecution", "Resource": machine},
        {"Sid": "Report", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue_arn},
        {
            "Sid": "QueueKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key_arn,
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": [f"{service}.{region}.amazonaws.com" for service in ("sqs", "states")]
                }
            },
        },
    ]
