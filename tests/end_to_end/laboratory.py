"""One account of the emulated AWS with a pipeline in it: definition and rights of the components, without a zone.

State machine, jobs and roles are those that `components.ml.pipeline` deploys, so that a run takes a minute. The zone
is brought up in `test_e2e_retraining`.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.ml.pipeline_definition import definition
from components.ml.pipeline_plan import PANDAS, Engine, PipelineNames, PipelinePlan
from components.ml.pipeline_rights import machine_rights, step_rights
from tests.end_to_end.machine_account import ACCOUNT, EAST, MachineAccount
from zone.settings.ml import MACIE_IDENTIFIERS

PURPOSES = ("artifacts", "deidentified", "features", "raw-phi")
TABLE, GROUP = "pipelines", "hipaa-ml-readmission"
TEAM = "cardiology"


@dataclass(frozen=True, kw_only=True)
class Run:
    """How an execution ended."""

    name: str
    status: str
    cause: str
    jobs: Mapping[str, str]
    """Step -> status of its job."""


class Laboratory(MachineAccount):
    """The account."""

    def __init__(self, state: Path, engine: Engine = PANDAS, *, spot: bool = False) -> None:
        super().__init__(state)
        self._engine: Engine = engine
        self._spot = spot
        self.plan = self._plan()
        self._resources()
        self.deploy(definition(self.plan))

    def _plan(self) -> PipelinePlan:
        subnet, group = self.network()
        secret = self.client("secretsmanager").create_secret(Name="pseudonyms", KmsKeyId=self.key)["ARN"]
        return PipelinePlan(
            names=PipelineNames(prefix="hipaa-ml", environment="staging", model="readmission"),
            region=EAST,
            account_id=ACCOUNT,
            definition="readmission",
            team=TEAM,
            buckets={purpose: f"laboratory-{purpose}" for purpose in PURPOSES},
            key_arns=dict.fromkeys(PURPOSES, self.key),
            raw_prefix=f"{TEAM}/encounters",
            secret_arn=secret,
            secret_key_arn=self.key,
            macie_identifiers=MACIE_IDENTIFIERS,
            tracking_secret="",  # the run is recorded without a server
            image=f"{ACCOUNT}.dkr.ecr.{EAST}.amazonaws.com/hipaa-ml/pipeline@sha256:" + "a" * 64,
            repository_arn=f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/pipeline",
            image_digest="sha256:" + "a" * 64,
            subnets=[subnet],
            security_groups=[group],
            volume_key_arn=self.key,
            lock_table=TABLE,
            package_group=GROUP,
            writer_parameter="/hipaa-ml/recovery/staging/state/writer-region",
            instance_type="ml.m5.xlarge",
            volume_gigabytes=30,
            step_minutes=60,
            spot=self._spot,
            engine=self._engine,
            spark_instances=2,
            settings={
                "commit": "abcdef0",
                "image_digest": "sha256:" + "a" * 64,
                "registry": f"sagemaker:{GROUP}@laboratory-artifacts/{TEAM}/registry/readmission",
            },
        )

    def _resources(self) -> None:
        plan = self.plan
        for bucket in plan.buckets.values():
            self.client("s3").create_bucket(Bucket=bucket)
        self.table(TABLE)
        self.client("macie2").enable_macie()
        self.admit_macie()
        self.client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
        for kind in ("ProcessingJobs", "TrainingJobs"):
            self.client("logs").create_log_group(logGroupName=f"/aws/sagemaker/{kind}")
        self.role(plan.names.machine_role, "states", machine_rights(plan))
        for step in plan.steps:
            self.role(plan.names.step_role(step.name), "sagemaker", step_rights(plan, step))

    def admit_macie(self) -> None:
        """Lets Macie decrypt objects, as the keys of the data do."""
        kms = self.client("kms")
        policy = json.loads(kms.get_key_policy(KeyId=self.key, PolicyName="default")["Policy"])
        linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"
        through_s3 = {"kms:CallerAccount": ACCOUNT, "kms:ViaService": f"s3.{EAST}.amazonaws.com"}
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {"StringEquals": through_s3, "ArnEquals": {"aws:PrincipalArn": linked}},
        }
        policy["Statement"].append(statement)
        kms.put_key_policy(KeyId=self.key, PolicyName="default", Policy=json.dumps(policy))

    def deploy(self, document: Mapping[str, Any]) -> None:
        """Creates the state machine, or replaces its definition."""
        self.machine(self.plan.names.state_machine, document, self.plan.names.machine_role)

    @property
    def arn(self) -> str:
        return self.machine_arn(self.plan.names.state_machine)

    def upload(self, raw: bytes, names_model: Path, keys: str) -> None:
        """Uploads raw data, the names model and the keys of the pseudonyms."""
        s3, plan = self.client("s3"), self.plan
        s3.put_object(Bucket=plan.raw.bucket, Key=f"{plan.raw.prefix}encounters.csv", Body=raw)
        for file in names_model.rglob("*"):
            if file.is_file():
                key = f"{plan.names_model.prefix}{file.relative_to(names_model).as_posix()}"
                s3.put_object(Bucket=plan.names_model.bucket, Key=key, Body=file.read_bytes())
        self.client("secretsmanager").put_secret_value(SecretId=plan.secret_arn, SecretString=keys)

    def start(self) -> str:
        """Starts an execution and gives its ARN."""
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=self.arn, name=secrets.token_hex(8), input="{}"
        )
        return str(answer["executionArn"])

    def run(self) -> Run:
        """Starts an execution and waits for its end."""
        return self.wait(self.start())

    def wait(self, arn: str) -> Run:
        """Waits for the end of an execution."""
        described = self.ended(arn)
        name = described["name"]
        return Run(name=name, status=described["status"], cause=described.get("cause", ""), jobs=self.jobs(name))

    def jobs(self, run: str) -> Mapping[str, str]:
        """Step -> status of its job in a run."""
        client = self.client("sagemaker")
        results: dict[str, str] = {}
        for step in self.plan.steps:
            for kind in ("processing", "training"):
                name = f"{self.plan.names.model}-{step.name}-{run}-0"
                try:
                    described = getattr(client, f"describe_{kind}_job")(**{f"{kind.title()}JobName": name})
                except client.exceptions.ClientError:
                    continue
                results[step.name] = described[f"{kind.title()}JobStatus"]
        return results

    def packages(self) -> list[dict[str, Any]]:
        """The registered versions."""
        client = self.client("sagemaker")
        listed = client.list_model_packages(ModelPackageGroupName=GROUP)["ModelPackageSummaryList"]
        return [client.describe_model_package(ModelPackageName=entry["ModelPackageArn"]) for entry in listed]

    def locked(self) -> bool:
        """Whether the lock is held."""
        key = {"pk": {"S": "lock#readmission"}}
        return "Item" in self.client("dynamodb").get_item(TableName=TABLE, Key=key)
