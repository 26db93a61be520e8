"""The deployed environment of the drill: its data, its endpoint, its state machines, and its principals."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from drills.drift.population import Patient
from drills.drift.project import ENVIRONMENT, MODEL, Project
from drills.errors import DrillError
from drills.principals import Principals, access_role
from rehearsal.cloud import Cloud

REGION: Final = "us-east-1"
TEAM: Final = "cardiology"
DATA_SET: Final = "cardiology_encounters"
ENDPOINT: Final = f"{MODEL}-{ENVIRONMENT}"
MONITOR: Final = f"hipaa-ml-monitor-{MODEL}-{ENVIRONMENT}"
RETRAINING: Final = f"hipaa-ml-{MODEL}-{ENVIRONMENT}"
REPOSITORY: Final = f"hipaa-ml/{MODEL}"
NAMESPACE: Final = "HipaaMl/Monitoring"
_PATIENCE: Final = 900.0
"""Seconds after which a wait has failed."""
_MEDIA: Final = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST: Final = json.dumps({"schemaVersion": 2, "mediaType": _MEDIA, "config": {}, "layers": []})
"""Manifest of the serving image: the emulated AWS runs the inference server of this machine."""
IMAGE_DIGEST: Final = f"sha256:{hashlib.sha256(MANIFEST.encode()).hexdigest()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Staging:
    """The environment, with the clients of its account."""

    principals: Principals
    buckets: Mapping[str, str]
    """Purpose -> bucket."""

    @classmethod
    def of(cls, project: Project) -> "Staging":
        """Reads the deployed environment.

        Raises:
            DrillError: the emulated AWS is not running.
        """
        cloud = Cloud.attach(project.root / ".rehearsal")
        if cloud is None:
            raise DrillError("The emulated AWS is not running.")
        endpoints = cloud.endpoints()
        data, spoke = project.outputs(f"data-{ENVIRONMENT}"), project.outputs(f"ml-{ENVIRONMENT}")
        network = project.outputs(f"network-{REGION}")
        account = str(data["account_id"])
        principals = Principals(endpoints=endpoints, account=account, administrator=access_role(endpoints, account))
        return cls(
            principals=replace(
                principals,
                s3_endpoints={REGION: str(spoke["s3_endpoint_id"])},
                runtime_endpoints={REGION: str(network["endpoint_ids"]["sagemaker.runtime"])},
            ),
            buckets={purpose: str(regions[REGION]) for purpose, regions in data["buckets"].items()},
        )

    def client(self, service: str) -> Any:
        """A client of the account's access role."""
        return self.principals.client(service, REGION, self.principals.administrator)

    def owner(self) -> Any:
        """An S3 client of the owner of the model, who delivers outcomes and reads captured data and results."""
        return self.principals.client("s3", REGION, self.principals.model_owner(self.buckets["artifacts"], ENDPOINT))

    def push_image(self) -> None:
        """Pushes the serving image."""
        client = self.client("ecr")
        if not client.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": IMAGE_DIGEST}])["images"]:
            client.put_image(
                repositoryName=REPOSITORY, imageManifest=MANIFEST, imageManifestMediaType=_MEDIA, imageTag="drill"
            )

    def upload(self, extract: Path, names_model: Path) -> None:
        """Uploads an extract and the names model as the team, in place of what was uploaded before."""
        s3 = self.principals.client("s3", REGION, self.principals.team())
        s3.put_object(
            Bucket=self.buckets["raw-phi"], Key=f"{TEAM}/{DATA_SET}/encounters.csv", Body=extract.read_bytes()
        )
        for file in sorted(names_model.rglob("*")):
            if file.is_file():
                key = f"{TEAM}/names-model/{file.relative_to(names_model).as_posix()}"
                s3.put_object(Bucket=self.buckets["artifacts"], Key=key, Body=file.read_bytes())

    def send(self, day: date, patients: Sequence[Patient]) -> dict[str, int]:
        """Sends the requests of a day as an application does.

        Returns:
            Pseudonym -> outcome.
        """
        runtime = self.principals.client("sagemaker-runtime", REGION, self.principals.application(ENDPOINT, "/none"))
        outcomes: dict[str, int] = {}
        start = datetime(day.year, day.month, day.day, 6)  # noqa: DTZ001 - a day of the drill, written as UTC below
        moment = [start]

        def shifted(params: dict[str, Any], **_: Any) -> None:
            params["headers"]["x-rehearsal-time"] = f"{moment[0]:%Y-%m-%dT%H:%M:%SZ}"

        runtime.meta.events.register("before-call", shifted, unique_id=f"drift-{day}")
        for number, patient in enumerate(patients):
            moment[0] = start + timedelta(minutes=10 * number)
            pseudonym = f"k1:{hashlib.sha256(f'{day} {number}'.encode()).hexdigest()[:32]}"
            body = json.dumps({"instances": [patient.fields]})
            runtime.invoke_endpoint(
                EndpointName=ENDPOINT, ContentType="application/json", Body=body, InferenceId=pseudonym
            )
            outcomes[pseudonym] = patient.outcome
        runtime.meta.events.unregister("before-call", unique_id=f"drift-{day}")
        return outcomes

    def await_captures(self, count: int) -> None:
        """Waits until so many requests were captured in all.

        Raises:
            DrillError: they were not.
        """
        s3, deadline = self.owner(), time.monotonic() + _PATIENCE
        counted: dict[str, int] = {}
        while sum(counted.values()) < count:
            if time.monotonic() > deadline:
                raise DrillError(f"{sum(counted.values())} of {count} requests were captured.")
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.buckets["artifacts"], Prefix=f"capture/{ENDPOINT}/"
            )
            for key in [entry["Key"] for page in pages for entry in page.get("Contents", [])]:
                if key not in counted:
                    content = s3.get_object(Bucket=self.buckets["artifacts"], Key=key)["Body"].read()
                    counted[key] = content.count(b"\n")
            time.sleep(0.2)

    def add_outcomes(self, day: date, outcomes: Mapping[str, int]) -> None:
        """Uploads outcomes in SageMaker's format of ground truth."""
        lines = [
            json.dumps(
                {
                    "groundTruthData": {"data": str(outcome), "encoding": "CSV"},
                    "eventMetadata": {"inferenceId": pseudonym},
                    "eventVersion": "0",
                }
            )
            for pseudonym, outcome in outcomes.items()
        ]
        self.owner().put_object(
            Bucket=self.buckets["artifacts"],
            Key=f"monitoring/{ENDPOINT}/labels/{day:%Y/%m/%d}/outcomes.jsonl",
            Body=("\n".join(lines) + "\n").encode(),
        )

    def execute(self, machine: str, name: str, execution_input: Mapping[str, Any]) -> Mapping[str, Any]:
        """Starts a state machine, and waits for its end."""
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=self._machine(machine), name=name, input=json.dumps(execution_input)
        )
        return self.ended(str(started["executionArn"]))

    def ended(self, execution: str) -> Mapping[str, Any]:
        """Waits for the end of an execution, and describes it.

        Raises:
            DrillError: it failed, or did not end.
        """
        client, deadline = self.client("stepfunctions"), time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            described: Mapping[str, Any] = client.describe_execution(executionArn=execution)
            if described["status"] == "SUCCEEDED":
                return described
            if described["status"] != "RUNNING":
                raise DrillError(f"{execution} {described['status']}: {described.get('cause', '')}")
            time.sleep(0.2)
        raise DrillError(f"{execution} did not end within {_PATIENCE:g} s.")

    def retrainings(self) -> list[Mapping[str, Any]]:
        """Executions of the retraining that monitors started."""
        listed = self.client("stepfunctions").list_executions(stateMachineArn=self._machine(RETRAINING))["executions"]
        return [execution for execution in listed if execution["name"].startswith("drift-")]

    def result(self, run: str, name: str) -> bytes:
        """A file of the results of a run of the monitor."""
        key = f"monitoring/{ENDPOINT}/results/{run}/{name}"
        content: bytes = self.owner().get_object(Bucket=self.buckets["artifacts"], Key=key)["Body"].read()
        return content

    def alarms(self) -> dict[str, str]:
        """Alarm of the monitor -> state."""
        answer = self.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{MONITOR}-")
        return {
            alarm["AlarmName"].removeprefix(f"{MONITOR}-"): alarm["StateValue"]
            for alarm in answer["MetricAlarms"]
            if alarm["Namespace"] == NAMESPACE
        }

    def packages(self) -> list[Mapping[str, Any]]:
        """The registered versions, oldest first."""
        client = self.client("sagemaker")
        listed = client.list_model_packages(ModelPackageGroupName=f"hipaa-ml-{MODEL}")["ModelPackageSummaryList"]
        described = [client.describe_model_package(ModelPackageName=entry["ModelPackageArn"]) for entry in listed]
        return sorted(described, key=lambda package: int(package["ModelPackageArn"].rpartition("/")[2]))

    def served_model(self) -> str:
        """SHA-256 of the model file that the endpoint serves."""
        client = self.client("sagemaker")
        config = client.describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"]
        variant = client.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]
        container = client.describe_model(ModelName=variant["ModelName"])["PrimaryContainer"]
        return str(container["Environment"]["MODEL_SHA256"])

    def _machine(self, name: str) -> str:
        return f"arn:aws:states:{REGION}:{self.principals.account}:stateMachine:{name}"
