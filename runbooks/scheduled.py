"""The readiness check as a Lambda function, which publishes CloudWatch metrics."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import boto3

from runbooks.aws import Aws
from runbooks.observe import replica_heartbeats
from runbooks.readiness import readiness
from runbooks.situation import Finding, Situation
from runbooks.snapshot import read_situation


def handler(_event: Any, _context: Any) -> Mapping[str, Any]:
    """Entry point of the function. It assumes the role of the runbooks, so that the check covers its permissions."""
    region, environment = os.environ["AWS_REGION"], os.environ["ENVIRONMENT"]
    aws = Aws(session=_session(os.environ["RUNBOOK_ROLE"], region))
    situation = read_situation(aws, prefix=os.environ["PREFIX"], environment=environment, region=region)
    findings = readiness(situation)
    values = metrics(situation, findings)
    aws.client("cloudwatch", region).put_metric_data(
        Namespace=os.environ["NAMESPACE"],
        MetricData=[
            {"MetricName": name, "Value": value, "Dimensions": [{"Name": "Environment", "Value": environment}]}
            for name, value in values.items()
        ],
    )
    failed = [
        {"check": finding.check, "subject": finding.subject, "found": finding.found}
        for finding in findings
        if not finding.ok
    ]
    sys.stdout.write(json.dumps({"environment": environment, "figures": dict(values), "in the way": failed}) + "\n")
    return values


NEVER = 36_500.0
"""Value of a metric for what has never happened: above every threshold."""


def metrics(situation: Situation, findings: Sequence[Finding]) -> Mapping[str, float]:
    """Name -> value of each published metric."""
    now = situation.snapshot.now
    rpos = [replica.rpo(now) for replica in replica_heartbeats(situation.aws, situation.zone, "recovery")]
    drill = situation.journal.last("failback")
    return {
        "RpoSeconds": max((rpo.total_seconds() if rpo is not None else NEVER for rpo in rpos), default=NEVER),
        "StandbyDiffers": float(sum(finding.check == "same model" and not finding.ok for finding in findings)),
        "NotReady": float(sum(not finding.ok and finding.check != "drill" for finding in findings)),
        "DrillAgeDays": (now - drill.started).total_seconds() / 86_400 if drill else NEVER,
    }


def _session(role: str, region: str) -> Any:
    credentials = boto3.client("sts", region_name=region).assume_role(RoleArn=role, RoleSessionName="readiness")[
        "Credentials"
    ]
    return boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
