"""All stacks under the largest values that the settings accept: names and policy documents are within AWS's limits."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import pytest

from stacks.program import deploy as deploy_stack
from stacks.program import load_settings
from tests.extreme_settings import ACCOUNT_CHARACTERS, MODELS, PREFIX, TEAMS, extreme
from tests.recorder import Recording, Resource, record
from tests.stacks.policy_sizes import violations
from tests.stacks.zone import ROOT
from zone.plan import Plan, make_plan
from zone.settings import files
from zone.settings.errors import SettingsError
from zone.settings.load import parse_settings
from zone.shared.names import fitted

NAMES: Final[Mapping[str, tuple[str, int]]] = {
    "aws:athena/workgroup:Workgroup": ("name", 128),
    "aws:backup/plan:Plan": ("name", 50),
    "aws:backup/selection:Selection": ("name", 50),
    "aws:backup/vault:Vault": ("name", 50),
    "aws:budgets/budget:Budget": ("name", 100),
    "aws:cloudtrail/trail:Trail": ("name", 128),
    "aws:cloudwatch/eventRule:EventRule": ("name", 64),
    "aws:cloudwatch/logGroup:LogGroup": ("name", 512),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("name", 255),
    "aws:ecr/repository:Repository": ("name", 256),
    "aws:ecs/cluster:Cluster": ("name", 255),
    "aws:glue/catalogDatabase:CatalogDatabase": ("name", 255),
    "aws:iam/instanceProfile:InstanceProfile": ("name", 128),
    "aws:iam/policy:Policy": ("name", 128),
    "aws:iam/role:Role": ("name", 64),
    "aws:kms/alias:Alias": ("name", 256),
    "aws:lambda/function:Function": ("name", 64),
    "aws:lb/loadBalancer:LoadBalancer": ("name", 32),
    "aws:lb/targetGroup:TargetGroup": ("name", 32),
    "aws:organizations/account:Account": ("name", 50),
    "aws:organizations/organizationalUnit:OrganizationalUnit": ("name", 128),
    "aws:organizations/policy:Policy": ("name", 128),
    "aws:ram/resourceShare:ResourceShare": ("name", 255),
    "aws:rds/instance:Instance": ("identifier", 63),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": ("name", 64),
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": ("name", 64),
    "aws:s3/accessPoint:AccessPoint": ("name", 50),
    "aws:s3/bucket:Bucket": ("bucket", 63),
    "aws:sagemaker/domain:Domain": ("domainName", 63),
    "aws:sagemaker/endpoint:Endpoint": ("name", 63),
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration": ("name", 63),
    "aws:sagemaker/model:Model": ("name", 63),
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup": ("modelPackageGroupName", 63),
    "aws:scheduler/schedule:Schedule": ("name", 64),
    "aws:secretsmanager/secret:Secret": ("name", 512),
    "aws:sfn/stateMachine:StateMachine": ("name", 80),
    "aws:sns/topic:Topic": ("name", 256),
    "aws:sqs/queue:Queue": ("name", 80),
    "aws:ssoadmin/permissionSet:PermissionSet": ("name", 32),
}
"""Resource type -> property with its name, and the largest length by the API reference of the service."""


@cache
def plan() -> Plan:
    return make_plan(parse_settings(values("organization"), {}))


def values(stack: str) -> dict[str, Any]:
    """The configuration of a stack under extreme settings."""
    return extreme(files.read(ROOT, stack).values)


@cache
def recorded(stack: str) -> Recording:
    """A stack, on top of those that it needs."""
    configuration = {
        f"hipaa-ml:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in values(stack).items()
    }

    def deploy() -> object:
        return deploy_stack(stack, make_plan(load_settings()))

    upstream = {name: recorded(name).outputs for name in plan().stacks.needs_of(stack)}
    return record(deploy, name=stack, upstream=upstream, config=configuration)


def too_long(recording: Recording) -> Iterator[str]:
    """Names that are longer than AWS allows."""
    for resource in recording.resources:
        key, limit = NAMES.get(resource.type, ("", 0))
        name = resource.inputs.get(key)
        if isinstance(name, str) and len(name) > limit:
            yield f"{resource.type} {name}: {len(name)} characters, allowed {limit}"


def same_names(recording: Recording) -> Iterator[str]:
    """Names that two resources of a type have in one account, and in one region if the service is regional."""
    counts = Counter(
        (resource.type, str(resource.inputs[key]), _place(resource))
        for resource in recording.resources
        if (key := NAMES.get(resource.type, ("", 0))[0]) in resource.inputs
    )
    yield from (f"{kind} {name}: {count} times" for (kind, name, _), count in counts.items() if count > 1)


def _place(resource: Resource) -> str:
    """The provider of a resource, for a global service without its region."""
    regions = "|".join(plan().settings.regions.all)
    is_global = resource.type.startswith(("aws:iam/", "aws:budgets/", "aws:organizations/"))
    provider = resource.provider if resource.request is not None else ""
    return re.sub(rf"-?({regions})", "", provider) if is_global else provider


def test_settings_are_at_their_limits() -> None:
    settings = plan().settings
    assert (len(settings.name_prefix), len(settings.data.teams)) == (len(PREFIX), TEAMS)
    assert {len(name) for name in settings.accounts} == {ACCOUNT_CHARACTERS}
    assert settings.ml is not None
    assert len(settings.ml.models) == MODELS


@pytest.mark.parametrize("stack", plan().stacks.names)
def test_names_and_documents_of_a_stack_are_within_their_limits(stack: str) -> None:
    recording = recorded(stack)
    assert [*too_long(recording), *same_names(recording), *violations(recording)] == []


def test_name_that_is_too_long_is_reported() -> None:
    planted = Resource(type="aws:iam/role:Role", name="planted", inputs={"name": "r" * 65}, request=None)
    [message] = too_long(Recording(resources=[planted]))
    assert "65 characters, allowed 64" in message


def test_name_that_two_resources_have_is_reported() -> None:
    planted = Resource(type="aws:iam/role:Role", name="planted", inputs={"name": "r"}, request=None)
    assert list(same_names(Recording(resources=[planted, planted]))) == ["aws:iam/role:Role r: 2 times"]


@pytest.mark.parametrize("limit", [32, 64])
def test_names_that_differ_stay_different_when_they_are_cut(limit: int) -> None:
    names = [f"{'n' * 70}-{region}" for region in ("us-east-1", "us-west-2")]
    cut = [fitted(name, limit) for name in names]
    assert len(set(cut)) == len(names)
    assert {len(name) for name in cut} == {limit}


def test_name_that_fits_is_not_changed() -> None:
    assert fitted("n" * 64) == "n" * 64


def test_prefix_one_character_longer_is_refused() -> None:
    with pytest.raises(SettingsError, match="name_prefix"):
        parse_settings({**values("organization"), "name_prefix": f"{PREFIX}x"}, {})


def test_account_name_one_character_longer_is_refused() -> None:
    configuration = values("organization")
    name, account = next(iter(configuration["accounts"].items()))
    changed = {**configuration["accounts"], f"{name}x": account}
    with pytest.raises(SettingsError, match="accounts"):
        parse_settings({**configuration, "accounts": changed}, {})
