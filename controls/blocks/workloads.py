"""Containers: which policies stand behind which control."""

from collections.abc import Mapping, Sequence

from controls.blocks.rule import rule
from controls.model import PolicyRule

WORKLOADS: Mapping[str, Sequence[PolicyRule]] = {
    "D7": (
        rule("ecr-immutable", "An image tag always means the same image", "Set image_tag_mutability to IMMUTABLE."),
        rule("ecr-kept", "A repository with images is never deleted", "Leave force_delete out."),
        rule(
            "ecs-insights",
            "Clusters report metrics of their containers",
            "Set the setting containerInsights to enabled or enhanced.",
        ),
        rule(
            "ecs-container-logs",
            "Containers write their logs to CloudWatch",
            "Set logConfiguration in every container definition.",
        ),
        rule("sfn-logged", "State machines log their executions", "Set logging_configuration.level to ERROR or ALL."),
        rule(
            "sfn-no-data-in-logs",
            "State machines write no data into their logs",
            "Set logging_configuration.include_execution_data=False.",
        ),
    ),
    "D3": (
        rule("ecr-key", "Images are encrypted with a named key", "Set encryption_configurations to KMS with kms_key."),
        rule(
            "sfn-key",
            "Executions are encrypted with a named key",
            "Set encryption_configuration to CUSTOMER_MANAGED_KMS_KEY with kms_key_id.",
        ),
    ),
    "F6": (
        rule(
            "ecr-scan", "Images are scanned when they are pushed", "Set image_scanning_configuration.scan_on_push=True."
        ),
        rule(
            "alarm-acts",
            "An alarm tells somebody, and so does one that knows nothing",
            "Set alarm_actions and insufficient_data_actions, and leave actions_enabled on.",
        ),
    ),
    "F11": (
        rule(
            "ecr-not-public",
            "No repository can be pulled by everyone",
            "Name the accounts, or narrow Principal * by aws:PrincipalOrgID.",
        ),
        rule(
            "sqs-not-public",
            "No queue takes messages from everyone",
            "Name the principals, or narrow Principal * by aws:SourceArn.",
        ),
        rule(
            "event-bus-not-public",
            "No event bus takes events from everyone",
            "Name the accounts, or narrow Principal * by aws:PrincipalOrgID.",
        ),
    ),
    "N8": (
        rule(
            "ecs-no-public-address", "Tasks have no public address", "Set network_configuration.assign_public_ip=False."
        ),
    ),
    "M9": (rule("ecs-no-exec", "Nobody opens a shell in a task", "Leave enable_execute_command out."),),
    "D4": (
        rule(
            "ecs-rollback", "A failed deployment rolls back", "Set deployment_circuit_breaker with enable and rollback."
        ),
        rule("sns-subscription-tls", "Topics deliver over TLS only", "Use https instead of http."),
    ),
    "M2": (
        rule(
            "ecs-container-hardened",
            "Containers are not privileged, not root, and cannot write to their image",
            "In container_definitions set readonlyRootFilesystem, a user, and leave privileged out.",
        ),
    ),
    "M12": (rule("ecs-own-network", "Tasks have a network interface of their own", "Set network_mode to awsvpc."),),
}
"""Control id -> the policies that block for it."""
