"""Topic policy statements that several topics use."""

import pulumi

from components.documents import Statement


def eventbridge(sid: str, topic_arn: pulumi.Input[str]) -> Statement:
    """Allows EventBridge to publish.

    It sends no source with what it publishes: a condition on one would never hold, and every event would be dropped in
    silence (EventBridge User Guide, "Amazon SNS permissions").
    """
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }


def cloudwatch_alarms(topic_arn: pulumi.Input[str], account_id: pulumi.Input[str]) -> Statement:
    """Allows alarms of the account to publish (SNS Developer Guide, "Example cases for Amazon SNS access control")."""
    return {
        "Sid": "AlarmsOfThisAccount",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }


def over_tls_only(topic_arn: pulumi.Input[str]) -> Statement:
    """Denies publishing without TLS, 45 CFR 164.312(e)(1)."""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
