"""An environment to recover in an emulated AWS, created with boto3 as the stacks would create it."""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud, Endpoints, Image, host
from runbooks.aws import Aws
from runbooks.documents import WRITER as WRITER_NAME
from runbooks.documents import BucketPair, EndpointDocument, Mode, RecoveryDocument, root
from runbooks.situation import Situation
from runbooks.snapshot import read_situation
from workloads.pipeline import artifacts
from workloads.readmission import cohort, model
from workloads.readmission.schema import FIELDS, typical

PRIMARY, RECOVERY = "us-east-1", "us-west-2"
PREFIX, ENVIRONMENT = "hipaa-ml", "prod"
PURPOSES = ("artifacts", "results")
LOCKED = "artifacts"
"""Purpose of the bucket without a heartbeat, since its objects are locked."""
TABLE = f"{PREFIX}-{ENVIRONMENT}-recovery"
NAMESPACE = "HipaaMl/Recovery"
WRITER = f"{root(PREFIX, ENVIRONMENT)}/{WRITER_NAME}"
HEARTBEAT = "recovery/heartbeat.json"
DOMAIN = "prod.ml.internal"
CASES = [{"instances": [dict(zip(FIELDS, typical(), strict=True)) | {"age_years": age}]} for age in (40, 70, 90)]


class Session:
    """A boto3 session for runbooks that sends requests to the listener of one region of the emulated AWS."""

    def __init__(self, cloud: Cloud, via: str = RECOVERY) -> None:
        variables = cloud.environment(via=via)
        self._url = variables["AWS_ENDPOINT_URL"]
        self._session: Any = boto3.Session(aws_access_key_id="AKIAREHEARSAL0000000", aws_secret_access_key="rehearsal")

    def client(self, service: str, *, region_name: str, config: Any) -> Any:
        config = config.merge(type(config)(s3={"addressing_style": "path"}, inject_host_prefix=False))
        return self._session.client(service, region_name=region_name, endpoint_url=self._url, config=config)


def container(*, trained: bool) -> Sequence[str]:
    """The command of a container: the inference server of a trained model, or a stub."""
    return [sys.executable, "-m", "workloads.serving" if trained else "tests.runbooks.stub_container"]


