"""The zone that a drill is held in: brought up by `rehearse`, with a trained model behind either region's endpoint."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from drills.runbook import ROOT, runbook
from rehearsal.cloud import Cloud, Credentials, Endpoints, Image, host
from workloads.readmission import artifact, cohort, model
from workloads.readmission.schema import FIELDS

MODEL: Final = "readmission"
CASES: Final = 20
"""Known inputs whose answers are recorded before the drill."""
MEDIA: Final = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST: Final = json.dumps(
    {"schemaVersion": 2, "mediaType": MEDIA, "config": {}, "layers": []}, separators=(",", ":")
)
"""The stand-in for the image: no image can be built without a registry to build from, and its command is known."""


class DrillError(Exception):
    """The drill cannot be held; the message says why."""


@dataclass(kw_only=True, slots=True)
class DrillZone:
    """A rehearsed environment, as a drill sees it."""

    environment: str
    state: Path
    primary: str
    recovery: str
    account: str
    document: Mapping[str, Any]
    """The zone's own recovery document."""
    endpoint: Mapping[str, Any]
    """The endpoint's, as the recovery region knows it."""
    cloud: Cloud
    endpoints: Endpoints
    credentials: Credentials

    def client(self, service: str, region: str) -> Any:
        """A client in the environment's account."""
        return self.endpoints.client(service, region, self.credentials)

    def bucket(self, purpose: str, region: str) -> str:
        """A bucket of the environment's data."""
        side = "primary" if region == self.primary else "recovery"
        return str(next(pair for pair in self.document["pairs"] if pair["purpose"] == purpose)[side])


def bring_up(environment: str, say: Callable[[str], None], *, up: bool = True) -> DrillZone:
    """Brings up what the environment needs, publishes the model, and serves it in both regions.

    Raises:
        DrillError: a stack does not come up, or the environment has no critical endpoint.
    """
    before, serving = _stacks(environment)
    if up:
        say(f"bringing up {', '.join(before)}")
        _rehearse("up", *before)
    cloud = Cloud.attach(ROOT / ".rehearsal")
    if cloud is None:
        raise DrillError("the emulated cloud is not up: run the drill without --no-up")
    host(cloud, Image(repository=f"hipaa-ml/{MODEL}", command=[sys.executable, "-m", "workloads.serving"]))
    data = json.loads(_rehearse("outputs", f"data-{environment}", "--json"))
    account = str(data["account_id"])
    endpoints = cloud.endpoints()
    credentials = _credentials(endpoints, account)
    primary = next(iter(data["buckets"]["artifacts"]))
    say("training the model and publishing its artifact")
    _publish(endpoints.client("s3", primary, credentials), data["buckets"]["artifacts"][primary])
    if up:
        say(f"bringing up {', '.join(serving)}")
        _rehearse("up", *serving)
    zone = _discovered(environment, cloud, endpoints, credentials, account)
    _push(zone)
    await_object(zone, "artifacts", f"{MODEL}/1/model.tar.gz")
    for region in (zone.primary, zone.recovery):
        _answering(zone, region)
    _record_answers(zone)
    return zone


def _stacks(environment: str) -> tuple[list[str], list[str]]:
    graph = {stack["name"]: stack["needs"] for stack in json.loads(_rehearse("graph", "--json"))["stacks"]}
    last = f"recovery-{environment}"
    if last not in graph:
        environments = ", ".join(name.removeprefix("recovery-") for name in graph if name.startswith("recovery-"))
        raise DrillError(f"no environment {environment!r} stands by anywhere; environments: {environments}")
    stacks: set[str] = set()

    def need(stack: str) -> None:
        if stack not in stacks:
            stacks.add(stack)
            for dependency in graph[stack]:
                need(dependency)

    need(last)
    serving = [f"ml-{environment}", last]
    if f"data-{environment}" not in stacks:
        raise DrillError(f"{last} serves no model: give one a standby in Pulumi.yaml, hipaa-ml:ml")
    return [name for name in graph if name in stacks and name not in serving], serving


def _rehearse(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DrillError(f"`rehearse {' '.join(words)}` failed:\n{done.stderr[-2000:]}{done.stdout[-2000:]}")
    return done.stdout


def _credentials(endpoints: Endpoints, account: str) -> Credentials:
    credentials = endpoints.client("sts", "us-east-1").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", RoleSessionName="drill"
    )["Credentials"]
    return Credentials(
        access_key=credentials["AccessKeyId"],
        secret_key=credentials["SecretAccessKey"],
        token=credentials["SessionToken"],
    )


