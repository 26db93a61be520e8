"""CloudWatch Logs: a metric filter replaces the one of its name; log groups mask what a policy of theirs says."""

import json
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.metric_filters import MetricFilters
from moto.logs.responses import LogsResponse

from rehearsal.cloud.patches import registry


def apply() -> None:
    """One filter a name and log group; data-protection policies, which moto does not know."""
    registry.replace(MetricFilters, "add_filter", "e7548799da94", _replacing)
    registry.add(LogsResponse, "put_data_protection_policy", _put_protection)
    registry.add(LogsResponse, "get_data_protection_policy", _get_protection)
    registry.add(LogsResponse, "delete_data_protection_policy", _delete_protection)


def _replacing(original: Any) -> Any:
    def add_filter(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, *more: Any) -> None:
        self.metric_filters[:] = [
            metric_filter
            for metric_filter in self.metric_filters
            if (metric_filter["filterName"], metric_filter["logGroupName"]) != (filter_name, log_group_name)
        ]
        original(self, filter_name, filter_pattern, log_group_name, *more)

    return add_filter


def _group(self: Any) -> Any:
    """A log group goes by its name and by its ARN."""
    wanted = self._get_param("logGroupIdentifier").removesuffix(":*").rpartition(":log-group:")[2]
    if wanted not in self.logs_backend.groups:
        raise ResourceNotFoundException
    return self.logs_backend.groups[wanted]


def _put_protection(self: Any) -> str:
    group, policy = _group(self), self._get_param("policyDocument")
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidParameterException(f"Invalid policy document: {error}") from error
    if sorted(operation for statement in statements for operation in statement["Operation"]) != ["Audit", "Deidentify"]:
        raise InvalidParameterException("A policy has one Audit and one Deidentify statement")
    group.data_protection = policy
    return json.dumps({"logGroupIdentifier": group.name, "policyDocument": policy})


def _get_protection(self: Any) -> str:
    group = _group(self)
    policy = getattr(group, "data_protection", None)
    return json.dumps({"logGroupIdentifier": group.name} | ({"policyDocument": policy} if policy else {}))


def _delete_protection(self: Any) -> str:
    _group(self).data_protection = None
    return ""
