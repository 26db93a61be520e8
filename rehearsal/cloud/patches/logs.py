"""CloudWatch Logs: data protection policies of log groups, which moto lacks; metric filters are replaced by name."""

import json
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogGroup, LogsBackend
from moto.logs.responses import LogsResponse

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Add the operations of data protection policies; keep one metric filter per name and log group."""
    registry.replace(MetricFilters, "add_filter", "e7548799da94", _replacing)
    registry.add_state(LogGroup, data_protection_policy=lambda: None)
    for name, implementation, handler in (
        ("put_data_protection_policy", _put_policy, _handle_put_policy),
        ("get_data_protection_policy", _get_policy, _handle_get_policy),
        ("delete_data_protection_policy", _delete_policy, _handle_delete_policy),
    ):
        registry.add_operation(LogsBackend, LogsResponse, name, implementation, handler)


def _replacing(original: Any) -> Any:
    def add_filter(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, *args: Any) -> None:
        self.metric_filters[:] = [
            metric_filter
            for metric_filter in self.metric_filters
            if (metric_filter["filterName"], metric_filter["logGroupName"]) != (filter_name, log_group_name)
        ]
        original(self, filter_name, filter_pattern, log_group_name, *args)

    return add_filter


def _group(backend: Any, log_group_identifier: str) -> Any:
    """A log group by its name or ARN."""
    name = log_group_identifier.rpartition(":log-group:")[2]
    if name not in backend.groups:
        raise ResourceNotFoundException
    return backend.groups[name]


def _put_policy(self: Any, log_group_identifier: str, policy_document: str) -> Any:
    group = _group(self, log_group_identifier)
    try:
        statements = json.loads(policy_document)["Statement"]
        operations = sorted(operation for statement in statements for operation in statement["Operation"])
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidParameterException(f"Invalid policy document: {error}") from error
    if operations != ["Audit", "Deidentify"]:
        raise InvalidParameterException("A policy must have one Audit and one Deidentify statement")
    group.data_protection_policy = policy_document
    return group


def _get_policy(self: Any, log_group_identifier: str) -> Any:
    """The log group, with or without a policy."""
    return _group(self, log_group_identifier)


def _delete_policy(self: Any, log_group_identifier: str) -> None:
    _group(self, log_group_identifier).data_protection_policy = None


def _handle_put_policy(self: Any) -> str:
    group = self.logs_backend.put_data_protection_policy(
        self._get_param("logGroupIdentifier"), self._get_param("policyDocument")
    )
    return json.dumps({"logGroupIdentifier": group.name, "policyDocument": group.data_protection_policy})


def _handle_get_policy(self: Any) -> str:
    group = self.logs_backend.get_data_protection_policy(self._get_param("logGroupIdentifier"))
    policy = group.data_protection_policy
    return json.dumps({"logGroupIdentifier": group.name} | ({"policyDocument": policy} if policy else {}))


def _handle_delete_policy(self: Any) -> str:
    self.logs_backend.delete_data_protection_policy(self._get_param("logGroupIdentifier"))
    return ""
