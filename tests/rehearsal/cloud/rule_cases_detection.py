"""Requests that the rules of Config, CloudTrail and the security services refuse."""

from collections.abc import Callable
from typing import Any, Final

from rehearsal.cloud import Endpoints
from tests.rehearsal.cloud.rule_requests import MANAGEMENT, Case, bucket


def config(endpoints: Endpoints, region: str, *, recorder: bool = True, channel: bool = True) -> Any:
    """A client of Config in a region with a recorder and a delivery channel."""
    client = endpoints.client("config", region)
    if recorder:
        client.put_configuration_recorder(ConfigurationRecorder=recorder_named("default"))
    if channel:
        put_channel(endpoints, client, region)
    return client


def recorder_named(name: str) -> Any:
    return {"name": name, "roleARN": f"arn:aws:iam::{MANAGEMENT}:role/config"}


def put_channel(endpoints: Endpoints, client: Any, region: str) -> Any:
    name = bucket(endpoints, f"config-{region}")
    return client.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": name})


def second_recorder(endpoints: Endpoints) -> Any:
    client = config(endpoints, "eu-west-1", channel=False)
    return client.put_configuration_recorder(ConfigurationRecorder=recorder_named("second"))


def channel_without_recorder(endpoints: Endpoints) -> Any:
    return put_channel(endpoints, config(endpoints, "eu-west-2", recorder=False, channel=False), "eu-west-2")


def started_without_channel(endpoints: Endpoints) -> Any:
    client = config(endpoints, "eu-west-3", channel=False)
    return client.start_configuration_recorder(ConfigurationRecorderName="default")


def channel_of_a_running_recorder(endpoints: Endpoints) -> Any:
    client = config(endpoints, "eu-central-1")
    client.start_configuration_recorder(ConfigurationRecorderName="default")
    return client.delete_delivery_channel(DeliveryChannelName="default")


def unknown_managed_rule(endpoints: Endpoints) -> Any:
    client = config(endpoints, "eu-north-1")
    source = {"Owner": "AWS", "SourceIdentifier": "NO_SUCH_RULE"}
    return client.put_config_rule(ConfigRule={"ConfigRuleName": "r", "Source": source})


Request = Callable[[Endpoints], Any]
CASES: Final = (
    Case(
        name="second configuration recorder",
        code="MaxNumberOfConfigurationRecordersExceededException",
        request=second_recorder,
    ),
    Case(
        name="delivery channel without recorder",
        code="NoAvailableConfigurationRecorderException",
        request=channel_without_recorder,
    ),
    Case(
        name="recorder without delivery channel",
        code="NoAvailableDeliveryChannelException",
        request=started_without_channel,
    ),
    Case(
        name="delivery channel of a running recorder",
        code="LastDeliveryChannelDeleteFailedException",
        request=channel_of_a_running_recorder,
    ),
    Case(name="unknown managed rule", code="InvalidParameterValueException", request=unknown_managed_rule),
)
