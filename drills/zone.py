"""The zone of a drill: deployed by `zone up`, with a trained model behind the endpoint of each region."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from drills.errors import DrillError
from drills.principals import Principals, access_role, build_network
from drills.runbook import ROOT, run_runbook
from rehearsal.cloud import Cloud, Credentials, Image, host
from workloads.pipeline.artifacts import pack
from workloads.readmission import cohort, model
from workloads.readmission.schema import FIELDS

MODEL: Final = "readmission"
CASES: Final = 20
"""Number of inputs whose answers are recorded before the drill."""


@dataclass(kw_only=True, slots=True)
class DrillZone:
    """A rehearsed environment, with the clients of its account."""

    environment: str
    state: Path
    primary: str
    recovery: str
    account: str
    document: Mapping[str, Any]
    """The recovery document of the environment."""
    endpoint: Mapping[str, Any]
    """The document of the endpoint in the recovery region."""
    cloud: Cloud
    principals: Principals
    application: Credentials
    """An application, which invokes the endpoint and reads which region may write."""
    team: Credentials
    """A member of the team, who writes objects."""
    heartbeat: Credentials
    """The writer of the heartbeat."""
    on_call: Credentials
    """The person on call, as the role of the runbooks."""
    approver: Credentials | None
    """Another person, who approves the operations; None where no approval is needed."""

    def client(self, service: str, region: str, credentials: Credentials | None = None) -> Any:
        """A boto3 client in the account of the environment, of its access role unless credentials are given."""
        return self.principals.client(service, region, credentials or self.principals.administrator)

    def bucket(self, purpose: str, region: str) -> str:
        """The name of a replicated bucket in a region."""
        side = "primary" if region == self.primary else "recovery"
        return str(next(pair for pair in self.document["pairs"] if pair["purpose"] == purpose)[side])


def bring_up(environment: str, on_message: Callable[[str], None], *, up: bool = True) -> DrillZone:
    """Deploys the stacks that the environment needs, publishes the model, and serves it in both regions.

    Args:
        environment: name of the environment.
        on_message: receives messages about the progress.
        up: whether to deploy; otherwise the stacks must be deployed already.

    Raises:
        DrillError: a stack does not come up, or the environment has no critical endpoint.
    """
    before, serving = _stacks(environment)
    if up:
        on_message(f"bringing up {', '.join(before)}")
        rehearse("up", *before)
    cloud = Cloud.attach(ROOT / ".rehearsal")
    if cloud is None:
        raise DrillError("The emulated AWS is not running. Run the drill without --no-up.")
    host(cloud, Image(repository=f"hipaa-ml/{MODEL}", command=[sys.executable, "-m", "workloads.serving"]))
    data = json.loads(rehearse("outputs", f"data-{environment}", "--json"))
    account = str(data["account_id"])
    endpoints = cloud.endpoints()
    principals = Principals(endpoints=endpoints, account=account, administrator=access_role(endpoints, account))
    primary, bucket = next(iter(data["buckets"]["artifacts"].items()))
    on_message("training the model and publishing its artifact")
    network = json.loads(rehearse("outputs", f"network-{primary}", "--json"))
    with build_network(endpoints, network, primary) as vpc_endpoint:
        through = replace(principals, s3_endpoints={primary: vpc_endpoint})
        _publish_model(through.client("s3", primary, through.publisher(bucket, MODEL)), bucket)
    if up:
        on_message(f"bringing up {', '.join(serving)}")
        rehearse("up", *serving)
    zone = _drill_zone(environment, cloud, principals)
    await_object(zone, "artifacts", f"{MODEL}/1/model.tar.gz")
    for region in (zone.primary, zone.recovery):
        _restart_endpoint(zone, region)
    _record_answers(zone)
    return zone


def _stacks(environment: str) -> tuple[list[str], list[str]]:
    graph = {stack["name"]: stack["needs"] for stack in json.loads(rehearse("graph", "--json"))["stacks"]}
    last = f"recovery-{environment}"
    if last not in graph:
        environments = ", ".join(name.removeprefix("recovery-") for name in graph if name.startswith("recovery-"))
        raise DrillError(f"no environment {environment!r} has a standby; environments with one: {environments}")
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


def rehearse(*words: str) -> str:
    """Runs the command line of the rehearsal and returns its standard output.

    Raises:
        DrillError: the command failed; the message has the end of its output.
    """
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DrillError(f"`zone {' '.join(words)}` failed:\n{done.stderr[-2000:]}{done.stdout[-2000:]}")
    return done.stdout


def _publish_model(s3: Any, bucket: str) -> None:
    trained = model.train(cohort.generate(), seed=cohort.SEED)
    folder = ROOT / ".rehearsal" / "model"
    model.save(trained, folder)
    s3.put_object(Bucket=bucket, Key=f"{MODEL}/1/model.tar.gz", Body=pack(folder))


def _drill_zone(environment: str, cloud: Cloud, principals: Principals) -> DrillZone:
    root = f"/hipaa-ml/recovery/{environment}"
    outputs = json.loads(rehearse("outputs", f"recovery-{environment}", "--json"))
    recovery = str(outputs["topic_arn"]).split(":")[3]
    ssm = principals.client("ssm", recovery, principals.administrator)

    def document(name: str) -> Mapping[str, Any]:
        document_value: Mapping[str, Any] = json.loads(ssm.get_parameter(Name=f"{root}/{name}")["Parameter"]["Value"])
        return document_value

    zone = document("zone")
    [name] = outputs["endpoints"].values()
    endpoint = document(f"endpoints/{name}")
    spoke = json.loads(rehearse("outputs", f"ml-{environment}", "--json"))
    networks = {
        region: json.loads(rehearse("outputs", f"network-{region}", "--json")) for region in (zone["primary"], recovery)
    }
    principals = replace(
        principals,
        s3_endpoints={zone["primary"]: spoke["s3_endpoint_id"], recovery: outputs["s3_endpoint_id"]},
        runtime_endpoints={
            region: network["endpoint_ids"]["sagemaker.runtime"] for region, network in networks.items()
        },
    )
    buckets = [str(pair[side]) for pair in zone["pairs"] for side in ("primary", "recovery")]
    return DrillZone(
        environment=environment,
        state=ROOT / ".rehearsal",
        primary=zone["primary"],
        recovery=recovery,
        account=principals.account,
        document=zone,
        endpoint=endpoint,
        cloud=cloud,
        principals=principals,
        application=principals.application(str(endpoint["name"]), str(zone["writer_parameter"])),
        team=principals.team(),
        heartbeat=principals.heartbeat(buckets, str(zone["heartbeat_key"])),
        on_call=principals.on_call(str(outputs["runbook_role_arn"])),
        approver=principals.approver(zone["approver_role"]) if zone["approver_role"] else None,
    )


def _restart_endpoint(zone: DrillZone, region: str, seconds: float = 120) -> None:
    """Restarts the container of an endpoint, which may have been deployed before the model was published."""
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
    """Records the answers of the primary, and waits until they are replicated."""
    key = str(zone.endpoint["smoke_key"])
    file = zone.state / "known-inputs.json"
    rows = cohort.generate(CASES, seed=7).table.tolist()
    file.write_text(json.dumps({"cases": [{"instances": [dict(zip(FIELDS, row, strict=True))]} for row in rows]}))
    listing = zone.client("s3", zone.primary).list_objects_v2(Bucket=zone.bucket("artifacts", zone.primary), Prefix=key)
    if not listing["KeyCount"]:
        words = ("--endpoint", str(zone.endpoint["name"]), "--inputs", str(file))
        done = run_runbook(zone.cloud, zone.on_call, zone.environment, zone.primary, "record-answers", *words)
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
