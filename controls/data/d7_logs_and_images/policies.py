"""Policies of D7: log groups are retained and encrypted; image tags are immutable."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Props, Rule, Undecided, tokens
from controls.rules.checks import Finding, Stack, across, configured, on
from controls.rules.containers import containers
from controls.rules.parameters import Parameters
from controls.rules.predicates import between, each, equals, matches, present
from controls.rules.sagemaker import MODEL
from controls.rules.values import ABSENT, items, lookup


def _retention(parameters: Parameters) -> Rule:
    return between("retentionInDays", parameters.log_retention_days)


def _container_insights(props: Props) -> Iterator[Problem]:
    values = {
        setting.get("name"): setting.get("value")
        for setting in items(lookup(props, "settings"))
        if setting is not UNKNOWN
    }
    if values.get("containerInsights") not in ("enabled", "enhanced", UNKNOWN):
        yield Problem("the setting containerInsights is not enabled")


def _logged_containers(props: Props) -> Iterator[Problem]:
    if lookup(props, "containerDefinitions") is UNKNOWN:
        yield Undecided.at("containerDefinitions")
    for name, container in containers(props):
        if not container.get("logConfiguration"):
            yield Problem(f"container {name} has no logConfiguration")


_by_digest: Final = matches("image", r"@sha256:[0-9a-f]{64}$", "an image by its digest")


def _images_by_digest(props: Props) -> Iterator[Problem]:
    if lookup(props, "primaryContainer") is not ABSENT:
        yield from matches("primaryContainer.image", r"@sha256:[0-9a-f]{64}$", "an image by its digest")(props)
    yield from each("containers", _by_digest)(props)


def _task_images_by_digest(props: Props) -> Iterator[Problem]:
    if lookup(props, "containerDefinitions") is UNKNOWN:
        yield Undecided.at("containerDefinitions")
    for name, container in containers(props):
        if not re.search(r"@sha256:[0-9a-f]{64}$", str(container.get("image", ""))):
            yield Problem(
                f"container {name} has the image {container.get('image')!r}, which is not named by its digest"
            )


ENDPOINT_LOGS: Final = "/aws/sagemaker/Endpoints/"
"""SageMaker AI Developer Guide, "CloudWatch Logs for Amazon SageMaker AI"."""
MASKING: Final = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"


def _masked(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    for group in stack.of(tokens.LOG_GROUP):
        name = lookup(group.props, "name")
        if not isinstance(name, str) or not name.startswith(ENDPOINT_LOGS):
            continue
        masking = stack.companions(group, MASKING, "logGroupName")
        masking += [policy for policy in stack.of(MASKING) if lookup(policy.props, "logGroupName") == name]
        if not masking:
            yield group, Problem("nothing masks identifiers of patients in this log")


def _operations(text: Any) -> Mapping[str, set[str]]:
    """Operation -> data identifiers; nothing for what is no policy."""
    try:
        statements = json.loads(text)["Statement"]
        return {
            operation: set(statement["DataIdentifier"])
            for statement in statements
            for operation in statement["Operation"]
        }
    except (KeyError, TypeError, ValueError):
        return {}


def _masks_what_it_audits(props: Props) -> Iterator[Problem]:
    text = lookup(props, "policyDocument")
    if text is UNKNOWN:
        yield Undecided.at("policyDocument")
        return
    operations = _operations(text)
    audited, masked = operations.get("Audit", set()), operations.get("Deidentify", set())
    if not masked:
        yield Problem("policyDocument has no Deidentify statement: identifiers are found and not masked")
    elif audited - masked:
        yield Problem(f"policyDocument audits and does not mask {', '.join(sorted(audited - masked))}")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="log-group-key",
        title="Log groups are encrypted with a key",
        remedy="Set kms_key_id to a key whose policy lets CloudWatch Logs use it.",
        check=on(tokens.LOG_GROUP, present("kmsKeyId")),
    ),
    PolicyRule(
        name="log-group-retention",
        title="Log groups are kept for a year or more",
        remedy="Set retention_in_days; the least is log_retention_days in policies/configuration.yaml.",
        check=configured(tokens.LOG_GROUP, _retention),
    ),
    PolicyRule(
        name="rds-logs",
        title="Databases export logs to CloudWatch Logs",
        remedy="Set enabled_cloudwatch_logs_exports.",
        check=on(("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), present("enabledCloudwatchLogsExports")),
    ),
    PolicyRule(
        name="ecr-immutable",
        title="Image tags are immutable",
        remedy="Set image_tag_mutability to IMMUTABLE.",
        check=on("aws:ecr/repository:Repository", equals("imageTagMutability", "IMMUTABLE", default="MUTABLE")),
    ),
    PolicyRule(
        name="ecr-kept",
        title="Repositories with images cannot be deleted",
        remedy="Leave force_delete out.",
        check=on("aws:ecr/repository:Repository", equals("forceDelete", False, default=False)),
    ),
    PolicyRule(
        name="ecs-insights",
        title="Clusters have Container Insights enabled",
        remedy="Set the setting containerInsights to enabled or enhanced.",
        check=on("aws:ecs/cluster:Cluster", _container_insights),
    ),
    PolicyRule(
        name="ecs-container-logs",
        title="Containers write their logs to CloudWatch",
        remedy="Set logConfiguration in every container definition.",
        check=on("aws:ecs/taskDefinition:TaskDefinition", _logged_containers),
    ),
    PolicyRule(
        name="ecs-image-digest",
        title="Containers reference their image by digest",
        remedy="Set image to REPOSITORY@sha256:DIGEST instead of a tag.",
        check=on("aws:ecs/taskDefinition:TaskDefinition", _task_images_by_digest),
    ),
    PolicyRule(
        name="sfn-logged",
        title="State machines log their executions",
        remedy="Set logging_configuration.level to ERROR or ALL.",
        check=on(
            "aws:sfn/stateMachine:StateMachine", equals("loggingConfiguration.level", "ALL", "ERROR", default="OFF")
        ),
    ),
    PolicyRule(
        name="sfn-no-data-in-logs",
        title="State machine logs contain no execution data",
        remedy="Set logging_configuration.include_execution_data=False.",
        check=on(
            "aws:sfn/stateMachine:StateMachine",
            equals("loggingConfiguration.includeExecutionData", False, default=False),
        ),
    ),
    PolicyRule(
        name="load-balancer-logged",
        title="Load balancers log requests",
        remedy="Set access_logs with enabled=True and a bucket.",
        check=on("aws:lb/loadBalancer:LoadBalancer", equals("accessLogs.enabled", True, default=False)),
    ),
    PolicyRule(
        name="sagemaker-image-digest",
        title="Models reference their image by digest",
        remedy="Set image to REPOSITORY@sha256:DIGEST instead of a tag.",
        check=on(MODEL, _images_by_digest),
    ),
    PolicyRule(
        name="log-group-masked",
        title="Logs of endpoints mask identifiers of patients",
        remedy="Make a LogDataProtectionPolicy with an Audit and a Deidentify statement for the log group.",
        check=across(tokens.LOG_GROUP, _masked),
    ),
    PolicyRule(
        name="log-masking-complete",
        title="Data-protection policies mask what they audit",
        remedy="Give the policy a statement with Deidentify and the same data identifiers as Audit.",
        check=on(MASKING, _masks_what_it_audits),
    ),
)
