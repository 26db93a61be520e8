"""The rights of a monitor: its job reads and writes objects, its state machine starts the job and the retraining."""

from components.documents import Statement
from components.ml.monitor_plan import NAMESPACE, MonitorPlan
from components.ml.pipeline_rights import MANAGED_RULES, observing, running


def job_rights(plan: MonitorPlan) -> list[Statement]:
    """Statements of the role of the job."""
    bucket = f"arn:aws:s3:::{plan.bucket}"
    captured = [f"{plan.captures}/*", *([f"{plan.shadow_captures}/*"] if plan.shadow else [])]
    read = (*captured, f"{plan.baseline}/*", f"{plan.own}/history/*", f"{plan.own}/labels/*")
    return [
        {"Sid": "ReadInputs", "Effect": "Allow", "Action": "s3:GetObject", "Resource": [f"{bucket}/{p}" for p in read]},
        _listing(plan, [*captured, f"{plan.baseline}*", f"{plan.own}/*"]),
        {
            "Sid": "WriteResults",
            "Effect": "Allow",
            "Action": ["s3:AbortMultipartUpload", "s3:PutObject"],
            "Resource": [f"{bucket}/{plan.own}/history/*", f"{bucket}/{plan.own}/results/*"],
        },
        _data_key(plan, ["kms:Decrypt", "kms:GenerateDataKey"]),
        *running(
            region=plan.region,
            account_id=plan.account_id,
            repository_arn=plan.repository_arn,
            image_key_arn=plan.key_arn,
            kind="ProcessingJobs",
        ),
    ]


def _listing(plan: MonitorPlan, prefixes: list[str]) -> Statement:
    return {
        "Sid": "ListInputs",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{plan.bucket}",
        "Condition": {"StringLike": {"s3:prefix": prefixes}},
    }


def _data_key(plan: MonitorPlan, actions: list[str]) -> Statement:
    return {
        "Sid": "UseDataKey",
        "Effect": "Allow",
        "Action": actions,
        "Resource": plan.bucket_key_arn,
        "Condition": {"StringEquals": {"kms:ViaService": f"s3.{plan.region}.amazonaws.com"}},
    }


def machine_rights(plan: MonitorPlan) -> list[Statement]:
    """Statements of the role of the state machine. It reads decisions, and no captured data."""
    base = f"{plan.region}:{plan.account_id}"
    captures = f"capture/{plan.names.endpoint}/{plan.names.endpoint}/*" if plan.shadow else f"{plan.captures}/*"
    statements: list[Statement] = [
        {
            "Sid": "RunJobs",
            "Effect": "Allow",
            "Action": [
                "sagemaker:AddTags",
                "sagemaker:CreateProcessingJob",
                "sagemaker:DescribeProcessingJob",
                "sagemaker:StopProcessingJob",
            ],
            "Resource": f"arn:aws:sagemaker:{base}:processing-job/{plan.names.model}-monitor-*",
        },
        {
            "Sid": "PassJobRole",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": f"arn:aws:iam::{plan.account_id}:role/{plan.names.job_role}",
            "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        },
        {
            "Sid": "LearnThatJobsEnd",
            "Effect": "Allow",
            "Action": ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            "Resource": f"arn:aws:events:{base}:rule/{MANAGED_RULES[0]}",
        },
        {
            "Sid": "VolumeKey",
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:DescribeKey"],
            "Resource": plan.key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"sagemaker.{plan.region}.amazonaws.com"}},
        },
        _listing(plan, [captures, f"{plan.own}/*"]),
        {
            "Sid": "ReadDecision",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{plan.bucket}/{plan.own}/results/*/decision.json",
        },
        _data_key(plan, ["kms:Decrypt"]),
        {
            "Sid": "PublishMetrics",
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        },
        {"Sid": "SendSummary", "Effect": "Allow", "Action": "sns:Publish", "Resource": plan.topic_arn},
        {
            "Sid": "TopicKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": plan.topic_key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"sns.{plan.region}.amazonaws.com"}},
        },
        *observing(plan.region, plan.machine_arn, plan.key_arn),
    ]
    return [*statements, *_starting(plan, base)]


def _starting(plan: MonitorPlan, base: str) -> list[Statement]:
    """The start of the retraining, where there is one."""
    if not plan.retraining_arn:
        return []
    statements: list[Statement] = [
        {"Sid": "Retrain", "Effect": "Allow", "Action": "states:StartExecution", "Resource": plan.retraining_arn},
        {
            "Sid": "CoolDown",
            "Effect": "Allow",
            "Action": ["dynamodb:DeleteItem", "dynamodb:PutItem"],
            "Resource": f"arn:aws:dynamodb:{base}:table/{plan.table}",
            "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [f"cooldown#{plan.names.model}"]}},
        },
    ]
    if plan.writer_parameter:
        arn = f"arn:aws:ssm:{base}:parameter{plan.writer_parameter}"
        statements.append({"Sid": "Writer", "Effect": "Allow", "Action": "ssm:GetParameter", "Resource": arn})
    return statements
