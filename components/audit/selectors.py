"""The events that the trail records: management events, and data events of objects, functions and models."""

from collections.abc import Sequence
from typing import Final

import pulumi
from pulumi_aws import cloudtrail

DATA_EVENTS: Final = (
    "AWS::Lambda::Function",
    "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::ExperimentTrialComponent",
    "AWS::SageMaker::FeatureGroup",
)
"""Resource types besides S3 objects, one per selector (CloudTrail User Guide, "Logging data events")."""


def selectors(archive_arns: Sequence[pulumi.Input[str]]) -> list[cloudtrail.TrailAdvancedEventSelectorArgs]:
    """Advanced event selectors.

    Args:
        archive_arns: buckets that logs are delivered to; a trail that records its own deliveries never ends.
    """
    outside = cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(
        field="resources.ARN", not_starts_withs=[pulumi.Output.format("{0}/", arn) for arn in archive_arns]
    )
    return [
        cloudtrail.TrailAdvancedEventSelectorArgs(
            name="Management", field_selectors=[_equals("eventCategory", "Management")]
        ),
        _data("AWS::S3::Object", outside),
        *(_data(kind) for kind in DATA_EVENTS),
    ]


def _data(
    kind: str, *more: cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs
) -> cloudtrail.TrailAdvancedEventSelectorArgs:
    return cloudtrail.TrailAdvancedEventSelectorArgs(
        name=kind.removeprefix("AWS::").replace("::", " "),
        field_selectors=[_equals("eventCategory", "Data"), _equals("resources.type", kind), *more],
    )


def _equals(field: str, value: str) -> cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs:
    return cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(field=field, equals=[value])
