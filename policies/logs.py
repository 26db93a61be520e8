"""Audit controls, 45 CFR 164.312(b): the trail sees everything, the recorder runs, logs are kept."""

from collections.abc import Iterator

from controls.rules import UNKNOWN, Problem, Props, Rule, Undecided
from controls.rules.predicates import all_of, between, equals, present
from controls.rules.values import items, lookup
from policies import tokens
from policies.checks import Checks, configured, on
from policies.configuration import Parameters

complete_trail: Rule = all_of(
    equals("isMultiRegionTrail", True, default=False),
    equals("isOrganizationTrail", True, default=False),
    equals("includeGlobalServiceEvents", True, default=True),
    equals("enableLogFileValidation", True, default=False),
    equals("enableLogging", True, default=True),
    present("kmsKeyId", "cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn"),
)

complete_recorder: Rule = all_of(
    equals("recordingGroup.allSupported", True, default=True),
    equals("recordingMode.recordingFrequency", "CONTINUOUS", default="CONTINUOUS"),
)


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


def _resource_types(selector: Props) -> Iterator[object]:
    for field in items(lookup(selector, "fieldSelectors")):
        if field is not UNKNOWN and lookup(field, "field") == "resources.type":
            yield from items(lookup(field, "equals"))
    for resource in items(lookup(selector, "dataResources")):
        if resource is not UNKNOWN:
            yield lookup(resource, "type")


def _retention(parameters: Parameters) -> Rule:
    return between("retentionInDays", parameters.log_retention_days)


CHECKS: Checks = {
    "cloudtrail-complete": on(tokens.TRAIL, complete_trail),
    "cloudtrail-data-events": on(tokens.TRAIL, _trail_sees_data_events),
    "config-recorder-complete": on(tokens.RECORDER, complete_recorder),
    "config-recorder-on": on(tokens.RECORDER_STATUS, equals("isEnabled", True)),
    "log-group-retention": configured(tokens.LOG_GROUP, _retention),
}