def _publish(s3: Any, bucket: str) -> None:
    trained = model.train(cohort.generate(), seed=cohort.SEED)
    folder = ROOT / ".rehearsal" / "model"
    artifact.save(trained, folder, version="1", seed=cohort.SEED)
    s3.put_object(Bucket=bucket, Key=f"{MODEL}/1/model.tar.gz", Body=artifact.pack(folder))


def _discovered(
    environment: str, cloud: Cloud, endpoints: Endpoints, credentials: Credentials, account: str
) -> DrillZone:
    root = f"/hipaa-ml/recovery/{environment}"
    outputs = json.loads(_rehearse("outputs", f"recovery-{environment}", "--json"))
    recovery = str(outputs["topic_arn"]).split(":")[3]
    ssm = endpoints.client("ssm", recovery, credentials)

    def document(name: str) -> Mapping[str, Any]:
        document_value: Mapping[str, Any] = json.loads(ssm.get_parameter(Name=f"{root}/{name}")["Parameter"]["Value"])
        return document_value

    zone = document("zone")
    [name] = outputs["endpoints"].values()
    return DrillZone(
        environment=environment,
        state=ROOT / ".rehearsal",
        primary=zone["primary"],
        recovery=recovery,
        account=account,
        document=zone,
        endpoint=document(f"endpoints/{name}"),
        cloud=cloud,
        endpoints=endpoints,
        credentials=credentials,
    )


def _push(zone: DrillZone) -> None:
    """What `docker push` does; the registry's replication, or this where the emulator has none, brings it across."""
    for region in (zone.primary, zone.recovery):
        client = zone.client("ecr", region)
        name = str(zone.endpoint["image_repository"])
        if not client.describe_images(repositoryName=name)["imageDetails"]:
            client.put_image(
                repositoryName=name,
                imageManifest=MANIFEST,
                imageManifestMediaType=MEDIA,
                imageTag="1",
                imageDigest=str(zone.endpoint["image_digest"]),
            )


def _answering(zone: DrillZone, region: str, seconds: float = 120) -> None:
    """Sees that an endpoint runs the container: one that was made before the image was known is started anew."""
    client = zone.client("sagemaker", region)
    name = str(zone.endpoint["name"])
    description = client.describe_endpoint(EndpointName=name)
    client.update_endpoint(EndpointName=name, EndpointConfigName=description["EndpointConfigName"])
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        description = client.describe_endpoint(EndpointName=name)
        if description["EndpointStatus"] == "InService":
            if description.get("FailureReason"):
                raise DrillError(f"{name} in {region}: {description['FailureReason']}")
            return
        time.sleep(0.2)
    raise DrillError(f"{name} in {region} is {description['EndpointStatus']} after {seconds:g} s")


def _record_answers(zone: DrillZone) -> None:
    """Asks the primary known questions and keeps its answers; replication takes them across."""
    key = str(zone.endpoint["smoke_key"])
    file = zone.state / "known-inputs.json"
    rows = cohort.generate(CASES, seed=7).table.tolist()
    file.write_text(json.dumps({"cases": [{"instances": [dict(zip(FIELDS, row, strict=True))]} for row in rows]}))
    listing = zone.client("s3", zone.primary).list_objects_v2(Bucket=zone.bucket("artifacts", zone.primary), Prefix=key)
    if not listing["KeyCount"]:
        words = ("--endpoint", str(zone.endpoint["name"]), "--inputs", str(file))
        done = runbook(zone.cloud, zone.environment, zone.primary, "record-answers", *words)
        if done.returncode:
            raise DrillError(f"the answers of the primary cannot be recorded:\n{done.stderr[-2000:]}")
    await_object(zone, "artifacts", key)


def await_object(zone: DrillZone, purpose: str, key: str, seconds: float = 60) -> None:
    """Waits until an object of the primary is in the recovery region.

    Raises:
        DrillError: it does not arrive.
    """
    client = zone.client("s3", zone.recovery)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        listing = client.list_objects_v2(Bucket=zone.bucket(purpose, zone.recovery), Prefix=key)
        if listing["KeyCount"]:
            return
        time.sleep(0.2)
    raise DrillError(f"{key} did not arrive in {zone.recovery} within {seconds:g} s")