@dataclass(kw_only=True)
class RecoveryEnvironment:
    """One environment with endpoints in two regions."""

    cloud: Cloud
    folder: Path
    modes: dict[str, Mode]
    digest: str = ""
    predictions: list[Any] = field(default_factory=list[Any])
    _endpoints: Endpoints | None = None

    def client(self, service: str, region: str) -> Any:
        if self._endpoints is None:
            self._endpoints = self.cloud.endpoints()
        return self._endpoints.client(service, region)

    def aws(self, via: str = RECOVERY, on_message: Callable[[str], None] = lambda _: None) -> Aws:
        return Aws(session=Session(self.cloud, via), on_message=on_message)

    def read_situation(self, region: str = RECOVERY) -> Situation:
        return read_situation(self.aws(), prefix=PREFIX, environment=ENVIRONMENT, region=region)

    def bucket(self, purpose: str, region: str) -> str:
        return f"{PREFIX}-{ENVIRONMENT}-{purpose}-{region}"

    def build(self, trained_model: model.Trained | None = None) -> None:
        """Creates the resources of both regions; the primary serves, without a model by the stub container."""
        if trained_model is not None:
            self.digest = model.save(trained_model, self.folder / "model").sha256
        else:
            (self.folder / "model").mkdir()
            (self.folder / "model" / artifacts.MODEL).write_bytes(b"weights")
            (self.folder / "model" / artifacts.MANIFEST).write_text("{}")
        packed = artifacts.pack(self.folder / "model")
        host(self.cloud, Image(repository="readmission", command=container(trained=trained_model is not None)))
        keys = self._keys()
        for region in (PRIMARY, RECOVERY):
            self._buckets(region, packed)
            self._image(region)
            self._documents(region, keys, hashlib.sha256(packed).hexdigest())
        self._table()
        self._switch()
        for name, mode in self.modes.items():
            for region in (PRIMARY, RECOVERY):
                self._model(name, region)
                if region == PRIMARY or mode != "pilot-light":
                    self.serve(name, region)
        self.wait()
        self._record_answers()
        self.heartbeat()

    def serve(self, name: str, region: str) -> None:
        self.client("sagemaker", region).create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-7")

    def wait(self, *regions: str) -> None:
        for region in regions or (PRIMARY, RECOVERY):
            client = self.client("sagemaker", region)
            for endpoint in client.list_endpoints()["Endpoints"]:
                while client.describe_endpoint(EndpointName=endpoint["EndpointName"])["EndpointStatus"] == "Creating":
                    time.sleep(0.05)

    def heartbeat(self, when: datetime | None = None, regions: Sequence[str] = (PRIMARY, RECOVERY)) -> None:
        beat = {"written": (when or datetime.now(UTC)).isoformat()}
        for region in regions:
            for purpose in (purpose for purpose in PURPOSES if purpose != LOCKED):
                self.client("s3", region).put_object(Bucket=self.bucket(purpose, region), Key=HEARTBEAT, Metadata=beat)

    def ask(self, name: str, region: str, case: int = 0) -> Any:
        answer = self.client("sagemaker-runtime", region).invoke_endpoint(
            EndpointName=name, ContentType="application/json", Body=json.dumps(CASES[case])
        )
        return json.loads(answer["Body"].read())["predictions"]

    def statuses(self, region: str) -> dict[str, str]:
        endpoints = self.client("sagemaker", region).list_endpoints()["Endpoints"]
        return {endpoint["EndpointName"]: endpoint["EndpointStatus"] for endpoint in endpoints}

    def writer(self, region: str) -> str:
        return str(self.client("ssm", region).get_parameter(Name=WRITER)["Parameter"]["Value"])

    def _keys(self) -> list[str]:
        key_id = self.client("kms", PRIMARY).create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
        self.client("kms", PRIMARY).replicate_key(KeyId=key_id, ReplicaRegion=RECOVERY)
        return [key_id]

    def _buckets(self, region: str, packed: bytes) -> None:
        client = self.client("s3", region)
        where = {} if region == PRIMARY else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        for purpose in (*PURPOSES, "records"):
            client.create_bucket(Bucket=self.bucket(purpose, region), **where)
            client.put_bucket_versioning(
                Bucket=self.bucket(purpose, region), VersioningConfiguration={"Status": "Enabled"}
            )
        client.put_object(Bucket=self.bucket("artifacts", region), Key="readmission/7/model.tar.gz", Body=packed)

    def _image(self, region: str) -> None:
        client = self.client("ecr", region)
        client.create_repository(repositoryName="readmission")
        kind = "application/vnd.docker.distribution.manifest.v2+json"
        manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": {}, "layers": []})
        client.put_image(repositoryName="readmission", imageManifest=manifest, imageTag="7")

    def image_digest(self, region: str) -> str:
        [image] = self.client("ecr", region).describe_images(repositoryName="readmission")["imageDetails"]
        return str(image["imageDigest"])

    def _documents(self, region: str, keys: list[str], sha256: str) -> None:
        client = self.client("ssm", region)
        topic = self.client("sns", region).create_topic(Name="recovery")["TopicArn"]
        topics = {topic_region: topic.replace(region, topic_region) for topic_region in (PRIMARY, RECOVERY)}
        document = RecoveryDocument(
            environment=ENVIRONMENT,
            primary=PRIMARY,
            recovery=RECOVERY,
            journal_table=TABLE,
            topics=topics,
            record_buckets={name: self.bucket("records", name) for name in (PRIMARY, RECOVERY)},
            writer_parameter=WRITER,
            pairs=[
                BucketPair(
                    purpose=purpose,
                    primary=self.bucket(purpose, PRIMARY),
                    recovery=self.bucket(purpose, RECOVERY),
                    heartbeat=purpose != LOCKED,
                )
                for purpose in PURPOSES
            ],
            heartbeat_key=HEARTBEAT,
            key_ids=keys,
            rto_minutes=15,
            rpo_minutes=15,
            drill_days=90,
            two_people=True,
            approver_role="",
            endpoints=[self._endpoint_document(name, mode, region, sha256) for name, mode in self.modes.items()],
        )
        for name, text in document.texts().items():
            client.put_parameter(Name=f"{root(PREFIX, ENVIRONMENT)}/{name}", Value=text, Type="String")
        client.put_parameter(Name=WRITER, Value=PRIMARY, Type="String")

    def _endpoint_document(self, name: str, mode: Mode, region: str, sha256: str) -> EndpointDocument:
        return EndpointDocument(
            name=name,
            mode=mode,
            record=f"{name}.{DOMAIN}",
            variant="primary",
            instances=2,
            standby_instances=0 if mode == "pilot-light" else 1,
            config=f"{name}-7",
            model_version="7",
            artifact_bucket=self.bucket("artifacts", region),
            artifact_key="readmission/7/model.tar.gz",
            artifact_sha256=sha256,
            image_repository="readmission",
            image_digest=self.image_digest(region),
            smoke_bucket=self.bucket("artifacts", region),
            smoke_key=f"smoke/{name}-7.json",
            alarm=f"{PREFIX}-{name}-failed-over",
            withdrawal_alarm=f"{PREFIX}-{name}-withdrawn" if mode == "active-active" else "",
            metric_namespace=NAMESPACE,
            metric_name="FailedOver",
        )

    def _table(self) -> None:
        self.client("dynamodb", RECOVERY).create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": "S"} for attribute in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )

    def _switch(self) -> None:
        dns = self.client("route53", PRIMARY)
        zone = dns.create_hosted_zone(Name=DOMAIN, CallerReference="1")["HostedZone"]["Id"]
        for name, mode in self.modes.items():
            active_active = mode == "active-active"
            check = self._check(f"{PREFIX}-{name}-failed-over", "FailedOver", name, RECOVERY)
            withdrawal_check = (
                self._check(f"{PREFIX}-{name}-withdrawn", "Withdrawn", name, PRIMARY) if active_active else None
            )
            changes = [
                {
                    "Action": "UPSERT",
                    "ResourceRecordSet": {
                        "Name": f"{name}.{DOMAIN}",
                        "Type": "CNAME",
                        "TTL": 10,
                        "SetIdentifier": role.lower(),
                        "ResourceRecords": [{"Value": f"runtime.sagemaker.{region}.amazonaws.com"}],
                        **({"Weight": 50} if active_active else {"Failover": role}),
                        **({"HealthCheckId": followed} if followed else {}),
                    },
                }
                for role, region, followed in (("PRIMARY", PRIMARY, check), ("SECONDARY", RECOVERY, withdrawal_check))
            ]
            dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    def _check(self, alarm: str, metric: str, endpoint: str, region: str) -> str:
        dimensions = [{"Name": "Environment", "Value": ENVIRONMENT}, {"Name": "Endpoint", "Value": endpoint}]
        self.client("cloudwatch", region).put_metric_alarm(
            AlarmName=alarm,
            Namespace=NAMESPACE,
            MetricName=metric,
            Dimensions=dimensions,
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="ignore",
        )
        response = self.client("route53", PRIMARY).create_health_check(
            CallerReference=alarm,
            HealthCheckConfig={
                "Type": "CLOUDWATCH_METRIC",
                "AlarmIdentifier": {"Region": region, "Name": alarm},
                "InsufficientDataHealthStatus": "LastKnownStatus",
            },
        )
        return str(response["HealthCheck"]["Id"])

    def _serving_role(self) -> str:
        """ARN of the role that SageMaker assumes for the models."""
        iam = self.client("iam", PRIMARY)
        trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        with suppress(ClientError):
            iam.create_role(
                RoleName="serving",
                AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            )
        return "arn:aws:iam::111122223333:role/serving"

    def _model(self, name: str, region: str) -> None:
        client = self.client("sagemaker", region)
        image = f"111122223333.dkr.ecr.{region}.amazonaws.com/readmission@{self.image_digest(region)}"
        client.create_model(
            ModelName=f"{name}-7",
            ExecutionRoleArn=self._serving_role(),
            PrimaryContainer={
                "Image": image,
                "ModelDataUrl": f"s3://{self.bucket('artifacts', region)}/readmission/7/model.tar.gz",
                "Environment": {"MODEL_VERSION": "7", "MODEL_SHA256": self.digest},
            },
        )
        standby = region == RECOVERY and self.modes[name] == "warm"
        client.create_endpoint_config(
            EndpointConfigName=f"{name}-7",
            ProductionVariants=[
                {
                    "VariantName": "primary",
                    "ModelName": f"{name}-7",
                    "InstanceType": "ml.m5.large",
                    "InitialInstanceCount": 1 if standby else 2,
                }
            ],
        )

    def _record_answers(self) -> None:
        for name in self.modes:
            cases = [{**case, "predictions": self.ask(name, PRIMARY, number)} for number, case in enumerate(CASES)]
            self.predictions = [case["predictions"] for case in cases]
            for region in (PRIMARY, RECOVERY):
                self.client("s3", region).put_object(
                    Bucket=self.bucket("artifacts", region),
                    Key=f"smoke/{name}-7.json",
                    Body=json.dumps({"cases": cases}),
                )


def trained() -> model.Trained:
    """A small model, the same in every run."""
    return model.train(cohort.generate(5000), seed=1)
