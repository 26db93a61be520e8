"""Policies of F4: the audit trail cannot be stopped or narrowed."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Props, Rule, Undecided, tokens
from controls.rules.checks import on
from controls.rules.predicates import all_of, equals, present
from controls.rules.values import items, lookup

complete_trail: Rule = all_of(
    equals("isMultiRegionTrail", True, default=False),
    equals("isOrganizationTrail", True, default=False),
    equals("includeGlobalServiceEvents", True, default=True),
    equals("enableLogFileValidation", True, default=False),
    equals("enableLogging", True, default=True),
    present("kmsKeyId", "cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn"),
)


def _resource_types(selector: Props) -> Iterator[object]:
    for field in items(lookup(selector, "fieldSelectors")):
        if field is not UNKNOWN and lookup(field, "field") == "resources.type":
            yield from items(lookup(field, "equals"))
    for resource in items(lookup(selector, "dataResources")):
        if resource is not UNKNOWN:
            yield lookup(resource, "type")


def _trail_sees_data_events(props: Props) -> Iterator[Problem]:
    """Object-level S3 events are logged, by basic or by advanced selectors (CloudTrail User Guide, "Data events")."""
    selectors = items(lookup(props, "advancedEventSelectors")) + items(lookup(props, "eventSelectors"))
    if UNKNOWN in selectors:
        yield Undecided.at("advancedEventSelectors")
        return
    named = {value for selector in selectors for value in _resource_types(selector)}
    if "AWS::S3::Object" not in named:
        yield Problem(
            "no event selector logs S3 object events (AWS::S3::Object): who read which data would not be known"
        )


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="cloudtrail-complete",
        title="The trail covers the organisation and all regions, is validated, encrypted and sent to CloudWatch",
        remedy="Set is_organization_trail, is_multi_region_trail, enable_log_file_validation, key and log group.",
        check=on(tokens.TRAIL, complete_trail),
    ),
    PolicyRule(
        name="cloudtrail-data-events",
        title="The trail records who read or wrote which S3 object",
        remedy="Add an advanced event selector for eventCategory Data and resources.type AWS::S3::Object.",
        check=on(tokens.TRAIL, _trail_sees_data_events),
    ),
)
