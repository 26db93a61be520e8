"""Policies of M12: functions, builds and Glue jobs run in a VPC, and no function has a public URL."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Problem, Props
from controls.rules.checks import on
from controls.rules.predicates import equals, if_present, present
from controls.rules.values import ABSENT, lookup

FUNCTION: Final = "aws:lambda/function:Function"
FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION: Final = "aws:lambda/permission:Permission"


def _source_named(props: Props) -> Iterator[Problem]:
    if lookup(props, "sourceArn") is ABSENT and lookup(props, "sourceAccount") is ABSENT:
        yield Problem("a service may invoke the function on anybody's behalf: sourceArn or sourceAccount must be set")


def _not_everyone(props: Props) -> Iterator[Problem]:
    principal = lookup(props, "principal")
    if principal == "*" and lookup(props, "principalOrgId") is ABSENT:
        yield Problem("principal is * without principalOrgId: everyone may invoke the function")
    if isinstance(principal, str) and principal.endswith(".amazonaws.com"):
        yield from _source_named(props)


BUILD: Final = "aws:codebuild/project:Project"
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="lambda-vpc",
        title="Functions run in a VPC",
        remedy="Set vpc_config with private subnets and a security group.",
        check=on(FUNCTION, present("vpcConfig.subnetIds", "vpcConfig.securityGroupIds")),
    ),
    PolicyRule(
        name="lambda-url-authenticated",
        title="Function URLs require IAM authentication",
        remedy="Set authorization_type to AWS_IAM, or remove the URL.",
        check=on(FUNCTION_URL, equals("authorizationType", "AWS_IAM")),
    ),
    PolicyRule(
        name="lambda-permission-narrow",
        title="No function can be invoked by everyone",
        remedy="Name the principal, and for a service its source_arn or source_account.",
        check=on(PERMISSION, _not_everyone),
    ),
    PolicyRule(
        name="lambda-key",
        title="A function's environment is encrypted with a named key",
        remedy="Set kms_key_arn.",
        check=on(FUNCTION, if_present("environment.variables", present("kmsKeyArn"))),
    ),
    PolicyRule(
        name="lambda-tracing",
        title="Functions have X-Ray tracing",
        remedy="Set tracing_config.mode to Active.",
        check=on(FUNCTION, equals("tracingConfig.mode", "Active", default="PassThrough")),
    ),
    PolicyRule(
        name="codebuild-vpc",
        title="Builds run in a VPC",
        remedy="Set vpc_config.",
        check=on(BUILD, present("vpcConfig.vpcId")),
    ),
    PolicyRule(
        name="codebuild-key",
        title="Build outputs are encrypted with a named key",
        remedy="Set encryption_key.",
        check=on(BUILD, present("encryptionKey")),
    ),
    PolicyRule(
        name="codebuild-not-privileged",
        title="Builds are not privileged",
        remedy="Set environment.privileged_mode=False; build images with a builder that needs no privileges.",
        check=on(BUILD, equals("environment.privilegedMode", False, default=False)),
    ),
    PolicyRule(
        name="glue-job-vpc",
        title="Glue jobs run in a VPC through a connection",
        remedy="Set connections.",
        check=on("aws:glue/job:Job", present("connections")),
    ),
    PolicyRule(
        name="ecs-own-network",
        title="Tasks use the network mode awsvpc",
        remedy="Set network_mode to awsvpc.",
        check=on("aws:ecs/taskDefinition:TaskDefinition", equals("networkMode", "awsvpc")),
    ),
)
