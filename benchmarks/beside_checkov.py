"""The whole policy pack over 1,000 resources beside Checkov over the same resources as Terraform, in the same run.

Checkov conflicts with Pulumi's own dependencies, so it gets a virtual environment of its own, in a temporary folder.
Both start from nothing: the pack's process with its start, Checkov with its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

ROOT = Path(__file__).resolve().parents[1]
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TAGS = {"environment": "prod", "owner": "platform", "data-classification": "phi"}
EACH = 200
FORMS: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    "key": (
        "aws:kms/key:Key",
        {"enableKeyRotation": True, "deletionWindowInDays": 30, "tags": TAGS},
        "aws_kms_key",
        {"enable_key_rotation": True, "deletion_window_in_days": 30, "tags": TAGS},
    ),
    "logs": (
        "aws:cloudwatch/logGroup:LogGroup",
        {"kmsKeyId": KEY, "retentionInDays": 365, "tags": TAGS},
        "aws_cloudwatch_log_group",
        {"kms_key_id": KEY, "retention_in_days": 365, "tags": TAGS},
    ),
    "topic": (
        "aws:sns/topic:Topic",
        {"kmsMasterKeyId": KEY, "tags": TAGS},
        "aws_sns_topic",
        {"kms_master_key_id": KEY, "tags": TAGS},
    ),
    "table": (
        "aws:dynamodb/table:Table",
        {
            "hashKey": "id",
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
            "pointInTimeRecovery": {"enabled": True},
            "deletionProtectionEnabled": True,
        },
        "aws_dynamodb_table",
        {
            "name": "t",
            "hash_key": "id",
            "server_side_encryption": {"enabled": True, "kms_key_arn": KEY},
            "point_in_time_recovery": {"enabled": True},
            "deletion_protection_enabled": True,
        },
    ),
    "repository": (
        "aws:ecr/repository:Repository",
        {
            "imageTagMutability": "IMMUTABLE",
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
            "imageScanningConfiguration": {"scanOnPush": True},
        },
        "aws_ecr_repository",
        {
            "name": "r",
            "image_tag_mutability": "IMMUTABLE",
            "encryption_configuration": {"encryption_type": "KMS", "kms_key": KEY},
            "image_scanning_configuration": {"scan_on_push": True},
        },
    ),
}


def pack() -> tuple[float, int]:
    """Seconds of the pack from its start to the last answer, and how many findings."""
    resources = [
        analyzer_pb2.AnalyzerResource(
            type=kind,
            name=f"{name}-{number}",
            urn=f"urn:pulumi:b::b::{kind}::{name}-{number}",
            properties=json_format.ParseDict(props, struct_pb2.Struct()),
            options=analyzer_pb2.AnalyzerResourceOptions(protect=True),
        )
        for number in range(EACH)
        for name, (kind, props, _, _) in FORMS.items()
    ]
    begun = time.perf_counter()
    command = [sys.executable, str(ROOT / "policies"), "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            stub: Any = analyzer_pb2_grpc.AnalyzerStub(
                grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}")
            )
            violations = 0
            for resource in resources:
                request = analyzer_pb2.AnalyzeRequest(
                    type=resource.type,
                    name=resource.name,
                    urn=resource.urn,
                    properties=resource.properties,
                    options=resource.options,
                )
                violations += len(stub.Analyze(request).diagnostics)
            violations += len(stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=resources)).diagnostics)
        finally:
            process.kill()
    return time.perf_counter() - begun, violations


def checkov(folder: Path) -> float:
    """Seconds of Checkov over the same resources, its installation not counted."""
    terraform: dict[str, dict[str, Any]] = {}
    for name, (_, _, kind, body) in FORMS.items():
        terraform[kind] = {f"{name}_{number}": body for number in range(EACH)}
    (folder / "code").mkdir()
    (folder / "code" / "main.tf.json").write_text(json.dumps({"resource": terraform}), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    subprocess.run([str(folder / "venv/bin/pip"), "install", "--quiet", "checkov"], check=True)
    command = [str(folder / "venv/bin/checkov"), "--framework", "terraform", "--quiet", "--compact", "--skip-download"]
    begun = time.perf_counter()
    subprocess.run([*command, "--directory", str(folder / "code")], capture_output=True, check=False)
    return time.perf_counter() - begun


def main() -> None:
    """Prints both, side by side."""
    seconds, violations = pack()
    print(f"policy pack   {len(FORMS) * EACH} resources  {seconds:6.2f} s  ({violations} findings)")
    with tempfile.TemporaryDirectory() as temporary:
        print(f"Checkov       {len(FORMS) * EACH} resources  {checkov(Path(temporary)):6.2f} s")


if __name__ == "__main__":
    main()
