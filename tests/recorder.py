"""Runs a program against a monitor that keeps every request: parents, protection, providers, dependencies."""

import asyncio
import contextlib
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import stack
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.settings import set_root_resource

ACCOUNT = "111122223333"
ORGANIZATION = "o-a1b2c3d4e5"
IDS: Mapping[str, str] = {
    "aws:organizations/organization:Organization": ORGANIZATION,
    "aws:organizations/organizationalUnit:OrganizationalUnit": "ou-ab12-{number:08d}",
    "aws:organizations/account:Account": "{number:012d}",
    "aws:organizations/policy:Policy": "p-{number:08d}",
}


class LookupRefusedError(Exception):
    """A component looked something up; it must not."""


@dataclass
class Resource:
    """One registered resource."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    request: Any

    @property
    def custom(self) -> bool:
        return bool(self.request.custom)

    @property
    def protect(self) -> bool:
        return bool(self.request.protect)

    @property
    def retained(self) -> bool:
        return bool(self.request.retainOnDelete)

    @property
    def provider(self) -> str:
        """Name of the provider resource."""
        return str(self.request.provider).split("::")[-2] if self.request.provider else ""

    def document(self, key: str) -> Any:
        return json.loads(self.inputs[key])


@dataclass
class Recording:
    """Everything a program registered, in order."""

    resources: list[Resource] = field(default_factory=list[Resource])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])

    @cached_property
    def by_name(self) -> Mapping[str, Resource]:
        return {resource.name: resource for resource in self.resources}

    def of(self, kind: str) -> Sequence[Resource]:
        """Resources whose type ends so, for example `s3/bucket:Bucket`."""
        return [resource for resource in self.resources if resource.type.endswith(kind)]

    def counts(self) -> Counter[str]:
        return Counter(resource.type for resource in self.resources if resource.type.startswith("aws:"))

    def orphans(self) -> set[str]:
        """Resources of AWS that no component holds."""
        return {
            resource.name
            for resource in self.resources
            if resource.custom and resource.type.startswith("aws:") and "hipaa-ml:" not in resource.request.parent
        }


class _Answers(Mocks):
    """What AWS would answer: ids and ARNs of the right shape."""

    def __init__(self, upstream: Mapping[str, Mapping[str, Any]]) -> None:
        self.upstream = upstream
        self.number = 0

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.number += 1
        if args.typ == "pulumi:pulumi:StackReference":
            outputs = dict(self.upstream[args.name])
            return args.name, {"name": args.name, "outputs": outputs, "secretOutputNames": []}
        state: dict[str, Any] = dict(args.inputs)
        kind = args.typ.rpartition(":")[2].lower()
        name, region = args.inputs.get("name", args.name), _region(args.provider)
        service = args.typ.split(":")[1].split("/")[0]
        # The provider names what the program does not, no two alike.
        state.setdefault("name", f"{args.name}-{region}")
        state.setdefault("arn", f"arn:aws:{service}:{'' if service == 'iam' else region}:{ACCOUNT}:{kind}/{name}")
        if args.typ == "aws:organizations/organization:Organization":
            state["roots"] = [{"id": "r-ab12"}]
        if args.typ == "aws:ec2/vpcEndpoint:VpcEndpoint":
            state["dnsEntries"] = [{"dnsName": f"{args.name}.vpce.amazonaws.com", "hostedZoneId": "Z1"}]
            state["prefixListId"] = f"pl-{args.name}"
        if args.inputs.get("assignGeneratedIpv6CidrBlock"):
            state["ipv6CidrBlock"] = "2600:1f18:abcd:ab00::/56"
        if args.typ == "aws:networkfirewall/firewall:Firewall":
            attached = [
                {"subnetId": subnet_mapping["subnetId"], "endpointId": f"vpce-{subnet_mapping['subnetId']}"}
                for subnet_mapping in args.inputs["subnetMappings"]
            ]
            state["firewallStatuses"] = [{"syncStates": [{"attachments": [attachment]} for attachment in attached]}]
        if args.typ == "aws:rds/instance:Instance":
            state["address"] = f"{args.name}.rds.amazonaws.com"
            secret = f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:rds!db-{args.name}"
            state["masterUserSecrets"] = [{"secretArn": secret}]
        if args.typ in ("aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"):
            state |= {"arnSuffix": f"suffix/{args.name}", "dnsName": f"{args.name}.amazonaws.com", "zoneId": "Z2"}
        if args.typ == "aws:route53/zone:Zone":
            state["zoneId"] = args.name
        if args.typ == "aws:s3/bucket:Bucket":
            return str(args.inputs["bucket"]), {**state, "arn": f"arn:aws:s3:::{args.inputs['bucket']}"}
        return IDS.get(args.typ, args.name).format(number=self.number), state

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        raise LookupRefusedError(f"{args.token}: components look nothing up")


def _region(provider: str | None) -> str:
    """The region that a provider's name ends with: what is in both must not be taken for one."""
    match = re.search(r"[a-z]{2}-[a-z]+-\d(?=::)", provider or "")
    return match.group() if match else "us-east-1"


class _Monitor(MockMonitor):
    """Mocks alone do not see parent, protect, provider or aliases; the raw requests do."""

    def __init__(self, mocks: Mocks, recording: Recording) -> None:
        super().__init__(mocks)
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        inputs = json_format.MessageToDict(request.object)
        self.recording.resources.append(Resource(type=request.type, name=request.name, inputs=inputs, request=request))
        with _own_loop():
            return super().RegisterResource(request)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - the SDK's name
        with _own_loop():
            return super().ReadResource(request)


@contextlib.contextmanager
def _own_loop() -> Generator[None, None, None]:
    """The SDK's mocks make an event loop for a worker thread that has none, and never close it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        loop.close()
        asyncio.set_event_loop(None)


def record(
    program: Callable[[], object],
    *,
    name: str = "organization",
    upstream: Mapping[str, Mapping[str, Any]] | None = None,
    config: Mapping[str, str] | None = None,
) -> Recording:
    """Runs a program as a stack of the project and gives what it registered.

    Args:
        program: what `__main__.py` would do; the stack outputs it returns are resolved.
        name: the stack's name.
        upstream: stack name -> its outputs, for references.
        config: the stack's configuration.
    """
    recording = Recording()
    answers = _Answers(upstream or {})
    # The SDK makes the stack's resource in `set_mocks`, on the current loop: everything must run on that one.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # A stack resource that is kept would carry the transformations of one program into the next.
    set_root_resource(None)  # pyright: ignore[reportArgumentType] - the SDK types only the resource
    set_mocks(
        answers,
        project="hipaa-ml",
        stack=name,
        preview=False,
        monitor=_Monitor(answers, recording),
        organization="organization",
    )
    pulumi.runtime.set_all_config(dict(config or {}))

    async def resolved(outputs: object) -> None:
        if is_dataclass(outputs) and not isinstance(outputs, type):
            values = {field.name: getattr(outputs, field.name) for field in fields(outputs)}
            recording.outputs = await pulumi.Output.from_input(values).future() or {}

    def run() -> Awaitable[None]:
        return resolved(program())

    try:
        loop.run_until_complete(stack.run_pulumi_func(run))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    return recording
